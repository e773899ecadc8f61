"""A browser that shows the page of a synthetic run with everything in it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from tests.report.synthetic.run import SyntheticRun

if TYPE_CHECKING:
    from selenium.webdriver.remote.webdriver import WebDriver


@pytest.fixture(scope="session")
def figures_browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WebDriver]:
    """One browser for all tests of figures."""
    from tests.report.page.in_browser.browser import opened

    folder = tmp_path_factory.mktemp("figures_browser")
    with opened(folder, folder) as driver:
        yield driver


@pytest.fixture
def figures(figures_browser: WebDriver, full: SyntheticRun) -> Iterator[WebDriver]:
    """The page in a wide window, every figure unfolded; nothing may complain on its console."""
    from tests.report.page.in_browser.pointing import set_width

    browser = figures_browser
    set_width(browser, 1400)
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "", "features": []})
    browser.get(full.page.as_uri())
    browser.execute_script("document.querySelectorAll('details.drawn').forEach(d => d.open = true)")
    yield browser
    assert browser.get_log("browser") == []
