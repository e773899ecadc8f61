"""Capability of models from a benchmark's figures, with its joint draws."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pyarrow as pa

from culture_ray.benchmarks.design.scores import CapabilityUse
from culture_ray.benchmarks.scoring.benchmark_figures import BenchmarkFigures
from culture_ray.tables.benchmark_scores import CAPABILITY_DRAWS

MAIN = "capability"


def capability_figures(use: CapabilityUse | None) -> list[tuple[str, str, Mapping[str, str]]]:
    """Return the name, figure and groups of each variant of capability that is measured."""
    if use is None:
        return []
    others = [(name, use.use, where) for name, where in use.also.items()]
    return [(MAIN, use.use, use.where), *others]


def capability_table(
    benchmark: str, use: CapabilityUse | None, found: BenchmarkFigures
) -> pa.Table:
    """Return the capability of every cell in every variant (CAPABILITY_DRAWS schema).

    `found` was made with the figures of `capability_figures` kept, in their order. Of several
    conditions the first one counts.
    """
    variants = [variant for variant, _, _ in capability_figures(use)]
    rows: list[dict[str, Any]] = []
    seen: set[tuple[str, str, str]] = set()
    each = len(found.kept) // len(variants) if variants else 0
    for place, position in enumerate(found.kept):
        row, variant = found.rows[position], variants[place // each]
        key = variant, row.model, row.language or ""
        if key in seen:
            continue
        seen.add(key)
        known = not np.isnan(row.value)
        rows.append(
            {
                "benchmark": benchmark,
                "variant": variant,
                "model": row.model,
                "language": row.language,
                "value": row.value if known else None,
                "std_error": None if np.isnan(row.std_error) else row.std_error,
                "draws": found.rounds[:, place].tolist() if known else [],
            }
        )
    return pa.Table.from_pylist(rows, schema=CAPABILITY_DRAWS)
