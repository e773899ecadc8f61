"""Makes the pictures of the README anew: python -m tests.docs.pictures FRAME REPORT.

FRAME is what a terminal shows while a sweep runs, with its colours, as tmux writes it down:
tmux capture-pane -p -e > FRAME. REPORT is the report.html of a run. Both go to docs/images.
"""

from __future__ import annotations

import io
import re
import sys
import tempfile
from pathlib import Path

from PIL import Image
from rich.console import Console
from rich.text import Text

from tests.conftest import ROOT
from tests.report.page.in_browser.browser import opened

IMAGES = ROOT / "docs" / "images"
_WIDE, _HIGH = 1280, 1060


def terminal_svg(frame: str, title: str) -> str:
    """Return a terminal's table as a picture that needs nothing from elsewhere."""
    rows = frame.rstrip().splitlines()
    first = next((at for at, row in enumerate(rows) if "requests" in row and "left" in row), 0)
    lines = rows[first:]  # what is said above the table is another story
    text = Text.from_ansi("\n".join(lines))
    width = max(len(line) for line in text.plain.splitlines())
    console = Console(record=True, file=io.StringIO(), width=width, force_terminal=True)
    console.print(text, crop=False, no_wrap=True)
    svg = console.export_svg(title=title)
    # Fonts would be fetched; the comment has an address.
    svg = re.sub(r"@font-face \{.*?\}\s*|<!--.*?-->\s*", "", svg, flags=re.DOTALL)
    return svg.replace("Fira Code, monospace", "monospace").replace("Fira Code", "monospace")


def report_png(report: Path) -> bytes:
    """Return the top of a report as a browser shows it, in 256 colours."""
    size = {"width": _WIDE, "height": _HIGH, "deviceScaleFactor": 1, "mobile": False}
    with tempfile.TemporaryDirectory() as folder, opened(Path(folder), Path(folder)) as browser:
        browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
        browser.execute_cdp_cmd("Emulation.setScrollbarsHidden", {"hidden": True})
        browser.get(report.resolve().as_uri())
        seen = browser.get_screenshot_as_png()
    # This method keeps the colours of small marks, which median cut gives up.
    method, dither = Image.Quantize.MAXCOVERAGE, Image.Dither.NONE
    picture = Image.open(io.BytesIO(seen)).convert("RGB").quantize(256, method, dither=dither)
    found = io.BytesIO()
    picture.save(found, "PNG", optimize=True)
    return found.getvalue()


def main() -> None:
    """Write both pictures."""
    frame, report = (Path(word) for word in sys.argv[1:])
    title = "culture-ray sweep experiment=quickstart"
    (IMAGES / "sweep.svg").write_text(terminal_svg(frame.read_text("utf-8"), title), "utf-8")
    (IMAGES / "report.png").write_bytes(report_png(report))


if __name__ == "__main__":
    main()
