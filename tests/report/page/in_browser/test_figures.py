"""Figures answer in a real browser: to a pointer, a finger and the arrow keys."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.report.synthetic.run import SyntheticRun

pytest.importorskip("selenium.webdriver", reason="selenium is not installed: pip install selenium")
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.actions.action_builder import ActionBuilder
from selenium.webdriver.common.actions.interaction import POINTER_TOUCH
from selenium.webdriver.common.actions.pointer_input import PointerInput
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webdriver import WebDriver
from selenium.webdriver.remote.webelement import WebElement

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
def page(browser: WebDriver, full: SyntheticRun) -> Iterator[WebDriver]:
    _wide(browser, 1400)
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "", "features": []})
    browser.get(full.page.as_uri())
    browser.execute_script("document.querySelectorAll('details.drawn').forEach(d => d.open = true)")
    yield browser
    assert browser.get_log("browser") == []


def test_pointing_at_a_dot_tells_the_tables_figure_and_escape_hides_it(
    page: WebDriver, full: SyntheticRun
) -> None:
    assert full.content.cells is not None
    row = next(
        r for r in full.content.cells.to_pylist() if (r["model"], r["language"]) == ("gpt_4o", "pt")
    )
    value, low, high = (
        _shown(row[f"alignment_language{end}"]) for end in ("", "_ci_low", "_ci_high")
    )
    _point(page, _mark(page, "alignment", "gpt_4o in Portuguese"))
    tip = _tip(page)
    assert tip.is_displayed()
    assert tip.text.split("\n") == [
        "gpt_4o in Portuguese", "alignment", value, "95 % interval", f"{low} to {high}",
    ]  # fmt: skip
    ActionChains(page).send_keys(Keys.ESCAPE).perform()
    assert not tip.is_displayed()


def test_every_square_of_the_map_tells_its_own_alignment(
    page: WebDriver, full: SyntheticRun
) -> None:
    rows = {
        (r["model"], r["language"], r["population"]): r for r in full.content.alignment.to_pylist()
    }
    for model, language, population in (("gemma_2_2b", "da", "DK"), ("gpt_4o", "pt", "world")):
        name = {"da": "Danish", "pt": "Portuguese"}[language]
        label = {"DK": "Country DK", "world": "World"}[population]
        _point(page, _mark(page, "alignment_map", f"{model} in {name}", f"with {label}"))
        row = rows[model, language, population]
        assert _tip(page).text.split("\n") == [
            f"{model} in {name}", f"with {label}", "alignment", _shown(row["alignment"]),
            "topics", str(row["topics"]), "responses", str(row["responses"]),
        ]  # fmt: skip


def test_leaving_a_figure_hides_its_tip(page: WebDriver) -> None:
    _point(page, _mark(page, "capability", "gpt_4o in Danish"))
    assert _tip(page).is_displayed()
    ActionChains(page).move_to_element(
        page.find_element(By.CSS_SELECTOR, "#figure-capability figcaption")
    ).perform()
    assert not _tip(page).is_displayed()


@pytest.mark.parametrize("width", [1400, 400])
def test_a_tip_never_leaves_the_window(page: WebDriver, width: int) -> None:
    _wide(page, width)
    for figure in ("alignment_map", "topics_da", "stances"):
        drawing = _drawing(page, figure)
        marks = page.execute_script(
            "return [...arguments[0].querySelectorAll('[data-t]')]"
            ".filter((mark) => mark.getBoundingClientRect().width > 2)",
            drawing,
        )
        for mark in (marks[0], marks[len(marks) // 2], marks[-1]):
            box = _tip_at(page, mark)
            assert min(box[:4]) >= 0 and box[4] > 50, (figure, box)


def test_a_click_on_a_model_dims_the_others_in_every_figure_and_a_second_one_undoes_it(
    page: WebDriver,
) -> None:
    _click(page, _mark(page, "alignment", "gpt_4o in Danish"))
    assert page.find_element(By.CLASS_NAME, "chosen").is_displayed()
    assert "gpt_4o is highlighted" in page.find_element(By.CLASS_NAME, "chosen").text
    for figure, mine, other in (
        ("alignment", "gpt_4o in Dutch", "gemma_2_9b in Dutch"),
        ("capability", "gpt_4o in Dutch", "olmo_2_7b in Dutch"),
        ("topics_en", "gpt_4o in English", "gemma_2_2b in English"),
        ("timeline", "gpt_4o", "gemma_2_2b"),
        ("coefficients_us_bias", "US bias of gpt_4o in Dutch", "US bias of olmo_2_7b in Dutch"),
    ):
        assert _opacity(page, _mark(page, figure, mine)) > 0.2, figure
        assert _opacity(page, _mark(page, figure, other)) < 0.2, figure
    assert _opacity(page, _mark(page, "topics_en", "speakers:en")) == 1
    _click(page, _mark(page, "topics_en", "gpt_4o in English"))
    assert not page.find_element(By.CLASS_NAME, "chosen").is_displayed()
    assert not page.find_elements(By.CSS_SELECTOR, ".other")


def test_names_in_legends_and_on_axes_choose_their_model_and_escape_undoes_it(
    page: WebDriver,
) -> None:
    for figure in ("capability", "us_bias", "spending"):
        key = _drawing(page, figure).find_element(
            By.XPATH, ".//*[@data-key][contains(., 'gpt_4o')]"
        )
        _click(page, key)
        assert "gpt_4o" in page.find_element(By.CLASS_NAME, "chosen").text
        assert _opacity(page, _mark(page, "consistency", "gemma_2_2b in Danish")) < 0.2
        ActionChains(page).send_keys(Keys.ESCAPE).perform()
        assert not page.find_elements(By.CSS_SELECTOR, ".other")


def test_the_notes_button_undoes_it(page: WebDriver) -> None:
    _click(page, _mark(page, "alignment", "gpt_4o in Danish"))
    page.find_element(By.CSS_SELECTOR, ".chosen button").click()
    assert not page.find_elements(By.CSS_SELECTOR, ".other")


def test_arrow_keys_go_from_mark_to_mark_and_enter_chooses(page: WebDriver) -> None:
    assert not page.find_elements(By.CSS_SELECTOR, ".drawing [tabindex]")
    region = page.find_element(By.CSS_SELECTOR, "#figure-alignment .scroll")
    page.execute_script("arguments[0].focus()", region)
    seen = []
    for key in (Keys.ARROW_RIGHT, Keys.ARROW_RIGHT, Keys.ARROW_DOWN, Keys.ARROW_LEFT):
        region.send_keys(key)
        seen.append(_tip(page).text.split("\n")[0])
    assert seen == ["gemma_2_2b in Danish", "gemma_2_2b in English", "gemma_2_9b in English",
                    "gemma_2_9b in Danish"]  # fmt: skip
    spoken = page.find_element(By.CSS_SELECTOR, "p.sr[aria-live]").get_attribute("textContent")
    assert spoken and spoken.startswith("gemma_2_9b in Danish, alignment ")
    region.send_keys(Keys.ENTER)
    assert _opacity(page, _mark(page, "capability", "gpt_4o in Danish")) < 0.2
    assert _opacity(page, _mark(page, "capability", "gemma_2_9b in Danish")) == 1
    region.send_keys(Keys.ESCAPE)
    assert not page.find_elements(By.CSS_SELECTOR, ".other") and not _tip(page).is_displayed()


def test_every_mark_and_name_can_be_reached_by_keys(page: WebDriver) -> None:
    region = page.find_element(By.CSS_SELECTOR, "#figure-capability .scroll")
    page.execute_script("arguments[0].focus()", region)
    seen = set()
    for _ in range(40):
        region.send_keys(Keys.ARROW_RIGHT)
        seen.add(_tip(page).text.split("\n")[0])
    models = ("gemma_2_2b", "gemma_2_9b", "olmo_2_7b", "gpt_4o")
    languages = ("Danish", "English", "Dutch", "Portuguese")
    assert {f"{m} in {x}" for m in models for x in languages} | set(models) <= seen
    region.send_keys(Keys.HOME)
    assert _tip(page).text.startswith("gemma_2_2b in Danish")


def test_a_finger_reads_with_its_first_touch_and_chooses_with_the_next(page: WebDriver) -> None:
    _wide(page, 400)
    mark = _mark(page, "alignment", "gpt_4o in Danish")
    _touch(page, mark)
    assert _tip(page).text.startswith("gpt_4o in Danish")
    assert not page.find_elements(By.CSS_SELECTOR, ".other")
    _touch(page, mark)
    assert page.find_elements(By.CSS_SELECTOR, ".other")
    _touch(page, page.find_element(By.CSS_SELECTOR, "#figure-alignment figcaption"))
    assert not _tip(page).is_displayed()


def test_nothing_of_it_is_printed(page: WebDriver) -> None:
    mark = _mark(page, "alignment", "gpt_4o in Danish")
    _click(page, mark)
    other = _mark(page, "alignment", "gemma_2_2b in Danish")
    assert _tip(page).is_displayed() and _opacity(page, other) < 0.2
    page.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    for name in ("tip", "chosen", "ring"):
        assert not page.find_element(By.CLASS_NAME, name).is_displayed(), name
    assert not page.find_element(By.ID, "figure-help").is_displayed()
    assert _opacity(page, other) == 1


def test_a_tip_follows_the_theme(page: WebDriver) -> None:
    _point(page, _mark(page, "alignment", "gpt_4o in Danish"))
    light = {}
    for scheme in ("light", "dark"):
        page.execute_cdp_cmd(
            "Emulation.setEmulatedMedia",
            {"features": [{"name": "prefers-color-scheme", "value": scheme}]},
        )
        colours = page.execute_script(
            "const s = getComputedStyle(arguments[0]); return [s.color, s.backgroundColor]",
            _tip(page),
        )
        ink, paper = (sum(map(int, c[4:-1].split(","))) for c in colours)
        light[scheme] = paper > ink
    assert light == {"light": True, "dark": False}


def test_without_scripts_nothing_promises_an_answer(browser: WebDriver, full: SyntheticRun) -> None:
    browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        browser.get(full.page.as_uri())
        assert not browser.find_element(By.ID, "figure-help").is_displayed()
        assert _drawing(browser, "alignment").is_displayed()
    finally:
        browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})


def _wide(page: WebDriver, width: int) -> None:
    page.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride",
        {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False},
    )


def _drawing(page: WebDriver, figure: str) -> WebElement:
    drawings = page.find_elements(By.CSS_SELECTOR, f"#figure-{figure} .drawing")
    return next(d for d in drawings if d.is_displayed())


def _mark(page: WebDriver, figure: str, title: str, about: str = "") -> WebElement:
    """Return the first mark of a figure whose tip begins with these words."""
    tips = json.loads(page.execute_script("return document.getElementById('tips').textContent"))
    texts = tips["texts"]
    wanted = next(
        i
        for i, tip in enumerate(tips["figures"][figure])
        if tip and texts[tip[2]] == title
        and about in texts[tip[3]]
    )  # fmt: skip
    found: Any = page.execute_script(
        """
        return arguments[0].querySelector(`[data-t="${arguments[1]}"]`);
        """,
        _drawing(page, figure),
        wanted,
    )
    assert isinstance(found, WebElement)
    return found


def _tip(page: WebDriver) -> WebElement:
    return page.find_element(By.CSS_SELECTOR, "div.tip")


def _in_sight(page: WebDriver, element: WebElement) -> None:
    """Scroll to an element and wait until the page has been told so, which hides a tip."""
    page.execute_async_script(
        "arguments[0].scrollIntoView({block: 'center', behavior: 'instant'});"
        "requestAnimationFrame(() => requestAnimationFrame(arguments[1]));",
        element,
    )


def _point(page: WebDriver, mark: WebElement) -> None:
    _in_sight(page, mark)
    ActionChains(page, duration=0).move_to_element(mark).perform()


def _tip_at(page: WebDriver, mark: WebElement) -> list[float]:
    """Point at a mark until its tip is shown; return its distances to the window's edges and width.

    A busy browser may tell the page of the scrolling after the pointer has come, which hides the
    tip. It moves again then, as a mark that scrolls under a resting pointer does not count.
    """
    _in_sight(page, mark)
    box: list[float] = []
    for _ in range(10):
        moves = ActionChains(page, duration=0).move_to_element_with_offset(mark, 5, 5)
        moves.move_to_element(mark).perform()
        box = page.execute_script(
            "const b = arguments[0].getBoundingClientRect();"
            "return [b.left, b.top, innerWidth - b.right, innerHeight - b.bottom, b.width]",
            _tip(page),
        )
        if box[4]:
            break
    return box


def _click(page: WebDriver, mark: WebElement) -> None:
    _in_sight(page, mark)
    ActionChains(page, duration=0).move_to_element(mark).click().perform()


def _touch(page: WebDriver, element: WebElement) -> None:
    _in_sight(page, element)
    finger = ActionBuilder(page, mouse=PointerInput(POINTER_TOUCH, "finger"))
    finger.pointer_action.move_to(element).pointer_down().pointer_up()
    finger.perform()


def _opacity(page: WebDriver, mark: WebElement) -> float:
    return float(page.execute_script("return getComputedStyle(arguments[0]).opacity", mark))


def _shown(value: float) -> str:
    return f"{value:.2f}".replace("-", "−")
