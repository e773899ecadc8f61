"""The page of a synthetic run with everything in it, read once for all tests of its text."""

from __future__ import annotations

import pytest

from tests.report.page.page_reader import Page, read_page
from tests.report.synthetic.run import SyntheticRun


@pytest.fixture(scope="session")
def page(full: SyntheticRun) -> Page:
    """The page as a reader sees it; tests in a browser have a `page` of their own."""
    return read_page(full.text)
