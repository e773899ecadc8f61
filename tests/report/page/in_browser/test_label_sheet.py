"""The label sheet in a real browser: keys, progress, what it keeps, and the CSV it saves."""

from __future__ import annotations

import csv
import time
from pathlib import Path

import pytest

pytest.importorskip("selenium.webdriver", reason="selenium is not installed: pip install selenium")
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webdriver import WebDriver

from culture_ray.report.page.label_sheet import SheetItem, write_sheet_page
from culture_ray.stages.judge.human_labels import read_human
from tests.report.page.in_browser.browser import CHROMIUM, DRIVER, opened

pytestmark = pytest.mark.skipif(
    not (CHROMIUM and DRIVER),
    reason="no chromium with chromedriver here: apt-get install chromium chromium-driver",
)

ITEMS = (
    SheetItem(
        "aa11", "da", "Danish", "f120", "Abort kan forsvares.", "Abort kan ikke forsvares.",
        '1. Det er kvindens valg, sagde hun "altid".\n2. </script><b>Nej</b>, aldrig.',
        ('Det er kvindens valg, sagde hun "altid".', "</script><b>Nej</b>, aldrig."),
        0.25,
    ),
    SheetItem(
        "bb22", "en", "English", "e069_02", "I trust the army.", "I do not trust the army.",
        "Two are in favour, one is against.", ("", "", ""), 0.5,
    ),
)  # fmt: skip


def press(browser: WebDriver, *keys: str) -> None:
    body = browser.find_element(By.TAG_NAME, "body")
    for key in keys:
        body.send_keys(key)


def done(browser: WebDriver) -> str:
    return browser.find_element(By.ID, "done").text


def pressed(browser: WebDriver) -> list[str]:
    found = browser.find_elements(By.CSS_SELECTOR, ".choices [aria-pressed=true]")
    return [button.text for button in found]


@pytest.mark.slow
def test_a_person_labels_with_keys_leaves_comes_back_and_saves(tmp_path: Path) -> None:
    page = tmp_path / "sheet.html"
    write_sheet_page(ITEMS, page, title="a run")
    downloads, profile = tmp_path / "downloads", tmp_path / "profile"
    downloads.mkdir()
    with opened(profile, downloads) as browser:
        browser.get(page.as_uri())
        assert done(browser) == "0 of 5 opinions labelled"
        texts = [e.text for e in browser.find_elements(By.CSS_SELECTOR, "#opinions li")]
        assert "</script><b>Nej</b>, aldrig." in texts[1]
        browser.find_element(By.ID, "annotator").send_keys("Ann p, c")
        assert done(browser) == "0 of 5 opinions labelled"  # typing a name labels nothing
        press(browser, "p", "n")
        assert done(browser) == "2 of 5 opinions labelled"
        assert "response 2 of 2, English, E069_02" in browser.find_element(By.ID, "place").text
        assert browser.find_element(By.ID, "text").is_displayed()  # a summary is shown whole
        press(browser, Keys.ARROW_LEFT)
        assert pressed(browser) == ["pro", "neutral"]
        press(browser, Keys.ARROW_DOWN, "u")
        assert pressed(browser) == ["pro"]
        press(browser, "c")
        before = browser.execute_script("return document.documentElement.dataset.theme")
        press(browser, "d")
        theme = browser.execute_script("return document.documentElement.dataset.theme")
        assert {before, theme} == {"light", "dark"}
        assert browser.get_log("browser") == []
    with opened(profile, downloads) as browser:
        browser.get(page.as_uri())
        assert done(browser) == "2 of 5 opinions labelled"
        assert browser.find_element(By.ID, "annotator").get_attribute("value") == "Ann p, c"
        assert theme == browser.execute_script("return document.documentElement.dataset.theme")
        press(browser, "f", "n")
        browser.find_elements(By.CSS_SELECTOR, "#opinions .con")[2].click()
        assert done(browser) == "4 of 5 opinions labelled"
        browser.find_element(By.ID, "save").click()
        saved = _arrived(downloads / "sheet-labelled.csv")
        loaded = "return performance.getEntriesByType('resource').map(e => e.name)"
        names = browser.execute_script(loaded)
        assert [x for x in names if not x.startswith(("data:", "blob:"))] == []
    rows = list(csv.DictReader(saved.open(encoding="utf-8")))
    assert [row["stance"] for row in rows] == ["pro", "con", "neutral", "", "con"]
    assert rows[0]["text"] == 'Det er kvindens valg, sagde hun "altid".'
    people = read_human(saved, {"aa11": 2, "bb22": 3}, "the sheet")
    assert people.annotators == ("Ann p, c",)
    assert people.reading("Ann p, c", "bb22", 3) == ["neutral", None, "con"]
    assert people.probabilities == {"aa11": 0.25, "bb22": 0.5}


@pytest.mark.slow
@pytest.mark.parametrize("width", [360, 1100])
def test_nothing_runs_over_the_edge(tmp_path: Path, width: int) -> None:
    page = tmp_path / "sheet.html"
    write_sheet_page(ITEMS, page, title="a run")
    with opened(tmp_path / "profile", tmp_path) as browser:
        browser.set_window_size(max(width, 500), 800)
        browser.execute_cdp_cmd(  # type: ignore[attr-defined]
            "Emulation.setDeviceMetricsOverride",
            {"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": False},
        )
        browser.get(page.as_uri())
        wide = browser.execute_script("return document.documentElement.scrollWidth")
        assert wide <= width


def _arrived(path: Path) -> Path:
    for _ in range(100):
        if path.exists():
            return path
        time.sleep(0.1)
    raise AssertionError(f"nothing was saved: {list(path.parent.iterdir())}")
