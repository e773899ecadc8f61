"""Packed parts in a real browser: they open, and work as others do."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.report.page.test_page_parts import write_packed
from tests.report.synthetic.run import SyntheticRun

pytest.importorskip("selenium.webdriver", reason="selenium is not installed: pip install selenium")
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webdriver import WebDriver
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import WebDriverWait

from tests.report.page.in_browser.browser import CHROMIUM, DRIVER, opened

pytestmark = [
    pytest.mark.skipif(
        not (CHROMIUM and DRIVER),
        reason="no chromium with chromedriver here: apt-get install chromium chromium-driver",
    ),
    pytest.mark.slow,
]
_OPEN = "document.querySelectorAll(arguments[0]).forEach((part) => { part.open = true; })"


@pytest.fixture(scope="module")
def page(full: SyntheticRun, tmp_path_factory: pytest.TempPathFactory) -> Iterator[WebDriver]:
    folder: Path = tmp_path_factory.mktemp("packed")
    with opened(folder / "profile", folder) as driver:
        driver.get(write_packed(full).as_uri())
        yield driver


def found(page: WebDriver, selector: str) -> list[WebElement]:
    """Return the elements of a selector."""
    return page.find_elements(By.CSS_SELECTOR, selector)


def reached(page: WebDriver, selector: str) -> list[WebElement]:
    """Return the elements of a selector, as soon as there are any."""
    elements: list[WebElement] = WebDriverWait(page, 30).until(lambda _: found(page, selector))
    return elements


def test_parts_open_and_work_as_others_do(page: WebDriver, full: SyntheticRun) -> None:
    # A topic, with its numbers and the way to its responses.
    assert not found(page, "#topic-f102 table")
    page.execute_script(_OPEN, "#topic-f102")
    reached(page, "#topic-f102 table")
    page.execute_script("document.querySelector('#topic-f102 [data-browse]').click()")
    reached(page, "#browse-list article")
    # A table, which sorts.
    page.execute_script(_OPEN, "details.long")
    assert len(reached(page, "#alignment tbody tr")) == full.content.alignment.num_rows
    page.execute_script("document.querySelector('#alignment th button').click()")
    assert found(page, "#alignment th[aria-sort=ascending]")
    # A figure, which answers.
    page.execute_script(_OPEN, "details.drawn")
    reached(page, "#figure-topics_da .drawing.answers")
    assert page.get_log("browser") == []
