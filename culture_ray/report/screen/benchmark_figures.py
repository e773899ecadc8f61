"""Figures of benchmarks on the terminal, for a run without a study."""

from __future__ import annotations

from rich.table import Table

from culture_ray.report.benchmark_rows import benchmark_names, benchmark_rows, row_label, shown_rows
from culture_ray.report.content import ReportContent
from culture_ray.report.formatting import NONE, shown

MOST_ROWS = 24
"""Most rows of one benchmark on the terminal."""


def benchmark_figures(content: ReportContent) -> Table:
    """Return the figures of every benchmark with their 95 % intervals, at most 24 rows of each."""
    table = Table(
        title=f"{content.run}: figures of benchmarks, with 95 % intervals over item clusters",
        title_justify="left",
        title_style="bold",
        caption=f"{NONE} undefined; benchmarks.csv has every figure",
        caption_justify="left",
        box=None,
        pad_edge=False,
        padding=(0, 1),
    )
    for name in ("benchmark", "model", "lang", "figure"):
        table.add_column(name, overflow="fold")
    for name in ("value", "interval"):
        table.add_column(name, justify="right", no_wrap=True)
    for name in benchmark_names(content):
        rows = benchmark_rows(content, name)
        conditions = len({row["condition"] for row in rows})
        for row in shown_rows(rows, MOST_ROWS):
            ends = row["ci_low"], row["ci_high"]
            known = None not in ends
            table.add_row(
                name,
                row["model"],
                row["language"] or "all",
                row_label(row, conditions),
                shown(row["value"]),
                f"{shown(ends[0])} to {shown(ends[1])}" if known else NONE,
            )
    return table
