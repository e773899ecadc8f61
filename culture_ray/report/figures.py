"""Draw every figure of a run: PNG and PDF into a folder, SVG for the page."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib.figure import Figure as Sheet

from culture_ray.report.content import ReportContent
from culture_ray.report.plots.base import ONE_COLUMN, RC, Missing, Plot
from culture_ray.report.plots.capability import capability
from culture_ray.report.plots.cells import alignment, bias, consistency
from culture_ray.report.plots.coefficients import coefficients
from culture_ray.report.plots.heatmap import heatmap
from culture_ray.report.plots.stances import stances
from culture_ray.report.plots.topics import topics
from culture_ray.report.svg import inline
from culture_ray.store.atomic import replace

_DPI = 300


@dataclass(frozen=True)
class Figure:
    """A figure as it lies in the folder, or the sentence that says why it is not there."""

    name: str
    title: str
    caption: str
    png: Path | None = None
    """At two columns (7 in), 300 dpi; None when missing."""
    pdf: Path | None = None
    one_column: tuple[Path, ...] = ()
    """PNG and PDF at 3.4 in, for figures that can be read at that width."""
    svg: str = ""
    """For the page; empty when missing."""
    svg_narrow: str = ""
    """For narrow screens; empty when it cannot be read at that width."""
    missing: str = ""


def write_figures(content: ReportContent, folder: Path) -> list[Figure]:
    """Draw all figures of `content` into `folder`, which is made when absent.

    A figure whose data are missing or all null is not drawn: it comes back with the sentence
    that says why. Raises DiskProblem.
    """
    with mpl.rc_context(RC):
        return [_write(plot, folder) for plot in _plots(content)]


def _plots(content: ReportContent) -> Iterator[Plot | Missing]:
    yield alignment(content)
    yield heatmap(content)
    yield bias(content)
    yield consistency(content)
    for language in content.languages:
        yield topics(content, language)
    yield stances(content)
    yield capability(content)
    yield from coefficients(content)


def _write(plot: Plot | Missing, folder: Path) -> Figure:
    if isinstance(plot, Missing):
        return Figure(plot.name, plot.title, "", missing=plot.why)
    wide = plot.draw(plot.widths[0])
    png, pdf = _save(wide, folder / plot.name)
    svg = inline(_svg(wide), plot.name, plot.alt)
    if ONE_COLUMN not in plot.widths:
        return Figure(plot.name, plot.title, plot.caption, png, pdf, svg=svg)
    narrow = plot.draw(ONE_COLUMN)
    files = _save(narrow, folder / f"{plot.name}_one_column")
    svg_narrow = inline(_svg(narrow), f"{plot.name}-narrow", plot.alt)
    return Figure(plot.name, plot.title, plot.caption, png, pdf, files, svg, svg_narrow)


def _save(page: Sheet, stem: Path) -> tuple[Path, Path]:
    png, pdf = stem.with_suffix(".png"), stem.with_suffix(".pdf")
    # Laid out once: every later save of the same sheet would solve the layout again.
    page.draw_without_rendering()
    page.set_layout_engine("none")
    # Drawn in memory first: matplotlib hides a full disk behind an error of its own.
    pictures = {
        png: _drawn(page, "png", dpi=_DPI),
        # Without a date two drawings of the same tables are the same file.
        pdf: _drawn(page, "pdf", metadata={"CreationDate": None}),
    }
    for path, content in pictures.items():
        replace(path, partial(_write_bytes, content))
    return png, pdf


def _drawn(page: Sheet, form: str, **options: Any) -> bytes:
    written = io.BytesIO()
    page.savefig(written, format=form, **options)
    return written.getvalue()


def _write_bytes(content: bytes, path: Path) -> None:
    path.write_bytes(content)


def _svg(page: Sheet) -> str:
    written = io.StringIO()
    page.savefig(written, format="svg", facecolor="none", metadata={"Date": None})
    return written.getvalue()
