"""The Python pages of the docs. Their blocks ```python run; blocks ```py need a framework that is not installed."""

import doctest
import re
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "python/README.md", *sorted((ROOT / "python/docs").glob("*.md"))]


def run_example(text: str, name: str, names: dict | None = None) -> int:
    """Runs the examples of a docstring or a block; returns their number."""
    runner = doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE, verbose=False)
    test = doctest.DocTestParser().get_doctest(text, {} if names is None else names, name, None, 0)
    if names is not None:
        test.globs = names  # what a block defines, the next one sees
    with np.printoptions(legacy=False):
        runner.run(test, clear_globs=False)
    assert runner.failures == 0, name
    return len(test.examples)


def run_page(page: Path, with_torch: bool) -> int:
    """Runs the blocks of a page, either those that need torch or the others; returns their number."""
    names: dict = {}
    count = 0
    for block in re.findall(r"^```python\n(.*?)^```", page.read_text(), re.MULTILINE | re.DOTALL):
        if ("torch" in block) != with_torch:
            continue
        count += 1
        if block.startswith(">>>"):
            run_example(block, page.name, names)
        else:
            exec(compile(block, page.name, "exec"), names)
    return count
