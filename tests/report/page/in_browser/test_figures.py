"""Figures answer in a real browser: to a pointer, a finger and the arrow keys."""

from __future__ import annotations

import pytest

from tests.report.synthetic.run import SyntheticRun

pytest.importorskip("selenium.webdriver", reason="selenium is not installed: pip install selenium")
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webdriver import WebDriver

from tests.report.page.in_browser.browser import CHROMIUM, DRIVER
from tests.report.page.in_browser.pointing import (
    drawing,
    mark_of,
    point_at,
    set_width,
    shown,
    tip_at,
    tip_of,
)

pytestmark = pytest.mark.skipif(
    not (CHROMIUM and DRIVER),
    reason="no chromium with chromedriver here: apt-get install chromium chromium-driver",
)


def test_pointing_at_a_dot_tells_the_tables_figure_and_escape_hides_it(
    figures: WebDriver, full: SyntheticRun
) -> None:
    assert full.content.cells is not None
    row = next(
        r for r in full.content.cells.to_pylist() if (r["model"], r["language"]) == ("gpt_4o", "pt")
    )
    value, low, high = (
        shown(row[f"alignment_language{end}"]) for end in ("", "_ci_low", "_ci_high")
    )
    point_at(figures, mark_of(figures, "alignment", "gpt_4o in Portuguese"))
    tip = tip_of(figures)
    assert tip.is_displayed()
    assert tip.text.split("\n") == [
        "gpt_4o in Portuguese", "alignment", value, "95 % interval", f"{low} to {high}",
    ]  # fmt: skip
    ActionChains(figures).send_keys(Keys.ESCAPE).perform()
    assert not tip.is_displayed()


def test_every_square_of_the_map_tells_its_own_alignment(
    figures: WebDriver, full: SyntheticRun
) -> None:
    rows = {
        (r["model"], r["language"], r["population"]): r for r in full.content.alignment.to_pylist()
    }
    for model, language, population in (("gemma_2_2b", "da", "DK"), ("gpt_4o", "pt", "world")):
        name = {"da": "Danish", "pt": "Portuguese"}[language]
        label = {"DK": "Country DK", "world": "World"}[population]
        point_at(figures, mark_of(figures, "alignment_map", f"{model} in {name}", f"with {label}"))
        row = rows[model, language, population]
        assert tip_of(figures).text.split("\n") == [
            f"{model} in {name}", f"with {label}", "alignment", shown(row["alignment"]),
            "topics", str(row["topics"]), "responses", str(row["responses"]),
        ]  # fmt: skip


def test_leaving_a_figure_hides_its_tip(figures: WebDriver) -> None:
    point_at(figures, mark_of(figures, "capability", "gpt_4o in Danish"))
    assert tip_of(figures).is_displayed()
    ActionChains(figures).move_to_element(
        figures.find_element(By.CSS_SELECTOR, "#figure-capability figcaption")
    ).perform()
    assert not tip_of(figures).is_displayed()


@pytest.mark.parametrize("width", [1400, 400])
def test_a_tip_never_leaves_the_window(figures: WebDriver, width: int) -> None:
    set_width(figures, width)
    for figure in ("alignment_map", "topics_da", "stances"):
        shape = drawing(figures, figure)
        marks = figures.execute_script(
            "return [...arguments[0].querySelectorAll('[data-t]')]"
            ".filter((mark) => mark.getBoundingClientRect().width > 2)",
            shape,
        )
        for mark in (marks[0], marks[len(marks) // 2], marks[-1]):
            box = tip_at(figures, mark)
            assert min(box[:4]) >= 0 and box[4] > 50, (figure, box)


def test_every_mark_and_name_can_be_reached_by_keys(figures: WebDriver) -> None:
    region = figures.find_element(By.CSS_SELECTOR, "#figure-capability .scroll")
    figures.execute_script("arguments[0].focus()", region)
    seen = set()
    for _ in range(40):
        region.send_keys(Keys.ARROW_RIGHT)
        seen.add(tip_of(figures).text.split("\n")[0])
    models = ("gemma_2_2b", "gemma_2_9b", "olmo_2_7b", "gpt_4o")
    languages = ("Danish", "English", "Dutch", "Portuguese")
    assert {f"{m} in {x}" for m in models for x in languages} | set(models) <= seen
    region.send_keys(Keys.HOME)
    assert tip_of(figures).text.startswith("gemma_2_2b in Danish")


def test_a_tip_follows_the_theme(figures: WebDriver) -> None:
    point_at(figures, mark_of(figures, "alignment", "gpt_4o in Danish"))
    light = {}
    for scheme in ("light", "dark"):
        figures.execute_cdp_cmd(
            "Emulation.setEmulatedMedia",
            {"features": [{"name": "prefers-color-scheme", "value": scheme}]},
        )
        colours = figures.execute_script(
            "const s = getComputedStyle(arguments[0]); return [s.color, s.backgroundColor]",
            tip_of(figures),
        )
        ink, paper = (sum(map(int, c[4:-1].split(","))) for c in colours)
        light[scheme] = paper > ink
    assert light == {"light": True, "dark": False}


def test_without_scripts_nothing_promises_an_answer(
    figures_browser: WebDriver, full: SyntheticRun
) -> None:
    figures_browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        figures_browser.get(full.page.as_uri())
        assert not figures_browser.find_element(By.ID, "figure-help").is_displayed()
        assert drawing(figures_browser, "alignment").is_displayed()
    finally:
        figures_browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})
