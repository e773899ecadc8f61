"""Capability tables: benchmark scores per model and language."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa

from culture_ray.errors import BadTable
from culture_ray.survey.files import numbers_of, read_table
from culture_ray.tables import CAPABILITY


def read_capability(path: Path) -> pa.Table:
    """Read a CSV, Parquet or Arrow file into a table of the CAPABILITY schema, scores 0..1.

    Raises BadTable for missing columns, for scores outside 0..1 (published ones often run to 100),
    and for two scores of one model, language and benchmark, regardless of letter case.
    """
    table = read_table(path, CAPABILITY)
    scores = numbers_of(table, "score")
    keys = list(zip(*(table.column(name).to_pylist() for name in _KEY), strict=True))
    seen: set[tuple[str, ...]] = set()
    for row, (key, score) in enumerate(zip(keys, scores, strict=True), start=1):
        named = ", ".join(key)
        if not 0 <= score <= 1:
            raise BadTable(
                f"{path}: score {score} in data row {row} ({named}) has to lie between 0 and 1"
            )
        folded = tuple(part.casefold() for part in key)
        if folded in seen:
            raise BadTable(f"{path}: duplicate score of {named} (data row {row})")
        seen.add(folded)
    return table


_KEY = ("model", "language", "benchmark")
