"""Numbers of a run's requests and rows, from the metadata of its shards where they have them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pyarrow as pa

from culture_ray.engines.failures import kind_of
from culture_ray.prompts.protocols import find_protocol
from culture_ray.store.shard_metadata import RowCounts, counts_of

_READERS = 4
"""Threads that wait for a network file system."""

_SHARDS_AT_ONCE = 64
"""Shards that a thread reads in one go, as handing them over costs as much as reading one."""


def count_shards(paths: list[Path]) -> RowCounts:
    """Return the numbers of all rows together, failures by their kind.

    Shards that cannot be read are left out.
    """
    parts = [paths[at : at + _SHARDS_AT_ONCE] for at in range(0, len(paths), _SHARDS_AT_ONCE)]
    if len(parts) < 2:
        return _together(counts_of(path) for path in paths)
    with ThreadPoolExecutor(min(_READERS, len(parts))) as pool:
        found = list(pool.map(lambda part: [counts_of(path) for path in part], parts))
    return _together(counts for part in found for counts in part)


def count_requests(paths: Iterable[Path]) -> tuple[int, int]:
    """Return the number of requests with responses that need a judge, and that need none.

    Raises ArrowException for a table of requests that cannot be read.
    """
    by_protocol: Counter[str] = Counter()
    for path in paths:
        with pa.memory_map(str(path)) as source:
            place = pa.ipc.open_file(source).schema.get_field_index("protocol")
            options = pa.ipc.IpcReadOptions(use_threads=False, included_fields=[place])
            column = pa.ipc.open_file(source, options=options).read_all().column("protocol")
        # Arrow's own counting loads its kernels, longer than this counts 400,000 requests.
        by_protocol.update(map(str, column.to_pylist()))
    by_rule = sum(n for name, n in by_protocol.items() if find_protocol(name).offers_options)
    return by_protocol.total() - by_rule, by_rule


def count_rule_labels(paths: Iterable[Path]) -> int:
    """Return the number of labels that the requests of these tables get by rule: one per topic."""
    found = 0
    for path in paths:
        with pa.memory_map(str(path)) as source:
            schema = pa.ipc.open_file(source).schema
            places = [schema.get_field_index(name) for name in ("protocol", "items")]
            fields = [place for place in places if place >= 0]  # earlier versions had no batteries
            options = pa.ipc.IpcReadOptions(use_threads=False, included_fields=fields)
            table = pa.ipc.open_file(source, options=options).read_all()
        items = table.column("items").to_pylist() if len(fields) > 1 else [None] * table.num_rows
        for name, topics in zip(table.column("protocol").to_pylist(), items, strict=True):
            if find_protocol(str(name)).offers_options:
                found += len(topics or (name,))
    return found


def _together(parts: Iterable[RowCounts | None]) -> RowCounts:
    rows, statuses, failures = 0, Counter[str](), Counter[str]()
    for part in parts:
        if part is not None:
            rows += part.rows
            statuses.update(part.statuses)
            failures.update(part.failures)
    kinds: Counter[str] = Counter()
    for reason, count in failures.items():
        kinds[kind_of(reason)] += count
    return RowCounts(rows, statuses, kinds)
