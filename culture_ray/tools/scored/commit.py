"""Commit of scored responses as the labels of a run."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pandas as pd
import pyarrow as pa

from culture_ray.errors import RunMismatch
from culture_ray.labels.read import IMPORTED, IMPORTED_PERSONA
from culture_ray.stages.context import RunContext
from culture_ray.store.run_directory import RunDirectory
from culture_ray.store.shards import commit, unit_id
from culture_ray.sweep.plan.requests import request_id
from culture_ray.tables import LABELS
from culture_ray.tools.scored.read import ScoredResponses

_CONTENT = (
    "topic", "wording", "value_polarity", "persona", "pro", "con", "neutral", "stances", "p_pro",
    "p_con", "p_middle", "option_mass", "answer_shares",
)  # fmt: skip
"""Columns of LABELS that a file of scored responses can fill, in the order of a shard's hash."""


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
        content_columns = [name for name in _CONTENT if name in rows]
        ordered = rows.sort_values(content_columns, kind="stable", key=_sortable)
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


def _sortable(column: pd.Series[Any]) -> pd.Series[Any]:
    return column.map(str) if column.name in ("stances", "answer_shares") else column


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
        "sample": sample.tolist(),
        "status": ["labelled"] * size,
        "wrong_language": [False] * size,
        "truncated": [False] * size,
        "repetitive": [False] * size,
        "repaired": [False] * size,
    }
    columns |= {name: _values(rows[name]) for name in _CONTENT if name in rows}
    if "persona" in columns:
        columns["protocol"] = [
            IMPORTED if persona is None else IMPORTED_PERSONA for persona in columns["persona"]
        ]
    return pa.table(
        {name: columns.get(name, [None] * size) for name in LABELS.names}, schema=LABELS
    )


def _values(column: pd.Series[Any]) -> list[Any]:
    """Return the values of a column, null for NaN."""
    return [None if isinstance(v, float) and math.isnan(v) else v for v in column.tolist()]
