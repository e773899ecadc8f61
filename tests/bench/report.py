"""A whole report of the paper's size, from its tables to figures and page, as a stage makes it."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from culture_ray.report.page.html import write_report
from culture_ray.report.plots.figures import write_figures
from tests.bench.figure import Figure
from tests.report.synthetic_report import paper_sized_content


def figures() -> Iterator[Figure]:
    """Yield wall time and page size: 9 models, 4 languages, 35 topics, 18 populations."""
    content = paper_sized_content()
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder) / "report.html"
        started = time.perf_counter()
        drawn = write_figures(content, Path(folder) / "figures", min(4, os.cpu_count() or 1))
        write_report(content, drawn, page)
        seconds = time.perf_counter() - started
        yield Figure("report of the paper's size", seconds, "s", 20.0, "lower")
        size = page.stat().st_size / 1e6
        yield Figure("report of the paper's size, page", size, "MB", 5.0, "lower")


if __name__ == "__main__":
    for figure in figures():
        print(figure.line())
