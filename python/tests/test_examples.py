"""Every public function has an example, and every example runs: in docstrings, and in the Python pages of the docs."""

import doctest
import re
from pathlib import Path

import numpy as np
import pytest

import ohem

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "python/README.md", *sorted((ROOT / "docs").glob("PYTHON*.md"))]
WITHOUT = {"DeviceError", "NanLossError", "Statistics", "__version__", "rules"}  # not functions
FUNCTIONS = {
    f"{module.__name__}.{name}": getattr(module, name) for module in (ohem, ohem.rules) for name in module.__all__
}


def run(text, name):
    runner = doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE, verbose=False)
    test = doctest.DocTestParser().get_doctest(text, {}, name, None, 0)
    with np.printoptions(legacy=False):
        runner.run(test)
    assert runner.failures == 0, name
    return len(test.examples)


@pytest.mark.parametrize("name", [name for name in FUNCTIONS if name.rsplit(".", 1)[1] not in WITHOUT])
def test_a_function_has_an_example_that_runs(name):
    function = FUNCTIONS[name]
    assert run(function.__doc__, name) > 0
    assert function.__text_signature__ is not None and "..." not in function.__text_signature__


@pytest.mark.parametrize("module", [ohem, ohem.rules])
def test_a_module_has_an_example_that_runs(module):
    assert run(module.__doc__, module.__name__) > 0


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_page_runs(page):
    blocks = re.findall(r"^```python\n(.*?)^```", page.read_text(), re.MULTILINE | re.DOTALL)
    names: dict[str, object] = {}
    for block in blocks:
        if "import torch" in block or "torch." in block or "# needs" in block:
            continue  # tests/torch runs them
        if block.startswith(">>>"):
            run(block, page.name)
        else:
            exec(compile(block, page.name, "exec"), names)


def test_the_version_is_that_of_the_crates():
    manifest = (ROOT / "Cargo.toml").read_text()
    assert f'version = "{ohem.__version__}"' in manifest
