"""A whole report of the paper's size, from its tables to figures and page, as a stage makes it."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from culture_ray.report.content import ReportContent
from culture_ray.report.page.html import write_report
from culture_ray.report.plots.figures import write_figures
from tests.bench.figure import Figure
from tests.report.synthetic.run import paper_sized_content


def figures() -> Iterator[Figure]:
    """Yield wall times and page size: 9 models, 4 languages, 35 topics, 18 populations.

    The page with its figures as SVG and CSV, as every report has them; then PDF and PNG too, and
    the same again, as after a change of texts only: these are not made twice.
    """
    content = paper_sized_content()
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder) / "report.html"
        yield Figure("report of the paper's size", _seconds(content, page), "s", 5.0, "lower")
        size = page.stat().st_size / 1e6
        yield Figure("report of the paper's size, page", size, "MB", 5.0, "lower")
        printed = _seconds(content, page, for_print=True)
        yield Figure("report of the paper's size, for print", printed, "s", 20.0, "lower")
        again = _seconds(content, page, for_print=True)
        yield Figure("report of the paper's size, unchanged", again, "s", 5.0, "lower")


def _seconds(content: ReportContent, page: Path, *, for_print: bool = False) -> float:
    """Write figures and page; return the seconds that it took."""
    workers = min(4, os.cpu_count() or 1)
    started = time.perf_counter()
    folder = page.parent / "figures"
    drawn = write_figures(content, folder, for_print=for_print, workers=workers)
    write_report(content, drawn, page)
    return time.perf_counter() - started


if __name__ == "__main__":
    for figure in figures():
        print(figure.line())
