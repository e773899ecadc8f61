"""Part of the items that is put: a seeded number of clusters of every group, in a fixed order.

A larger number only adds items, and the order of those that were there stays: clusters are ranked
within their group by a hash of the seed and their id.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

import numpy as np
import pyarrow as pa

from culture_ray.benchmarks.design.columns import ItemColumns
from culture_ray.benchmarks.items.stored import groups_in, texts_of


def part_of(
    tables: Mapping[str, pa.Table], design: ItemColumns, seed: int
) -> tuple[dict[str, pa.Table], dict[str, int]]:
    """Return the items to put by language, and the number of clusters there are by short group.

    A group is short if it has fewer clusters than asked for. The same clusters are chosen in every
    language, as far as it has them. A cluster with items of several groups counts in each of them,
    and is chosen whole as soon as one of them needs it.
    """
    grouping, number = design.per_group or ("", 0)
    groups_of: dict[str, dict[str, None]] = {}
    for table in tables.values():
        clusters = texts_of(table, "cluster")
        place = list(design.groups).index(grouping) if grouping else 0
        groups = groups_in(table, place, len(design.groups)) if grouping else [""] * len(clusters)
        for cluster, group in dict.fromkeys(zip(clusters, groups, strict=True)):
            if group or not grouping:  # an item without a group counts in none
                groups_of.setdefault(cluster, {})[group] = None
    digests = {cluster: _digest(seed, cluster) for cluster in groups_of}
    places: dict[str, int] = {}
    ranks: dict[str, int] = {}
    for cluster in sorted(groups_of, key=digests.__getitem__):
        for group in groups_of[cluster]:
            places[group] = places.get(group, -1) + 1
        ranks[cluster] = min(places[group] for group in groups_of[cluster])
    order = {
        cluster: place
        for place, cluster in enumerate(
            sorted(
                (one for one in groups_of if not number or ranks[one] < number),
                key=lambda one: (ranks[one] if grouping else 0, digests[one]),
            )
        )
    }
    short = {group: last + 1 for group, last in places.items() if number and last + 1 < number}
    return {language: _ordered(table, order) for language, table in tables.items()}, short


def _ordered(table: pa.Table, order: Mapping[str, int]) -> pa.Table:
    clusters = texts_of(table, "cluster")
    places = np.array([order.get(cluster, -1) for cluster in clusters], dtype=np.int64)
    rows = np.flatnonzero(places >= 0)
    # Stable, so that the items of a cluster keep their order.
    return table.take(rows[np.argsort(places[rows], kind="stable")])


def _digest(seed: int, cluster: str) -> bytes:
    return hashlib.sha256(f"{seed}/item/{cluster}".encode()).digest()
