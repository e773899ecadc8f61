"""The page in a real browser: no errors, sorting, filtering, the drill-down, every width."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from culture_ray.redaction.visible import visible_in_page
from culture_ray.report.page.html import write_report
from tests.report.synthetic.run import SyntheticRun

pytest.importorskip("selenium.webdriver", reason="selenium is not installed: pip install selenium")
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webdriver import WebDriver
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import Select, WebDriverWait

from tests.report.page.in_browser.browser import CHROMIUM, DRIVER, opened

pytestmark = pytest.mark.skipif(
    not (CHROMIUM and DRIVER),
    reason="no chromium with chromedriver here: apt-get install chromium chromium-driver",
)


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WebDriver]:
    folder = tmp_path_factory.mktemp("browser")
    with opened(folder, folder) as driver:
        yield driver


@pytest.fixture
def page(browser: WebDriver, full: SyntheticRun) -> WebDriver:
    return _opened(browser, full.page)


def test_it_opens_without_a_word_on_the_console(
    browser: WebDriver, full: SyntheticRun, weak: SyntheticRun
) -> None:
    for made in (full, weak):
        _opened(browser, made.page)
        assert browser.get_log("browser") == []
        assert browser.find_element(By.TAG_NAME, "h1").text == "synthetic"
        loaded = "return performance.getEntriesByType('resource').map(e => e.name)"
        assert [x for x in browser.execute_script(loaded) if not x.startswith("data:")] == []


def test_a_page_without_a_study_has_no_word_on_the_console_either(
    browser: WebDriver, full: SyntheticRun, tmp_path: Path
) -> None:
    content = full.content
    bare = {
        name: getattr(content, name).slice(0, 0)
        for name in ("distributions", "alignment", "consistency", "quality", "ground_truth")
    }
    alone = replace(content, topics=(), populations=(), models=content.studied, regressions={},
                    examples=(), browsed=(), cells=None, leaderboard=None, topic_gaps=None,
                    culture_map=None, people=None, correlations=None, judging={},
                    **bare)  # fmt: skip
    write_report(alone, [], tmp_path / "r.html")
    _opened(browser, tmp_path / "r.html")
    assert browser.get_log("browser") == []
    assert not browser.find_elements(By.ID, "topics")


def test_a_column_sorts_up_then_down_with_nulls_last(page: WebDriver, full: SyntheticRun) -> None:
    alignment = [v for v in full.content.alignment.column("alignment").to_pylist() if v is not None]
    head = page.find_element(By.CSS_SELECTOR, "#alignment th[data-name=alignment]")
    button = head.find_element(By.TAG_NAME, "button")
    page.execute_script("arguments[0].focus()", button)
    for order, expected in (
        ("ascending", sorted(alignment)),
        ("descending", sorted(alignment, reverse=True)),
    ):
        button.send_keys(Keys.ENTER)
        assert head.get_attribute("aria-sort") == order
        shown = _column(page, "alignment", "alignment")
        assert [float(v) for v in shown if v is not None] == expected
        assert shown[len(expected) :] == [None] * (len(shown) - len(expected))
    others = page.find_elements(By.CSS_SELECTOR, "#alignment th[aria-sort=none]")
    assert len(others) == len(page.find_elements(By.CSS_SELECTOR, "#alignment thead th")) - 1


def test_words_sort_as_words(page: WebDriver) -> None:
    page.find_element(By.CSS_SELECTOR, "#overview th[data-name=model] button").click()
    cells = page.find_elements(By.CSS_SELECTOR, "#overview tbody th")
    names = [c.text for c in cells]
    assert names == sorted(names)


def test_filters_narrow_a_table_and_count_its_rows(page: WebDriver, full: SyntheticRun) -> None:
    grid = page.find_element(By.XPATH, "//table[@id='alignment']/ancestor::div[@data-grid]")
    chosen = {"model": "gpt_4o", "population": "Country DK"}
    for label, value in chosen.items():
        field = grid.find_element(By.XPATH, f".//label[normalize-space(text())='{label}']/select")
        Select(field).select_by_visible_text(value)
    rows = [r for r in grid.find_elements(By.CSS_SELECTOR, "tbody tr") if r.is_displayed()]
    expected = [
        repr(r["alignment"])
        for r in full.content.alignment.to_pylist()
        if r["model"] == "gpt_4o" and r["population"] == "DK"
    ]
    values = [r.find_elements(By.CSS_SELECTOR, "td.n")[2].get_attribute("data-value") for r in rows]
    assert values == expected
    total = full.content.alignment.num_rows
    assert grid.find_element(By.CLASS_NAME, "count").text == f"{len(expected)} of {total} rows"
    grid.find_element(By.CSS_SELECTOR, "[data-search]").send_keys("no such thing")
    assert grid.find_element(By.CLASS_NAME, "count").text == f"0 of {total} rows"


def test_a_topic_opens_from_the_keyboard_and_shows_its_responses(
    page: WebDriver, full: SyntheticRun
) -> None:
    topic = page.find_element(By.CSS_SELECTOR, "details.topic")
    article = topic.find_element(By.CSS_SELECTOR, "article.example")
    assert not article.is_displayed()
    summary = topic.find_element(By.CSS_SELECTOR, "summary")
    page.execute_script("arguments[0].focus()", summary)
    summary.send_keys(Keys.ENTER)
    assert article.is_displayed()
    shown = visible_in_page(full.content.examples[0].text)
    assert shown.removesuffix("\u200f") in article.text  # an invisible mark
    assert [x.text for x in article.find_elements(By.CSS_SELECTOR, ".stances li")] == [
        "pro", "con", "neutral",
    ]  # fmt: skip


def test_the_drill_down_narrows_by_topic_language_and_model(page: WebDriver) -> None:
    page.find_element(By.ID, "drill-open").click()
    Select(page.find_element(By.ID, "drill-language")).select_by_value("da")
    Select(page.find_element(By.ID, "drill-model")).select_by_visible_text("gpt_4o")
    page.find_element(By.ID, "drill-search").send_keys("item number 3")
    topics = [t for t in page.find_elements(By.CSS_SELECTOR, "details.topic") if t.is_displayed()]
    assert [t.get_attribute("id") for t in topics] == ["topic-f102"]
    assert page.find_element(By.ID, "drill-count").text == "1 of 16 topics"
    panels = topics[0].find_elements(By.CSS_SELECTOR, ".panel")
    shown = {p.get_attribute("data-language") for p in panels if p.is_displayed()}
    assert shown == {"da"}
    articles = topics[0].find_elements(By.CSS_SELECTOR, "article")
    models = [a.get_attribute("data-model") for a in articles if a.is_displayed()]
    assert models == ["gpt_4o"]
    page.find_element(By.ID, "drill-close").click()
    assert not page.find_elements(By.CSS_SELECTOR, "details.topic[open]")


def test_topics_narrow_by_category(page: WebDriver, full: SyntheticRun) -> None:
    Select(page.find_element(By.ID, "drill-category")).select_by_visible_text("E")
    shown = [t for t in page.find_elements(By.CSS_SELECTOR, "details.topic") if t.is_displayed()]
    expected = [f"topic-{t.id}" for t in full.content.topics if t.category == "E"]
    assert [t.get_attribute("id") for t in shown] == expected


def test_responses_narrow_by_every_filter(page: WebDriver, full: SyntheticRun) -> None:
    _reach_responses(page)
    everything = full.content.browsed
    assert _count(page) == f"6 of {len(everything)} responses shown"
    names = {x.code: x.name for x in full.content.languages}
    for name, label in (("model", "gpt_4o"), ("language", "Danish"), ("flag", "truncated"),
                        ("stance", "con")):  # fmt: skip
        Select(page.find_element(By.ID, f"browse-{name}")).select_by_visible_text(label)
    expected = [r for r in everything
                if r.model == "gpt_4o" and names[r.language] == "Danish"
                and "truncated" in r.flags and "con" in r.stances]  # fmt: skip
    assert len(_articles(page)) == len(expected) > 0
    quotes = [a.find_element(By.TAG_NAME, "blockquote") for a in _articles(page)]
    for quote, response in zip(quotes, expected, strict=True):
        marked = quote.find_elements(By.TAG_NAME, "mark")
        assert [m.get_attribute("class") for m in marked] == [s for *_, s in response.marked]
    Select(page.find_element(By.ID, "browse-flag")).select_by_visible_text("refusal")
    Select(page.find_element(By.ID, "browse-stance")).select_by_visible_text("any")
    refused = [r for r in everything
               if (r.model, r.language, r.status) == ("gpt_4o", "da", "refusal")]  # fmt: skip
    assert _count(page).startswith(f"{len(refused)} of {len(refused)}")
    page.find_element(By.ID, "browse-search").send_keys("no such words")
    assert _count(page) == "No response fits" and not _articles(page)


def test_more_responses_come_from_the_keyboard_and_take_the_focus(page: WebDriver) -> None:
    _reach_responses(page)
    more = page.find_element(By.ID, "browse-more")
    page.execute_script("arguments[0].focus()", more)
    more.send_keys(Keys.ENTER)
    assert len(_articles(page)) == 26
    focused = "return [...document.querySelectorAll('article')].indexOf(document.activeElement)"
    assert page.execute_script(focused.replace("'article'", "'#browse-list article'")) == 6


def test_a_hostile_response_stays_text(page: WebDriver) -> None:
    _reach_responses(page)
    first = _articles(page)[0]
    assert "</script><script>alert(1)</script> <!-- never" in first.text
    assert "… 994,000 more characters" in first.text
    assert not first.find_elements(By.TAG_NAME, "script")
    assert first.find_element(By.TAG_NAME, "blockquote").get_attribute("dir") == "auto"
    assert [x.text for x in first.find_elements(By.CSS_SELECTOR, ".stances li")] == ["pro", "con"]
    assert page.get_log("browser") == []


def test_a_topic_leads_to_its_responses(page: WebDriver, full: SyntheticRun) -> None:
    topic = full.content.topics[3]
    page.find_element(By.CSS_SELECTOR, f"#topic-{topic.id} > summary").click()
    page.find_element(By.CSS_SELECTOR, f"#topic-{topic.id} [data-browse]").click()
    chosen = Select(page.find_element(By.ID, "browse-topic")).first_selected_option
    assert chosen.text == f"{topic.label} ({topic.id.upper()})"
    own = sum(1 for r in full.content.browsed if r.topic == topic.id)
    assert _count(page).endswith(f"of {own} responses shown")


def test_a_link_to_a_topic_opens_it(browser: WebDriver, full: SyntheticRun) -> None:
    browser.get(f"{full.page.as_uri()}#topic-f103")
    browser.refresh()
    assert browser.find_element(By.ID, "topic-f103").get_attribute("open") is not None


@pytest.mark.parametrize("width", [1400, 400])
def test_the_page_itself_never_scrolls_sideways(page: WebDriver, width: int) -> None:
    page.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride",
        {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 500},
    )
    page.find_element(By.ID, "drill-open").click()
    wide = "const d = document.documentElement; return d.scrollWidth - d.clientWidth"
    assert page.execute_script(wide) <= 0


def test_dark_pages_have_light_text_and_light_pages_dark_text(page: WebDriver) -> None:
    seen = {}
    for scheme in ("light", "dark"):
        page.execute_cdp_cmd(
            "Emulation.setEmulatedMedia",
            {"features": [{"name": "prefers-color-scheme", "value": scheme}]},
        )
        style = "return getComputedStyle(arguments[0]).{}"
        body = page.find_element(By.TAG_NAME, "body")
        text = page.find_element(By.CSS_SELECTOR, "#figure-alignment .drawing:not(.narrow) text")
        paper = page.execute_script(style.format("backgroundColor"), body)
        seen[scheme] = (
            _light(paper),
            _light(page.execute_script(style.format("color"), body)),
            _light(page.execute_script(style.format("fill"), text)),
        )
    assert seen == {"light": (True, False, False), "dark": (False, True, True)}


def test_without_scripts_everything_can_still_be_read(
    browser: WebDriver, full: SyntheticRun
) -> None:
    browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        _opened(browser, full.page)
        assert len(browser.find_elements(By.CSS_SELECTOR, "#alignment tbody tr")) == 504
        assert not browser.find_element(By.ID, "drill-filters").is_displayed()
        browser.find_element(By.CSS_SELECTOR, "details.topic > summary").click()
        assert browser.find_element(By.CSS_SELECTOR, "article.example").is_displayed()
    finally:
        browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})


def _opened(browser: WebDriver, page: Path) -> WebDriver:
    browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})
    browser.get(page.as_uri())
    browser.execute_script("document.querySelectorAll('details.long').forEach(d => d.open = true)")
    return browser


def _reach_responses(page: WebDriver) -> None:
    page.execute_script("document.getElementById('responses').scrollIntoView()")
    WebDriverWait(page, 20).until(lambda _: _articles(page))


def _articles(page: WebDriver) -> list[WebElement]:
    return page.find_elements(By.CSS_SELECTOR, "#browse-list article")


def _count(page: WebDriver) -> str:
    return page.find_element(By.ID, "browse-count").text


def _column(page: WebDriver, table: str, name: str) -> list[str | None]:
    script = """
        const table = document.getElementById(arguments[0]);
        const head = table.querySelector(`th[data-name=${arguments[1]}]`);
        return Array.from(table.tBodies[0].rows,
                          (row) => row.cells[head.cellIndex].dataset.value ?? null);
    """
    found: list[str | None] = page.execute_script(script, table, name)
    return found


def _light(colour: str) -> bool:
    red, green, blue = (int(x) for x in colour.split("(")[1].rstrip(")").split(",")[:3])
    return red + green + blue > 3 * 128
