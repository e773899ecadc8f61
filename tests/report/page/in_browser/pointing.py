"""Pointing, clicking and touching in a real browser, and the marks and tips of figures."""

from __future__ import annotations

import json
from typing import Any

from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.actions.action_builder import ActionBuilder
from selenium.webdriver.common.actions.interaction import POINTER_TOUCH
from selenium.webdriver.common.actions.pointer_input import PointerInput
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webdriver import WebDriver
from selenium.webdriver.remote.webelement import WebElement


def set_width(page: WebDriver, width: int) -> None:
    """Give the window a width in CSS pixels."""
    page.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride",
        {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False},
    )


def drawing(page: WebDriver, figure: str) -> WebElement:
    """Return the drawing of a figure that this window shows: the wide or the narrow one."""
    drawings = page.find_elements(By.CSS_SELECTOR, f"#figure-{figure} .drawing")
    return next(d for d in drawings if d.is_displayed())


def mark_of(page: WebDriver, figure: str, title: str, about: str = "") -> WebElement:
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
        drawing(page, figure),
        wanted,
    )
    assert isinstance(found, WebElement)
    return found


def tip_of(page: WebDriver) -> WebElement:
    """Return the one tip of the page."""
    return page.find_element(By.CSS_SELECTOR, "div.tip")


def _in_sight(page: WebDriver, element: WebElement) -> None:
    """Scroll to an element and wait until the page has been told so, which hides a tip."""
    page.execute_async_script(
        "arguments[0].scrollIntoView({block: 'center', behavior: 'instant'});"
        "requestAnimationFrame(() => requestAnimationFrame(arguments[1]));",
        element,
    )


def point_at(page: WebDriver, mark: WebElement) -> None:
    """Move the pointer to a mark."""
    _in_sight(page, mark)
    ActionChains(page, duration=0).move_to_element(mark).perform()


def tip_at(page: WebDriver, mark: WebElement) -> list[float]:
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
            tip_of(page),
        )
        if box[4]:
            break
    return box


def click(page: WebDriver, mark: WebElement) -> None:
    """Click on a mark."""
    _in_sight(page, mark)
    ActionChains(page, duration=0).move_to_element(mark).click().perform()


def touch(page: WebDriver, element: WebElement) -> None:
    """Touch an element with a finger."""
    _in_sight(page, element)
    finger = ActionBuilder(page, mouse=PointerInput(POINTER_TOUCH, "finger"))
    finger.pointer_action.move_to(element).pointer_down().pointer_up()
    finger.perform()


def opacity_of(page: WebDriver, mark: WebElement) -> float:
    """Return the opacity that a mark is drawn with."""
    return float(page.execute_script("return getComputedStyle(arguments[0]).opacity", mark))


def shown(value: float) -> str:
    """Return a number as figures show it."""
    return f"{value:.2f}".replace("-", "−")
