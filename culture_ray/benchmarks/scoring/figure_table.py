"""Table of a benchmark's figures, with what became of the answers and caveats for the reader."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pyarrow as pa

from culture_ray.benchmarks.scoring.figure_kinds import AS_PUBLISHED
from culture_ray.benchmarks.scoring.figure_plan import FigureRow
from culture_ray.benchmarks.scoring.inference import FEWEST_CLUSTERS
from culture_ray.benchmarks.scoring.score_matrix import OUTCOMES
from culture_ray.tables.benchmark_scores import BENCHMARKS

_COUNTS = {"unparsable": "unparsable", "refusals": "refusal", "empty": "empty", "failed": "failed"}
"""Columns of the table and the outcome that each one counts."""


def figure_table(
    benchmark: str, rows: Sequence[FigureRow], *, constant: float | None = None, orders: int = 1
) -> pa.Table:
    """Return the figures as a table (BENCHMARKS schema).

    `constant` is the accuracy by statement of the better of always True and always False, None for
    answers that are no statements; `orders` the number of orders in which options were put.
    """
    return pa.Table.from_pylist(
        [_row(benchmark, row, constant, orders) for row in rows], schema=BENCHMARKS
    )


def _row(benchmark: str, row: FigureRow, constant: float | None, orders: int) -> dict[str, object]:
    counted = dict(zip(OUTCOMES, row.outcomes, strict=True)) if row.outcomes else {}
    return {
        "benchmark": benchmark,
        "model": row.model,
        "language": row.language,
        "condition": row.condition,
        "figure": row.figure,
        "category": row.category,
        "variant": row.variant,
        "grouping": row.grouping,
        "group": row.group,
        "contrast": row.contrast,
        "value": _known(row.value),
        "std_error": _known(row.std_error),
        "ci_low": _known(row.ci_low),
        "ci_high": _known(row.ci_high),
        "clusters": row.clusters,
        "items": row.items,
        "answers": sum(counted.values()) if counted else None,
        **{column: counted.get(outcome) for column, outcome in _COUNTS.items()},
        "note": _note(row, constant, orders),
        "judge": row.judge,
    }


def _note(row: FigureRow, constant: float | None, orders: int) -> str | None:
    notes = []
    if math.isnan(row.value):
        notes.append("no answers")
    elif row.clusters < FEWEST_CLUSTERS:
        notes.append(f"fewer than {FEWEST_CLUSTERS} item clusters: no interval")
    elif math.isnan(row.std_error):
        notes.append("the same in every draw of items: no standard error")
    if row.variant == AS_PUBLISHED:
        if constant is not None:
            notes.append(f"statement by statement: one constant answer gets {constant:.3f}")
        elif row.figure == "best_group" or row.language == "best language":
            notes.append("chosen and measured on the same items: above 0 by chance alone")
        elif orders > 1:
            notes.append("first order of options only: measures a liking for letters too")
    return "; ".join(notes) or None


def _known(value: float) -> float | None:
    return None if math.isnan(value) else value
