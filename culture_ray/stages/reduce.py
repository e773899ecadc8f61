"""Labels of a run counted: any number of labels becomes a table of the value polarities there are.

Shards are read and counted in slices, so that memory does not grow with the number of labels.
"""

from __future__ import annotations

from collections.abc import Collection

import pyarrow as pa
import pyarrow.compute as pc

from culture_ray.stages.read_labels import label_slices
from culture_ray.store.run import Run
from culture_ray.tables import LABELS

KEYS = ("model", "language", "protocol", "judge", "topic", "value_polarity")
STANCES = ("pro", "con", "neutral")


def reduced_labels(run: Run, models: Collection[str], languages: Collection[str]) -> pa.Table:
    """Return how many labels of these models and languages share each combination of KEYS.

    Columns: KEYS, `responses` (labels that share them), and the sums of STANCES over those. Rows
    are sorted by KEYS; an undefined value polarity is null and comes last.
    """
    columns = [*KEYS, *STANCES]
    empty = pa.schema([LABELS.field(name) for name in columns]).empty_table()
    counted = [_counted(empty)]
    chosen = pc.field("model").isin(list(models)) & pc.field("language").isin(list(languages))
    for rows in label_slices(run, columns):
        counted.append(_counted(rows))
        if len(counted) > _MERGE_EVERY:
            counted = [_merged(counted)]
    return _merged(counted).filter(chosen).sort_by([(name, "ascending") for name in KEYS])


_MERGE_EVERY = 64


def _counted(rows: pa.Table) -> pa.Table:
    ones = pa.repeat(pa.scalar(1, pa.int64()), rows.num_rows)
    return _summed(rows.append_column("responses", ones))


def _merged(counted: list[pa.Table]) -> pa.Table:
    return _summed(pa.concat_tables(counted))


def _summed(rows: pa.Table) -> pa.Table:
    sums = ["responses", *STANCES]
    found = rows.group_by(list(KEYS)).aggregate([(name, "sum") for name in sums])
    return found.select([*KEYS, *(f"{name}_sum" for name in sums)]).rename_columns([*KEYS, *sums])
