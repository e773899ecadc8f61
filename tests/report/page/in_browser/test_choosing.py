"""A chosen model stands out in every figure of a real browser, by pointer, finger or keys."""

from __future__ import annotations

import pytest

pytest.importorskip("selenium.webdriver", reason="selenium is not installed: pip install selenium")
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webdriver import WebDriver

from tests.report.page.in_browser.browser import CHROMIUM, DRIVER
from tests.report.page.in_browser.pointing import (
    click,
    drawing,
    mark_of,
    opacity_of,
    set_width,
    tip_of,
    touch,
)

pytestmark = pytest.mark.skipif(
    not (CHROMIUM and DRIVER),
    reason="no chromium with chromedriver here: apt-get install chromium chromium-driver",
)


def test_a_click_on_a_model_dims_the_others_in_every_figure_and_a_second_one_undoes_it(
    figures: WebDriver,
) -> None:
    click(figures, mark_of(figures, "alignment", "gpt_4o in Danish"))
    assert figures.find_element(By.CLASS_NAME, "chosen").is_displayed()
    assert "gpt_4o is highlighted" in figures.find_element(By.CLASS_NAME, "chosen").text
    for figure, mine, other in (
        ("alignment", "gpt_4o in Dutch", "gemma_2_9b in Dutch"),
        ("capability", "gpt_4o in Dutch", "olmo_2_7b in Dutch"),
        ("topics_en", "gpt_4o in English", "gemma_2_2b in English"),
        ("timeline", "gpt_4o", "gemma_2_2b"),
        ("coefficients_us_bias", "US bias of gpt_4o in Dutch", "US bias of olmo_2_7b in Dutch"),
    ):
        assert opacity_of(figures, mark_of(figures, figure, mine)) > 0.2, figure
        assert opacity_of(figures, mark_of(figures, figure, other)) < 0.2, figure
    assert opacity_of(figures, mark_of(figures, "topics_en", "speakers:en")) == 1
    click(figures, mark_of(figures, "topics_en", "gpt_4o in English"))
    assert not figures.find_element(By.CLASS_NAME, "chosen").is_displayed()
    assert not figures.find_elements(By.CSS_SELECTOR, ".other")


def test_names_in_legends_and_on_axes_choose_their_model_and_escape_undoes_it(
    figures: WebDriver,
) -> None:
    for figure in ("capability", "us_bias", "spending"):
        key = drawing(figures, figure).find_element(
            By.XPATH, ".//*[@data-key][contains(., 'gpt_4o')]"
        )
        click(figures, key)
        assert "gpt_4o" in figures.find_element(By.CLASS_NAME, "chosen").text
        assert opacity_of(figures, mark_of(figures, "consistency", "gemma_2_2b in Danish")) < 0.2
        ActionChains(figures).send_keys(Keys.ESCAPE).perform()
        assert not figures.find_elements(By.CSS_SELECTOR, ".other")


def test_the_notes_button_undoes_it(figures: WebDriver) -> None:
    click(figures, mark_of(figures, "alignment", "gpt_4o in Danish"))
    figures.find_element(By.CSS_SELECTOR, ".chosen button").click()
    assert not figures.find_elements(By.CSS_SELECTOR, ".other")


def test_arrow_keys_go_from_mark_to_mark_and_enter_chooses(figures: WebDriver) -> None:
    assert not figures.find_elements(By.CSS_SELECTOR, ".drawing [tabindex]")
    region = figures.find_element(By.CSS_SELECTOR, "#figure-alignment .scroll")
    figures.execute_script("arguments[0].focus()", region)
    seen = []
    for key in (Keys.ARROW_RIGHT, Keys.ARROW_RIGHT, Keys.ARROW_DOWN, Keys.ARROW_LEFT):
        region.send_keys(key)
        seen.append(tip_of(figures).text.split("\n")[0])
    assert seen == ["gemma_2_2b in Danish", "gemma_2_2b in English", "gemma_2_9b in English",
                    "gemma_2_9b in Danish"]  # fmt: skip
    spoken = figures.find_element(By.CSS_SELECTOR, "p.sr[aria-live]").get_attribute("textContent")
    assert spoken and spoken.startswith("gemma_2_9b in Danish, alignment ")
    region.send_keys(Keys.ENTER)
    assert opacity_of(figures, mark_of(figures, "capability", "gpt_4o in Danish")) < 0.2
    assert opacity_of(figures, mark_of(figures, "capability", "gemma_2_9b in Danish")) == 1
    region.send_keys(Keys.ESCAPE)
    assert (
        not figures.find_elements(By.CSS_SELECTOR, ".other") and not tip_of(figures).is_displayed()
    )


def test_a_finger_reads_with_its_first_touch_and_chooses_with_the_next(figures: WebDriver) -> None:
    set_width(figures, 400)
    mark = mark_of(figures, "alignment", "gpt_4o in Danish")
    touch(figures, mark)
    assert tip_of(figures).text.startswith("gpt_4o in Danish")
    assert not figures.find_elements(By.CSS_SELECTOR, ".other")
    touch(figures, mark)
    assert figures.find_elements(By.CSS_SELECTOR, ".other")
    touch(figures, figures.find_element(By.CSS_SELECTOR, "#figure-alignment figcaption"))
    assert not tip_of(figures).is_displayed()


def test_nothing_of_it_is_printed(figures: WebDriver) -> None:
    mark = mark_of(figures, "alignment", "gpt_4o in Danish")
    click(figures, mark)
    other = mark_of(figures, "alignment", "gemma_2_2b in Danish")
    assert tip_of(figures).is_displayed() and opacity_of(figures, other) < 0.2
    figures.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    for name in ("tip", "chosen", "ring"):
        assert not figures.find_element(By.CLASS_NAME, name).is_displayed(), name
    assert not figures.find_element(By.ID, "figure-help").is_displayed()
    assert opacity_of(figures, other) == 1
