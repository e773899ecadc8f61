"""Items as stored: rows of the table as items."""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from culture_ray.benchmarks.rows import BenchmarkItem, Exchange, RightAnswer


def texts_of(table: pa.Table, name: str) -> list[str]:
    """Return a column of texts without nulls as a list."""
    # numpy makes Python's texts several times faster than to_pylist.
    texts: list[str] = table.column(name).to_numpy().tolist()
    return texts


def groups_in(table: pa.Table, place: int, groupings: int) -> list[str]:
    """Return the group of every item in the grouping at a place; empty where it has none.

    The maps of all items have the same names in one order.
    """
    maps: Any = table.column("groups").combine_chunks()
    groups: list[str] = maps.items.to_numpy(zero_copy_only=False).tolist()
    return groups[place::groupings]


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
