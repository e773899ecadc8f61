"""Labels of a run counted: any number of labels becomes a table of the value polarities there are.

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
"""Rules of exclusion; flagged labels have a column for each."""

_STORED = ("truncated", "wrong_language", "repetitive", "repaired")
_PARTS = (*KEYS, "sides", *RULES)


def label_counts(
    run: RunDirectory, models: Collection[str], languages: Collection[str]
) -> pa.Table:
    """Return counts of the labels of these models and languages that are alike in what is measured.

    Columns: KEYS, `sides` (stances that are pro or con, of one label), RULES, `responses` (labels
    that share all of these), and the sums of STANCES over those. Rows are sorted by KEYS; an
    undefined value polarity is null and comes last.
    """
    columns = [*KEYS, *STANCES, "opinions", *_STORED]
    empty = pa.schema([LABELS.field(name) for name in columns]).empty_table()
    parts = [counted(empty)]
    chosen = pc.field("model").isin(list(models)) & pc.field("language").isin(list(languages))
    for rows in label_slices(run, columns):
        parts.append(counted(rows))
        if len(parts) > _MERGE_EVERY:
            parts = [merged(parts)]
    return merged(parts).filter(chosen).sort_by([(name, "ascending") for name in KEYS])


def counted(rows: pa.Table) -> pa.Table:
    """Return labels counted, with the columns of `label_counts`."""
    ones = pa.repeat(pa.scalar(1, pa.int64()), rows.num_rows)
    return _summed(flagged(rows).append_column("responses", ones))


def merged(parts: list[pa.Table]) -> pa.Table:
    """Return tables of counts as one."""
    return _summed(pa.concat_tables(parts))


def flagged(rows: pa.Table) -> pa.Table:
    """Return labels with a flag per rule of exclusion, and with `sides`.

    `count_mismatch`: the judge gave another number of stances than the rule found opinions;
    `not_as_asked`: the rule found another number of opinions than was asked for.
    """
    sides = pc.add(rows["pro"], rows["con"])
    said, by_rule = pc.add(sides, rows["neutral"]), rows["opinions"]
    flags: dict[str, Any] = {name: rows[name] for name in _STORED}
    flags["count_mismatch"] = pc.not_equal(said, by_rule)
    flags["not_as_asked"] = pc.not_equal(by_rule, _asked(rows["protocol"]))
    for name in RULES:
        kept = rows.drop_columns([name]) if name in rows.column_names else rows
        rows = kept.append_column(name, _filled(flags[name], False))
    return rows.append_column("sides", _filled(sides, 0))


_MERGE_EVERY = 64


def _filled(column: Any, value: Any) -> Any:
    return pc.fill_null(column, value)


def _asked(protocols: Any) -> Any:
    """Return the number of opinions asked for; null where a protocol asks for none."""
    known = list(PROTOCOLS)
    opinions = pa.array([PROTOCOLS[name].opinions for name in known], pa.int64())
    return pc.take(opinions, pc.index_in(protocols, value_set=pa.array(known)))


def _summed(rows: pa.Table) -> pa.Table:
    sums = ["responses", *STANCES]
    found = rows.group_by(list(_PARTS)).aggregate([(name, "sum") for name in sums])
    return found.select([*_PARTS, *(f"{name}_sum" for name in sums)]).rename_columns(
        [*_PARTS, *sums]
    )
