"""Every public function has an example, and every example runs: in docstrings, and in the Python pages of the docs."""

import pytest
from pages import PAGES, ROOT, run_example, run_page

import ohem

WITHOUT = {"DeviceError", "NanLossError", "Statistics", "__version__", "rules"}  # not functions
FUNCTIONS = {
    f"{module.__name__}.{name}": getattr(module, name) for module in (ohem, ohem.rules) for name in module.__all__
}


@pytest.mark.parametrize("name", [name for name in FUNCTIONS if name.rsplit(".", 1)[1] not in WITHOUT])
def test_a_function_has_an_example_that_runs(name):
    function = FUNCTIONS[name]
    assert run_example(function.__doc__, name) > 0
    assert function.__text_signature__ is not None and "..." not in function.__text_signature__


@pytest.mark.parametrize("module", [ohem, ohem.rules])
def test_a_module_has_an_example_that_runs(module):
    assert run_example(module.__doc__, module.__name__) > 0


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_page_runs(page):
    run_page(page, with_torch=False)


def test_pages_have_blocks():
    assert sum(run_page(page, with_torch=False) for page in PAGES) >= 7


def test_the_version_is_that_of_the_crates():
    manifest = (ROOT / "Cargo.toml").read_text()
    assert f'version = "{ohem.__version__}"' in manifest
