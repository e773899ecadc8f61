"""The page at 400 px in a real browser: names break where they may, and headings stay."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.report.synthetic.run import SyntheticRun

pytest.importorskip("selenium.webdriver", reason="selenium is not installed: pip install selenium")
from selenium.webdriver.remote.webdriver import WebDriver

from tests.report.page.in_browser.browser import CHROMIUM, DRIVER, opened

pytestmark = pytest.mark.skipif(
    not (CHROMIUM and DRIVER),
    reason="no chromium with chromedriver here: apt-get install chromium chromium-driver",
)

_BREAKS = """
return [...document.querySelectorAll('#leaders tbody th, #overview tbody th')].flatMap(cell => {
  const found = [];
  const walk = document.createTreeWalker(cell, NodeFilter.SHOW_TEXT);
  let before = '', top = null;
  while (walk.nextNode()) for (let i = 0; i < walk.currentNode.length; i++) {
    const range = document.createRange();
    range.setStart(walk.currentNode, i);
    range.setEnd(walk.currentNode, i + 1);
    const box = range.getBoundingClientRect();
    if (!box.width) continue;
    if (top !== null && box.top > top + 3) found.push(before);
    before = walk.currentNode.data[i];
    top = box.top;
  }
  return found;
});
"""


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WebDriver]:
    folder = tmp_path_factory.mktemp("narrow")
    with opened(folder, folder) as driver:
        size = {"width": 400, "height": 900, "deviceScaleFactor": 1, "mobile": False}
        driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
        yield driver


@pytest.fixture
def page(browser: WebDriver, full: SyntheticRun) -> WebDriver:
    browser.get(full.page.as_uri())
    return browser


def test_names_of_models_break_after_their_underscores_alone(page: WebDriver) -> None:
    page.execute_script("document.querySelectorAll('details').forEach(x => x.open = true)")
    page.execute_script("document.body.style.letterSpacing = '.12em'")
    breaks = page.execute_script(_BREAKS)
    assert breaks and set(breaks) <= {"_", "-"}


def test_the_heading_of_the_models_stays_above_them_while_the_leaderboard_scrolls(
    page: WebDriver,
) -> None:
    left = "return document.querySelector(arguments[0]).getBoundingClientRect().left"
    places = [page.execute_script(left, f"#leaders {row} th:first-child")
              for row in ("thead", "tbody")]  # fmt: skip
    page.execute_script("document.querySelector('#leaders').parentElement.scrollLeft = 90")
    assert page.execute_script("return document.querySelector('#leaders').parentElement.scrollLeft")
    after = [page.execute_script(left, f"#leaders {row} th:first-child")
             for row in ("thead", "tbody")]  # fmt: skip
    assert after == places


def test_the_command_is_whole_without_scrolling(page: WebDriver) -> None:
    page.execute_script(
        "document.querySelector('#command').textContent = 'word=' + 'x'.repeat(300)"
    )
    wide = "const x = document.querySelector('#command'); return [x.scrollWidth, x.clientWidth]"
    scrolled, shown = page.execute_script(wide)
    assert scrolled <= shown
