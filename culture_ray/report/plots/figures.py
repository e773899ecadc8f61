"""All figures of a run: as SVG for the page, and as files for papers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from culture_ray.report.content import ReportContent
from culture_ray.report.drawing.layout import lay_out
from culture_ray.report.drawing.sheet import ONE_COLUMN, Missing, Plot
from culture_ray.report.drawing.svg import inline
from culture_ray.report.drawing.tooltips import Tooltip
from culture_ray.report.plots.benchmarks.benchmark_plots import benchmark_plots
from culture_ray.report.plots.capability import capability
from culture_ray.report.plots.cells import alignment, bias, consistency
from culture_ray.report.plots.coefficients import coefficients
from culture_ray.report.plots.confusion import confusion
from culture_ray.report.plots.correlations import correlations
from culture_ray.report.plots.culture_map import culture_map
from culture_ray.report.plots.figure_data import figure_csv
from culture_ray.report.plots.figure_files import PRINTED, FigureFile, write_files
from culture_ray.report.plots.heatmap import heatmap
from culture_ray.report.plots.residuals import residuals
from culture_ray.report.plots.resources.spending import spending
from culture_ray.report.plots.resources.timeline import timeline
from culture_ray.report.plots.stances import stances
from culture_ray.report.plots.topics import topics
from culture_ray.store.atomic import replace_text


@dataclass(frozen=True)
class Figure:
    """A figure with its files, or the reason why it is missing."""

    name: str
    title: str
    caption: str
    files: tuple[Path, ...] = ()
    """Two columns wide (7 in): SVG with selectable text, and PDF and PNG (300 dpi) if made."""
    one_column: tuple[Path, ...] = ()
    """The same at 3.4 in, for figures that are legible at that width."""
    svg: str = ""
    """SVG element for the page; empty if the figure is missing."""
    svg_narrow: str = ""
    """SVG element for narrow screens; empty if not legible at that width."""
    missing: str = ""
    section: str = "figures"
    """Section of the page: map, figures, run, judges, regressions, or `benchmarks NAME`."""
    tooltips: tuple[Tooltip | None, ...] = ()
    """Tooltips by the numbers that `svg` and `svg_narrow` assign to marks."""
    data: Path | None = None
    """CSV file of the marks; None for a figure without values to point at."""
    summary: str = ""
    """Sentence between title and caption; empty for most figures."""


def write_figures(
    content: ReportContent, folder: Path, *, for_print: bool = False, workers: int = 1
) -> list[Figure]:
    """Draw all figures of `content` into `folder`, which is created if absent.

    With `for_print` as PNG and PDF too, shared by as many processes as `workers`; see write_files.
    A figure whose data are missing or null is not drawn; its `missing` gives the reason. Figures
    that only some runs can have (timeline, spending, judge check) are left out if there is nothing
    to show. Raises DiskProblem.
    """
    figures = _write(plots(content), folder, for_print=for_print, workers=workers)
    return [_with_data(figure, content, folder) for figure in figures]


def write_figure(plot: Plot | Missing, folder: Path) -> Figure:
    """Draw one figure into `folder`, also for print. Raises DiskProblem."""
    (figure,) = _write([("figures", plot)], folder, for_print=True, workers=1)
    return figure


def _write(
    chosen: Iterable[tuple[str, Plot | Missing]], folder: Path, *, for_print: bool, workers: int
) -> list[Figure]:
    figures: list[Figure] = []
    files: list[FigureFile] = []
    for section, plot in chosen:
        if isinstance(plot, Missing):
            figures.append(Figure(plot.name, plot.title, "", missing=plot.reason, section=section))
            continue
        markup = []
        for width in plot.widths:
            suffix = "one_column" if width == ONE_COLUMN else ""
            sheet = plot.draw(width)
            drawing = lay_out(sheet)
            name = "-".join(filter(None, (plot.name, suffix)))
            markup.append(inline(drawing, name, plot.alt, sheet.models))
            stem = folder / "_".join(filter(None, (plot.name, suffix)))
            files.append(FigureFile(stem, drawing, plot.title))
        svg, narrow = (*markup, "")[:2]
        figures.append(
            Figure(plot.name, plot.title, plot.caption, svg=svg, svg_narrow=narrow,
                   section=section, tooltips=plot.tooltips, summary=plot.summary)
        )  # fmt: skip
    write_files(files, for_print=for_print, workers=workers)
    return [_with_files(figure, folder) for figure in figures]


def _with_files(figure: Figure, folder: Path) -> Figure:
    def found(name: str) -> tuple[Path, ...]:
        paths = (folder / f"{name}{kind}" for kind in (".svg", *PRINTED))
        return tuple(path for path in paths if path.exists())

    if figure.missing:
        return figure
    one_column = found(f"{figure.name}_one_column") if figure.svg_narrow else ()
    return replace(figure, files=found(figure.name), one_column=one_column)


def _with_data(figure: Figure, content: ReportContent, folder: Path) -> Figure:
    if not any(figure.tooltips):
        return figure
    path = folder / f"{figure.name}.csv"
    replace_text(path, figure_csv(content, figure.tooltips))
    return replace(figure, data=path)


def plots(content: ReportContent) -> Iterator[tuple[str, Plot | Missing]]:
    """Yield all figures of a report, each with its section of the page."""
    always: tuple[Callable[[ReportContent], Plot | Missing | None], ...] = (
        alignment, heatmap, correlations, bias, consistency, capability,
        *(partial(topics, language=language) for language in content.languages), stances,
    )  # fmt: skip
    yield from _if_drawn("map", culture_map(content))
    for figure in always if content.has_study else ():
        yield from _if_drawn("figures", figure(content))
    yield from _if_drawn("run", timeline(content))
    yield from _if_drawn("run", spending(content))
    yield from _if_drawn("judges", confusion(content))
    for benchmark, plot in benchmark_plots(content):
        yield f"benchmarks {benchmark}", plot
    for plot in (*coefficients(content), *residuals(content)):
        yield "regressions", plot


def _if_drawn(section: str, plot: Plot | Missing | None) -> Iterator[tuple[str, Plot | Missing]]:
    if plot is not None:
        yield section, plot
