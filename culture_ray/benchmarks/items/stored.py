"""Items as stored: rows of the table as items."""

from __future__ import annotations

import pyarrow as pa

from culture_ray.benchmarks.rows import BenchmarkItem, Exchange, RightAnswer


def texts_of(table: pa.Table, name: str) -> list[str]:
    """Return a column of texts without nulls as a list."""
    # numpy makes Python's texts several times faster than to_pylist.
    texts: list[str] = table.column(name).to_numpy().tolist()
    return texts


def items_of(table: pa.Table) -> list[BenchmarkItem]:
    """Return the items of a table (ITEMS schema), in its order."""
    return [
        BenchmarkItem(
            id=row["item"],
            cluster=row["cluster"],
            language=row["language"],
            text=row["text"],
            fields=dict(row["fields"]),
            options=tuple(row["options"]),
            answers=tuple(RightAnswer(**answer) for answer in row["answers"]),
            groups=dict(row["groups"]),
            turns=tuple(Exchange(**turn) for turn in row["turns"]),
        )
        for row in table.to_pylist()
    ]
