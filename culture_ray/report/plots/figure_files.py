"""Files of a figure: PNG, PDF and SVG, drawn again only if the drawing has changed."""

from __future__ import annotations

import io
import re
from functools import partial
from pathlib import Path
from typing import Any

from matplotlib.figure import Figure as Sheet

from culture_ray.report.drawing.fonts import REDUCED
from culture_ray.report.drawing.sheet import Plot
from culture_ray.store.atomic import replace

_DPI = 300
_HEAD = 3000
"""Characters at the beginning of an SVG that hold its key."""
_REDUCED_FONT = f"'{REDUCED}', ".encode()


def save_figure(
    plot: Plot, width: float, stem: Path, key: str
) -> tuple[tuple[Path, Path, Path], str]:
    """Write PNG, PDF and SVG of a plot; return their paths and the SVG markup.

    Files that bear `key`, if it is not empty, are left as they are; a PNG and a PDF are, too, where
    the SVG beside them is of the same drawing. Raises DiskProblem.
    """
    png, pdf, svg = (stem.with_suffix(f".{kind}") for kind in ("png", "pdf", "svg"))
    filled = _is_filled(png) and _is_filled(pdf)
    known = svg.read_text(encoding="utf-8") if key and filled and svg.exists() else ""
    if f">{key}<" in known[:_HEAD]:
        return (png, pdf, svg), known
    page = plot.draw(width)
    # Lay out once: with a layout engine, even the one called "none", every save would draw the
    # sheet twice and solve the layout again.
    engine = page.get_layout_engine()
    if engine is not None:
        engine.execute(page)
    page.set_layout_engine(None)
    # Draw in memory first: matplotlib hides a full disk behind an error of its own. No dates, so
    # that drawing the same tables again gives the same files.
    about = {"Date": None} | ({"Source": key} if key else {})
    vector = _drawn(page, "svg", facecolor="none", metadata=about)
    vector = vector.replace(_REDUCED_FONT, b"")  # readers of the file have the whole font, if any
    same = filled and svg.exists() and _drawing(svg.read_bytes()) == _drawing(vector)
    pictures = {svg: vector}
    if not same:
        pictures = {
            png: _drawn(page, "png", dpi=_DPI, pil_kwargs={"compress_level": 1}),
            pdf: _drawn(page, "pdf", metadata={"CreationDate": None}),
            svg: vector,  # last: it says that the others are of the same drawing
        }
    for path, content in pictures.items():
        replace(path, partial(_write_bytes, content))
    return (png, pdf, svg), vector.decode()


def _is_filled(path: Path) -> bool:
    return path.exists() and path.stat().st_size > 0


def _drawing(vector: bytes) -> bytes:
    """Return an SVG without its key."""
    return re.sub(rb"<dc:source>\w*</dc:source>\s*", b"", vector, count=1)


def _drawn(page: Sheet, form: str, **options: Any) -> bytes:
    written = io.BytesIO()
    page.savefig(written, format=form, **options)
    return written.getvalue()


def _write_bytes(content: bytes, path: Path) -> None:
    path.write_bytes(content)
