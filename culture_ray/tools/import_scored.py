"""Import of scored responses: read them, check them, and commit them as labels of a run."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.dataset as ds
from pyarrow import csv, json, parquet

from culture_ray.errors import BadTable, RunMismatch, UnknownName
from culture_ray.labels.read import IMPORTED
from culture_ray.stages.context import RunContext
from culture_ray.store.run_directory import RunDirectory
from culture_ray.store.shards import commit, unit_id
from culture_ray.sweep.plan.requests import request_id
from culture_ray.tables import LABELS


@dataclass(frozen=True)
class ScoredColumns:
    """Names of the columns in a file of scored responses."""

    model: str = "model"
    language: str = "language"
    topic: str = "topic"
    value_polarity: str = "value_polarity"
    family: str | None = None
    wording: str | None = None
    request_id: str | None = None


@dataclass(frozen=True, eq=False)
class ScoredResponses:
    """Checked scored responses."""

    rows: pd.DataFrame
    """Columns model, family, language, topic, wording, value_polarity."""
    unknown_topics: Mapping[str, int]
    """Number of responses by topic that is not in the catalogue; these have no ground truth."""


def read_scored(
    path: Path, columns: ScoredColumns, topics: Sequence[str], *, allow_unknown_topics: bool
) -> ScoredResponses:
    """Return the responses of a file.

    Raises BadTable for a missing file or column, a value polarity outside 0..1, an empty key, a
    duplicate request, and topics outside the catalogue unless `allow_unknown_topics`.
    """
    table = _table(path)
    wanted = {
        name: column
        for name, column in vars(columns).items()
        if column is not None and (name in {"model", "language", "topic"} or column)
    }
    missing = [f"columns.{name}={column}" for name, column in wanted.items() if column not in table]
    if missing:
        raise BadTable(
            f"{path} has no column for {', '.join(missing)}: it has {', '.join(table.columns)}"
        )
    rows = pd.DataFrame({name: table[column] for name, column in wanted.items()})
    for name in ("model", "language", "topic"):
        text = rows[name].where(rows[name].notna(), "").astype(str).str.strip()
        empty = int((text == "").sum())
        if empty:
            raise BadTable(f"{path}: {empty} rows have no {name} (column {wanted[name]})")
        rows[name] = text
    rows["topic"] = rows["topic"].str.lower()
    rows["value_polarity"] = _polarity(path, rows["value_polarity"], columns.value_polarity)
    _check_duplicates(path, rows)
    unknown = rows.loc[~rows["topic"].isin(list(topics)), "topic"].value_counts().to_dict()
    if unknown and not allow_unknown_topics:
        listed = ", ".join(f"{topic} ({count})" for topic, count in list(unknown.items())[:8])
        first = UnknownName("topic", str(next(iter(unknown))), topics)
        raise BadTable(
            f"{path}: {sum(unknown.values())} responses are about {len(unknown)} topics outside "
            f"the catalogue: {listed}; {first}. allow_unknown_topics=true imports them"
        )
    return ScoredResponses(rows, {str(topic): int(count) for topic, count in unknown.items()})


def import_scored(context: RunContext, scored: ScoredResponses) -> None:
    """Commit scored responses as the labels of a run.

    Raises RunMismatch if the run is a sweep or has other imported responses, and DiskProblem.
    """
    run = context.settings.run
    if run.config.exists() and run.shards("responses"):
        raise RunMismatch(f"run '{run.name}' is a sweep: choose another run=NAME")
    shards = label_shards(run, scored)
    check_unchanged(run, shards)
    context.open()
    commit_shards(shards)


def label_shards(run: RunDirectory, scored: ScoredResponses) -> dict[Path, pa.Table]:
    """Return the responses as labels, one shard per model and language, by path.

    A shard is named by a hash of its sorted content, so that the same responses give the same
    shards in any order.
    """
    shards = {}
    for (model, language), rows in scored.rows.groupby(["model", "language"], sort=True):
        content_columns = [name for name in ("topic", "wording", "value_polarity") if name in rows]
        ordered = rows.sort_values(content_columns, kind="stable")
        table = _labels(str(model), str(language), ordered)
        content = zip(
            *(table.column(name).to_pylist() for name in ("request_id", *content_columns)),
            strict=True,
        )
        name = unit_id(0, map(str, content))
        shards[run.labels(IMPORTED, quote(str(model), safe=""), str(language), name)] = table
    return shards


def check_unchanged(run: RunDirectory, shards: Collection[Path]) -> None:
    """Raise RunMismatch if the run has imported responses that are not among these shards."""
    others = set(run.shards("labels")) - set(shards)
    if others:
        raise RunMismatch(
            f"run '{run.name}' has other responses ({len(others)} of its shards differ from the "
            f"file): import under another name, such as run={run.free_name()}"
        )


def commit_shards(shards: Mapping[Path, pa.Table]) -> None:
    """Write shards that do not exist yet; raises DiskProblem."""
    for path, table in shards.items():
        commit(path, table)


def _labels(model: str, language: str, rows: pd.DataFrame) -> pa.Table:
    size = len(rows)
    sample = rows.groupby(["topic"]).cumcount()
    ids = [
        request_id("import", model, language, topic, str(index))
        for topic, index in zip(rows["topic"], sample, strict=True)
    ]
    columns: dict[str, list[Any]] = {
        "request_id": ids,
        "response_id": ids,
        "judge": [IMPORTED] * size,
        "model": [model] * size,
        "language": [language] * size,
        "protocol": [IMPORTED] * size,
        "topic": rows["topic"].tolist(),
        "wording": rows["wording"].astype(str).tolist() if "wording" in rows else [None] * size,
        "sample": sample.tolist(),
        "status": ["labelled"] * size,
        "value_polarity": [None if np.isnan(v) else v for v in rows["value_polarity"]],
        "wrong_language": [False] * size,
        "truncated": [False] * size,
        "repetitive": [False] * size,
        "repaired": [False] * size,
    }
    return pa.table(
        {name: columns.get(name, [None] * size) for name in LABELS.names}, schema=LABELS
    )


def _polarity(path: Path, values: pd.Series, column: str) -> pd.Series:
    numbers = pd.to_numeric(values, errors="coerce")
    invalid = values[numbers.isna() & values.notna() & (values.astype(str).str.strip() != "")]
    if len(invalid):
        raise BadTable(
            f"{path}: column {column} holds '{invalid.iloc[0]}' in row {invalid.index[0] + 1}, and "
            f"{len(invalid)} such values in all: values have to be numbers from 0 to 1"
        )
    outside = numbers[(numbers < 0) | (numbers > 1)]
    if len(outside):
        raise BadTable(
            f"{path}: column {column} holds {outside.iloc[0]:g} in row {outside.index[0] + 1}, and "
            f"{len(outside)} values outside 0..1 in all: divide percentages by 100"
        )
    return numbers.astype(float)


def _check_duplicates(path: Path, rows: pd.DataFrame) -> None:
    if "request_id" not in rows:
        return
    duplicates = rows.loc[rows["request_id"].duplicated(), "request_id"]
    if len(duplicates):
        raise BadTable(
            f"{path}: request '{duplicates.iloc[0]}' occurs twice, and {len(duplicates)} rows are "
            f"duplicates in all: keep one row per response"
        )


def _table(path: Path) -> pd.DataFrame:
    if not path.is_file():
        raise BadTable(f"no file {path}: set file=PATH")
    readers: dict[str, Callable[[Path], pa.Table]] = {
        ".csv": csv.read_csv,
        ".parquet": parquet.read_table,
        ".jsonl": json.read_json,
        ".ndjson": json.read_json,
        ".json": json.read_json,
        ".arrow": lambda p: ds.dataset(str(p), format="arrow").to_table(),
        ".feather": lambda p: ds.dataset(str(p), format="feather").to_table(),
    }
    reader = readers.get(path.suffix.lower())
    if reader is None:
        raise BadTable(f"{path} has none of the endings {', '.join(readers)}: convert the file")
    try:
        table: pd.DataFrame = reader(path).to_pandas()
    except (pa.ArrowException, OSError) as error:
        raise BadTable(f"{path} cannot be read: {str(error).splitlines()[0][:200]}") from error
    return table
