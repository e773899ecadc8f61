"""Pages hold no serious fault of accessibility that axe finds, in light and in dark."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.report.synthetic.run import SyntheticRun

pytest.importorskip("selenium.webdriver", reason="selenium is not installed: pip install selenium")
from selenium.webdriver.remote.webdriver import WebDriver

from tests.report.page.in_browser.browser import CHROMIUM, DRIVER, opened

_PACKAGE = "axe_core_python"
"""Package that ships axe-core, the checker that axe DevTools and Lighthouse use, as one file."""

pytestmark = [
    pytest.mark.skipif(
        not (CHROMIUM and DRIVER),
        reason="no chromium with chromedriver here: apt-get install chromium chromium-driver",
    ),
    pytest.mark.skipif(
        importlib.util.find_spec(_PACKAGE) is None,
        reason="axe-core is not installed: pip install axe-core-python",
    ),
    pytest.mark.slow,
]

_RUN = """
    const done = arguments[arguments.length - 1];
    axe.run(document, { resultTypes: ["violations"] }).then(
      (found) => done(found.violations.map(({ id, impact, help, nodes }) => ({
        id, impact, help, where: nodes.slice(0, 5).map((node) => node.target.join(" ")),
      }))),
      (error) => done([{ id: "axe", impact: "critical", help: String(error), where: [] }]));
"""


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WebDriver]:
    folder = tmp_path_factory.mktemp("axe")
    with opened(folder / "profile", folder) as driver:
        driver.set_script_timeout(300)
        yield driver


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_has_no_serious_fault(browser: WebDriver, full: SyntheticRun, scheme: str) -> None:
    _show(browser, full.page, scheme)
    browser.execute_script(
        "document.querySelectorAll('details').forEach((part, i) => { part.open = i % 8 === 0; });"
        "document.getElementById('responses').scrollIntoView();"
    )
    assert _serious(browser) == []


def test_the_page_of_a_quickstart_has_no_serious_fault(
    browser: WebDriver, weak: SyntheticRun
) -> None:
    _show(browser, weak.page, "light")
    assert _serious(browser) == []


def test_a_fault_is_found(browser: WebDriver, tmp_path: Path) -> None:
    page = tmp_path / "faulty.html"
    page.write_text(
        "<!DOCTYPE html><html lang='en'><title>x</title><main><h1>x</h1>"
        "<img src='data:,'><p style='color:#ccc;background:#fff'>pale</p></main>",
        encoding="utf-8",
    )
    _show(browser, page, "light")
    assert {"image-alt", "color-contrast"} <= {fault["id"] for fault in _serious(browser)}


def _show(browser: WebDriver, page: Path, scheme: str) -> None:
    browser.execute_cdp_cmd(
        "Emulation.setEmulatedMedia",
        {"features": [{"name": "prefers-color-scheme", "value": scheme}]},
    )
    browser.get(page.as_uri())


def _serious(browser: WebDriver) -> list[dict[str, Any]]:
    """Return the faults that axe calls serious or critical, with the first five places of each."""
    spec = importlib.util.find_spec(_PACKAGE)
    assert spec is not None and spec.origin is not None
    browser.execute_script((Path(spec.origin).parent / "axe.min.js").read_text(encoding="utf-8"))
    found: list[dict[str, Any]] = browser.execute_async_script(_RUN)
    return [fault for fault in found if fault["impact"] in {"serious", "critical"}]
