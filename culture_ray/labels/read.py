"""Labels and responses of a run as tables, restricted to given models, languages and columns."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pyarrow as pa

from culture_ray.store.run_directory import RunDirectory
from culture_ray.store.shards import columns_of
from culture_ray.tables import LABELS, RESPONSES

IMPORTED = "imported"
"""Name used as protocol and judge of responses that were elicited and scored elsewhere."""

IMPORTED_PERSONA = "imported_persona"
"""Name used as protocol of such responses where a persona was described."""

RULE = "rule"
"""Name used as judge of labels that need no judge."""

MEASURED = (
    "model", "language", "protocol", "persona", "judge", "template", "wording", "topic", "status",
    "pro", "con", "neutral", "value_polarity", "option_mass", "wrong_language", "truncated",
    "repetitive", "repaired", "opinions", "response_id", "variant",
)  # fmt: skip


_SHARDS_AT_ONCE = 256
_READERS = 4


def labels(
    run: RunDirectory, models: Collection[str], languages: Collection[str], *, stances: bool = False
) -> pa.Table:
    """Return the columns MEASURED, and optionally `stances`, of labels of models and languages."""
    return label_columns(run, models, languages, [*MEASURED, *(["stances"] if stances else [])])


def label_columns(
    run: RunDirectory, models: Collection[str], languages: Collection[str], columns: Sequence[str]
) -> pa.Table:
    """Return columns of the labels of these models and languages (LABELS schema)."""
    return _read(run, "labels", LABELS, models, languages, columns)


def label_slices(run: RunDirectory, columns: Sequence[str]) -> Iterator[pa.Table]:
    """Yield columns of all labels of a run, a few hundred shards at a time."""
    return _slices(run, "labels", LABELS, columns)


def response_slices(run: RunDirectory, columns: Sequence[str]) -> Iterator[pa.Table]:
    """Yield columns of all responses of a run, a few hundred shards at a time."""
    return _slices(run, "responses", RESPONSES, columns)


def responses(
    run: RunDirectory, models: Collection[str], languages: Collection[str], columns: Sequence[str]
) -> pa.Table:
    """Return columns of the responses of these models and languages (RESPONSES schema)."""
    return _read(run, "responses", RESPONSES, models, languages, columns)


def _read(
    run: RunDirectory,
    kind: str,
    schema: pa.Schema,
    models: Collection[str],
    languages: Collection[str],
    columns: Sequence[str],
) -> pa.Table:
    import pyarrow.compute as pc  # slow to import, and many modules need names of this one alone

    chosen = pc.field("model").isin(list(models)) & pc.field("language").isin(list(languages))
    wanted = list(dict.fromkeys(["model", "language", *columns]))
    empty = pa.schema([schema.field(name) for name in wanted]).empty_table()
    tables = [empty.replace_schema_metadata(None)]
    tables += (rows.filter(chosen) for rows in _slices(run, kind, schema, wanted))
    return pa.concat_tables(tables).select(list(columns))


def _slices(
    run: RunDirectory, kind: str, schema: pa.Schema, columns: Sequence[str]
) -> Iterator[pa.Table]:
    shards = run.shards(kind)
    # Threads hide the latency of a network file system; decoding in threads would only contend for
    # the GIL.
    with ThreadPoolExecutor(max_workers=_READERS) as pool:
        for start in range(0, len(shards), _SHARDS_AT_ONCE):
            chunk = shards[start : start + _SHARDS_AT_ONCE]
            yield pa.concat_tables(
                columns_of(path, content, schema, columns)
                for path, content in zip(chunk, pool.map(Path.read_bytes, chunk), strict=True)
            )
