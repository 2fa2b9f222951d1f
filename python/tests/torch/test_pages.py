"""The blocks of the Python pages that need torch run."""

import pytest
from pages import PAGES, run_page


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_page_runs(page):
    run_page(page, with_torch=True)


def test_pages_have_blocks():
    assert sum(run_page(page, with_torch=True) for page in PAGES) >= 3
