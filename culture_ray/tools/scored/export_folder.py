"""Labels in the folder of an export, as scored responses: what an import of one reads."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from culture_ray.errors import BadTable
from culture_ray.tools.export.export import MANIFEST
from culture_ray.tools.scored.choices import ScoredChoices
from culture_ray.tools.scored.table import ScoredTable

_KEPT = ("model", "language", "topic", "wording", "request_id")


def is_export(place: Path) -> bool:
    """Return True for the folder of an export."""
    manifest = place / MANIFEST
    return manifest.is_file() and isinstance(_content(manifest).get("tables"), dict)


def exported_labels(manifest: Path) -> ScoredTable:
    """Return the labels of an export under its main protocol by its first judge.

    `manifest` is the export's own list of its files. The columns are those of an import, with the
    family of each model; value polarity is a list of stances where a judge has given them. Raises
    BadTable for an export without labels, and for a file that is not the one exported.
    """
    content = _content(manifest)
    labels = content["tables"].get("labels")
    if labels is None:
        raise BadTable(f"{manifest} lists no labels: export the run with tables=[labels]")
    rows = pa.concat_tables(
        _verified(manifest.parent / name, sha256) for name, sha256 in labels["files"].items()
    )
    for column, key in (("protocol", "main_protocol"), ("judge", "judge")):
        rows = _only(rows, column, content.get(key), manifest)
    families = content.get("families") or {}
    columns: dict[str, list[Any]] = {name: rows.column(name).to_pylist() for name in _KEPT}
    columns["family"] = [families.get(model) for model in columns["model"]]
    stances = rows.column("stances").to_pylist()
    polarity = rows.column("value_polarity").to_pylist()
    columns["value_polarity"] = stances if any(map(bool, stances)) else polarity
    return ScoredTable(str(manifest), tuple(columns), tuple(columns.values()))


def with_columns_of_export(choices: ScoredChoices) -> ScoredChoices:
    """Return the choices of an import, with the columns that an export has."""
    own = {"wording": "wording", "request_id": "request_id", "family": "family"}
    constants = vars(choices.constants)
    added = {
        key: column
        for key, column in own.items()
        if getattr(choices.columns, key) is None and constants.get(key) is None
    }
    return replace(choices, columns=replace(choices.columns, **added))


def _only(rows: pa.Table, column: str, value: str | None, manifest: Path) -> pa.Table:
    """Return the rows with a value of a column; without one, the column has to be constant."""
    if value is not None and column in rows.column_names:
        chosen = rows.filter(pc.equal(rows.column(column), pa.scalar(value)))
        if chosen.num_rows:
            return chosen  # labels by rule have no judge of the run
    found = [str(one) for one in pc.unique(rows.column(column)).to_pylist()]
    if len(found) > 1:
        raise BadTable(
            f"{manifest} does not say which {column} is the first of {', '.join(found)}: import "
            f"one of its files of labels, with the rows of one {column}"
        )
    return rows


def _verified(path: Path, sha256: str) -> pa.Table:
    try:
        data = path.read_bytes()
    except OSError as problem:
        raise BadTable(f"{path} cannot be read: {problem.strerror or problem}") from problem
    if hashlib.sha256(data).hexdigest() != sha256:
        raise BadTable(f"{path} is not the file that was exported: its SHA-256 differs")
    return pq.read_table(io.BytesIO(data))


def _content(manifest: Path) -> Mapping[str, Any]:
    try:
        found = json.loads(manifest.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
