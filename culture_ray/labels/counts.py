"""Counts of a run's labels, by cell, topic, value polarity and exclusion flags.

Shards are read and counted in slices, so that memory does not grow with the number of labels.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from culture_ray.labels.read import label_slices
from culture_ray.prompts.protocols import PROTOCOLS
from culture_ray.settings.judging import Exclude
from culture_ray.store.run_directory import RunDirectory
from culture_ray.tables import LABELS

KEYS = ("model", "language", "protocol", "persona", "judge", "topic", "value_polarity")
STANCES = ("pro", "con", "neutral")
RULES = tuple(asdict(Exclude()))
"""Exclusion rules; `with_flags` adds a column for each."""

_STORED = ("truncated", "wrong_language", "repetitive", "repaired")
_PARTS = (*KEYS, "sides", *RULES)


def label_counts(
    run: RunDirectory, models: Collection[str], languages: Collection[str]
) -> pa.Table:
    """Return the number of labels of these models and languages per distinct combination.

    Columns: KEYS, `sides` (pro and con stances of one label), RULES, `responses` (labels that
    share all of these), and the sums of STANCES over these labels. Rows are sorted by KEYS; an
    undefined value polarity is null and comes last.
    """
    columns = [*KEYS, *STANCES, "opinions", *_STORED]
    empty = pa.schema([LABELS.field(name) for name in columns]).empty_table()
    counts = [count_labels(empty)]
    chosen = pc.field("model").isin(list(models)) & pc.field("language").isin(list(languages))
    for rows in label_slices(run, columns):
        counts.append(count_labels(rows))
        if len(counts) > _MERGE_EVERY:
            counts = [merge_counts(counts)]
    return merge_counts(counts).filter(chosen).sort_by([(name, "ascending") for name in KEYS])


def count_labels(rows: pa.Table) -> pa.Table:
    """Return the counts of a table of labels, with the columns of `label_counts`."""
    ones = pa.repeat(pa.scalar(1, pa.int64()), rows.num_rows)
    return _sum_by_group(with_flags(rows).append_column("responses", ones))


def merge_counts(parts: list[pa.Table]) -> pa.Table:
    """Return the sum of several tables of counts."""
    return _sum_by_group(pa.concat_tables(parts))


def with_flags(rows: pa.Table) -> pa.Table:
    """Return labels with a flag per exclusion rule, and with `sides`.

    `count_mismatch`: the judge's stances differ in number from the opinions found by the rule;
    `not_as_asked`: the opinions found by the rule differ in number from those asked for.
    """
    sides = pc.add(rows["pro"], rows["con"])
    stances, by_rule = pc.add(sides, rows["neutral"]), rows["opinions"]
    flags: dict[str, Any] = {name: rows[name] for name in _STORED}
    flags["count_mismatch"] = pc.not_equal(stances, by_rule)
    flags["not_as_asked"] = pc.not_equal(by_rule, _opinions_asked(rows["protocol"]))
    for name in RULES:
        kept = rows.drop_columns([name]) if name in rows.column_names else rows
        rows = kept.append_column(name, _fill_null(flags[name], False))
    return rows.append_column("sides", _fill_null(sides, 0))


_MERGE_EVERY = 64


def _fill_null(column: Any, value: Any) -> Any:
    return pc.fill_null(column, value)


def _opinions_asked(protocols: Any) -> Any:
    """Return the number of opinions that each protocol asks for; null if it asks for none."""
    known = list(PROTOCOLS)
    opinions = pa.array([PROTOCOLS[name].opinions for name in known], pa.int64())
    return pc.take(opinions, pc.index_in(protocols, value_set=pa.array(known)))


def _sum_by_group(rows: pa.Table) -> pa.Table:
    sums = ["responses", *STANCES]
    totals = rows.group_by(list(_PARTS)).aggregate([(name, "sum") for name in sums])
    return totals.select([*_PARTS, *(f"{name}_sum" for name in sums)]).rename_columns(
        [*_PARTS, *sums]
    )
