"""Drawings as PNG and PDF, made by matplotlib shape by shape: they look like the SVG."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

import matplotlib as mpl
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch
from matplotlib.path import Path
from matplotlib.transforms import Affine2D

from culture_ray.report.drawing.fonts import families
from culture_ray.report.drawing.markers import outline
from culture_ray.report.drawing.palette import PAPER
from culture_ray.report.drawing.shapes import FigureDrawing, Look, Mark, Outline, Step, Words
from culture_ray.report.drawing.svg import MIDDLE

DPI = 300
_POINTS = 72
_CODES = {"M": Path.MOVETO, "L": Path.LINETO, "C": Path.CURVE4, "z": Path.CLOSEPOLY}
_SETTINGS = {"pdf.fonttype": 42, "axes.unicode_minus": True}
_ALIGN = {"start": "left", "middle": "center", "end": "right"}


def printed(drawing: FigureDrawing) -> dict[str, bytes]:
    """Return the contents of the files by suffix; the same drawing gives the same bytes.

    PDFs embed their fonts as outlines that editors can select; PNGs have 300 dots per inch.
    """
    with mpl.rc_context({**_SETTINGS, "font.family": list(families())}):
        page = _page(drawing)
        return {
            ".png": _saved(page, "png", dpi=DPI, pil_kwargs={"compress_level": 1}),
            ".pdf": _saved(page, "pdf", metadata={"CreationDate": None}),
        }


def _page(drawing: FigureDrawing) -> Figure:
    size = (drawing.width / _POINTS, drawing.height / _POINTS)
    page = Figure(figsize=size, facecolor=PAPER)
    # Shapes count down from the top, in points; matplotlib counts up, in inches here.
    down = Affine2D().scale(1 / _POINTS, -1 / _POINTS).translate(0, size[1])
    to_page = down + page.dpi_scale_trans
    for layer in drawing.layers:
        for shape in layer.shapes:
            match shape:
                case Outline(steps, look):
                    page.add_artist(_patch(_path(steps), look, to_page))
                case Mark(x, y, marker, width, look):
                    place = Affine2D().scale(width).translate(x, y)
                    path = place.transform_path(_path(outline(marker)))
                    page.add_artist(_patch(path, look, to_page))
                case Words():
                    _write(page, shape, drawing)
    return page


def _patch(path: Path, look: Look, to_page: Any) -> PathPatch:
    patch = PathPatch(
        path,
        facecolor=look.fill or "none",
        edgecolor=look.stroke or "none",
        linewidth=look.width if look.stroke else 0.0,
        alpha=look.opacity if look.opacity < 1 else None,
        capstyle="butt",
    )
    if look.dashes:
        patch.set_linestyle((0, tuple(dash / look.width for dash in look.dashes)))
    patch.set_transform(to_page)
    return patch


def _write(page: Figure, words: Words, drawing: FigureDrawing) -> None:
    down = MIDDLE * words.size if words.is_middle else 0.0
    x, y = (words.x + down, words.y) if words.is_upright else (words.x, words.y + down)
    page.text(
        x / drawing.width, 1 - y / drawing.height, words.text.replace("$", r"\$"),
        fontsize=words.size, color=words.colour, ha=_ALIGN[words.anchor], va="baseline",
        rotation=90 if words.is_upright else 0, rotation_mode="anchor",
        fontweight="bold" if words.is_bold else "normal",
    )  # fmt: skip


def _path(steps: Sequence[Step]) -> Path:
    places: list[tuple[float, float]] = []
    codes: list[Any] = []
    for kind, numbers in steps:
        pairs = list(zip(numbers[::2], numbers[1::2], strict=True)) or [(0.0, 0.0)]
        places += pairs
        codes += [_CODES[kind]] * len(pairs)
    return Path(places, codes)


def _saved(page: Figure, form: str, **options: Any) -> bytes:
    written = io.BytesIO()
    page.savefig(written, format=form, **options)
    return written.getvalue()
