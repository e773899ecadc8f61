"""Drawing of all figures of a run: as PNG, PDF, SVG and CSV files, and as SVG for the page."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import matplotlib as mpl

from culture_ray.report.content import ReportContent
from culture_ray.report.drawing.fonts import families
from culture_ray.report.drawing.sheet import ONE_COLUMN, RC, Missing, Plot
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
from culture_ray.report.plots.figure_files import save_figure
from culture_ray.report.plots.figure_key import figure_key
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
    png: Path | None = None
    """Two columns wide (7 in), 300 dpi; None if the figure is missing."""
    pdf: Path | None = None
    vector: Path | None = None
    """The same as SVG, with selectable text."""
    one_column: tuple[Path, ...] = ()
    """PNG, PDF and SVG at 3.4 in, for figures that are legible at that width."""
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


def write_figures(content: ReportContent, folder: Path, workers: int = 1) -> list[Figure]:
    """Draw all figures of `content` into `folder`, which is created if absent.

    With several `workers`, as many processes share the figures; the files are the same. A figure
    whose data are missing or null is not drawn; its `missing` gives the reason. Figures that only
    some runs can have (timeline, spending, judge check) are left out if there is nothing to show.
    Raises DiskProblem.
    """
    count = sum(1 for _ in _plots(content))
    if min(workers, count) == 1:
        _set_plots(content, folder)
        return [_figure(place) for place in range(count)]
    # forkserver: it loads matplotlib once, and no process that may have threads is forked.
    processes = multiprocessing.get_context("forkserver")
    processes.set_forkserver_preload([__name__])
    others = min(workers, count) - 1
    with ProcessPoolExecutor(others, processes, _set_plots, (content, folder)) as pool:
        pooled = [pool.submit(_figure, place) for place in range(count)]
        # This process draws too, from the other end, while the workers still load matplotlib.
        _set_plots(content, folder)
        own = {p: _figure(p) for p in reversed(range(count)) if pooled[p].cancel()}
        return [own[p] if p in own else pooled[p].result() for p in range(count)]


def write_figure(plot: Plot | Missing, folder: Path, key: str = "") -> Figure:
    """Draw one figure into `folder`, which is created if absent. Raises DiskProblem.

    With a `key`, files that bear it are of the same drawing and are left as they are.
    """
    with mpl.rc_context({**RC, "font.family": list(families())}):
        return _write(plot, folder, key)


@dataclass(frozen=True)
class _Work:
    """Plots of a report with what they are drawn from, and the folder of their files."""

    content: ReportContent
    plots: list[tuple[str, Plot | Missing]]
    folder: Path
    key: str


_SHARED: list[_Work] = []
"""Work of this process; set once per report, because plots cannot be pickled."""


def _set_plots(content: ReportContent, folder: Path) -> None:
    _SHARED[:] = [_Work(content, list(_plots(content)), folder, figure_key(content))]


def _figure(place: int) -> Figure:
    work = _SHARED[0]
    section, plot = work.plots[place]
    figure = replace(write_figure(plot, work.folder, work.key), section=section)
    if not any(figure.tooltips):
        return figure
    path = work.folder / f"{figure.name}.csv"
    replace_text(path, figure_csv(work.content, figure.tooltips))
    return replace(figure, data=path)


def _plots(content: ReportContent) -> Iterator[tuple[str, Plot | Missing]]:
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


def _write(plot: Plot | Missing, folder: Path, key: str) -> Figure:
    if isinstance(plot, Missing):
        return Figure(plot.name, plot.title, "", missing=plot.reason)
    files, drawn = save_figure(plot, plot.widths[0], folder / plot.name, key)
    svg = inline(drawn, plot.name, plot.alt)
    if ONE_COLUMN not in plot.widths:
        return Figure(plot.name, plot.title, plot.caption, *files, svg=svg, tooltips=plot.tooltips)
    narrow, drawn = save_figure(plot, ONE_COLUMN, folder / f"{plot.name}_one_column", key)
    drawings = (svg, inline(drawn, f"{plot.name}-narrow", plot.alt))
    return Figure(
        plot.name, plot.title, plot.caption, *files, narrow, *drawings, tooltips=plot.tooltips
    )
