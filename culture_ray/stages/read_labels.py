"""Labels of a run as one table, in bounded columns, for the selection that is measured."""

from __future__ import annotations

from collections.abc import Collection

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds

from culture_ray.store.run import Run
from culture_ray.tables import LABELS, RESPONSES

IMPORTED = "imported"
"""Protocol and judge of responses that were elicited and scored elsewhere."""

RULE = "rule"
"""Stands for the judge where none is needed."""

MEASURED = (
    "model", "language", "protocol", "persona", "judge", "template", "wording", "topic", "status",
    "pro", "con", "neutral", "value_polarity", "option_mass", "wrong_language", "truncated",
    "repetitive", "repaired", "opinions", "response_id",
)  # fmt: skip


def labels(
    run: Run, models: Collection[str], languages: Collection[str], *, stances: bool = False
) -> pa.Table:
    """Return the labels of these models and languages: the columns in MEASURED, and stances."""
    columns = [*MEASURED, *(["stances"] if stances else [])]
    return _read(run, "labels", LABELS, models, languages, columns)


def responses(
    run: Run, models: Collection[str], languages: Collection[str], columns: list[str]
) -> pa.Table:
    """Return columns of the responses of these models and languages (RESPONSES schema)."""
    return _read(run, "responses", RESPONSES, models, languages, columns)


def _read(
    run: Run,
    kind: str,
    schema: pa.Schema,
    models: Collection[str],
    languages: Collection[str],
    columns: list[str],
) -> pa.Table:
    paths = [str(path) for path in run.shards(kind)]
    if not paths:
        return pa.table({name: pa.array([], schema.field(name).type) for name in columns})
    chosen = pc.field("model").isin(list(models)) & pc.field("language").isin(list(languages))
    return ds.dataset(paths, schema=schema, format="arrow").to_table(columns=columns, filter=chosen)
