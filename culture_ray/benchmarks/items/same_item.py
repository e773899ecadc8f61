"""Check that an item is the same in every language: its cluster and its groups."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pyarrow as pa

from culture_ray.benchmarks.design.columns import ItemColumns
from culture_ray.benchmarks.items.stored import groups_in, texts_of
from culture_ray.errors import BadTable


def check_same_items(tables: Mapping[str, pa.Table], design: ItemColumns, key: str) -> None:
    """Raise BadTable for an item in another group or cluster in one language than in another.

    Figures by group and draws of clusters take an item once for all languages, so that either
    would be that of one language only. `tables` are the items by language (ITEMS schema), `key` is
    the benchmark's in the configuration.
    """
    if len(tables) < 2:
        return
    first: dict[str, tuple[str, tuple[str, ...]]] = {}
    different: dict[str, list[str]] = {}
    names = ("cluster", *design.groups)
    for language, table in tables.items():
        for item, values in _values(table, len(design.groups)):
            other, known = first.setdefault(item, (language, values))
            if known == values:
                continue
            for place, name in enumerate(names):
                if known[place] != values[place]:
                    told = f"{name} '{known[place]}' in {other} and '{values[place]}' in {language}"
                    different.setdefault(name, []).append(f"item {item} has {told}")
    for name, items in different.items():
        column = ", ".join(design.cluster) if name == "cluster" else design.groups[name]
        more = f", and {len(items) - 1:,} more differ" if len(items) > 1 else ""
        raise BadTable(
            f"{key}: {items[0]}{more}: give it the same in every language with source.transforms, "
            f"or, if these are different items, add {column} to items.id"
        )


def notices_of_items(tables: Mapping[str, pa.Table], design: ItemColumns, key: str) -> list[str]:
    """Return notices of languages without a common item, and of items without a group."""
    notices = []
    first, *others = [(language, set(texts_of(t, "item"))) for language, t in tables.items()]
    apart = [language for language, items in others if not items & first[1]]
    if apart:
        notices.append(
            f"{key}: {', '.join(apart)} and {first[0]} have no item in common: if they are the "
            f"same questions, give them the same items.id"
        )
    for place, (name, column) in enumerate(design.groups.items()):
        groups = (groups_in(table, place, len(design.groups)) for table in tables.values())
        lacking = max(own.count("") for own in groups)
        if lacking:
            notices.append(
                f"{key}: items without a {name} (column '{column}'), which are in none of its "
                f"groups: {lacking:,}"
            )
    return notices


def _values(table: pa.Table, groupings: int) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield every item with its cluster and its groups, in the order of the design."""
    ids, clusters = texts_of(table, "item"), texts_of(table, "cluster")
    groups = [groups_in(table, place, groupings) for place in range(groupings)]
    for item, *values in zip(ids, clusters, *groups, strict=True):
        yield item, tuple(values)
