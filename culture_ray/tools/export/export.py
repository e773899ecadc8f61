"""Export: the tables of a run as Parquet files, with a data card where they are to be published."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

import pyarrow as pa
import pyarrow.parquet as pq

from culture_ray.errors import NoSuchRun, RunMismatch, UnknownName
from culture_ray.run.open import made_with
from culture_ray.run.status import stage_statuses
from culture_ray.store.folders import replaced_folder
from culture_ray.store.parquet import write_parquet
from culture_ray.store.provenance import host_facts, recorded
from culture_ray.store.run_directory import RunDirectory
from culture_ray.store.shards import Damage
from culture_ray.survey.topics import read_topics
from culture_ray.tools.export.data_card import Card, CardModel, CardTable, data_card
from culture_ray.tools.export.exportable import EXPORTABLE, Exportable, ShardReader

MANIFEST = "export.json"
"""Says what the export holds; a folder without it is never replaced."""

_MEASURES = ("distributions", "alignment", "consistency", "cells")
_NOT_VERSIONS = frozenset({"at", "platform", "cores"})


@dataclass(frozen=True)
class ExportJob:
    """Which tables of which run, and where they go."""

    run: RunDirectory
    folder: Path
    form: Literal["parquet", "datasets"]
    licence: str | None
    tables: tuple[str, ...] | None
    """None for all that are exported by default."""
    command: str


@dataclass(frozen=True)
class ExportResult:
    """What was written, and what people have to know of it."""

    folder: Path
    tables: tuple[CardTable, ...]
    incomplete: tuple[str, ...]
    damaged: tuple[Damage, ...]
    """Shards and tables that did not verify; none of their rows are in the export."""


def export(asked: ExportJob) -> ExportResult:
    """Write the tables of a run, as they stand, in place of a former export.

    Reads shard by shard, and only what verifies; the run itself is not touched. Raises NoSuchRun,
    UnknownName for a table that there is not, WrongValue for a folder of other files, RunMismatch
    for a run of which nothing verifies, DiskProblem.
    """
    content = made_with(asked.run)
    chosen = _chosen(asked)
    reading = ShardReader(asked.run)
    counts = _Counts()
    with replaced_folder(asked.folder, MANIFEST, "to") as folder:
        data = folder / "data" if asked.form == "datasets" else folder
        tables = tuple(_tables(asked, chosen, reading, counts, data, folder))
        incomplete = tuple(_incomplete(asked, content, reading.damaged))
        now = datetime.now(UTC).isoformat(timespec="seconds")
        if asked.form == "datasets":
            card = _card(asked, content, tables, counts, incomplete, now)
            (folder / "README.md").write_text(data_card(card), encoding="utf-8")
        manifest = _manifest(asked, folder, tables, incomplete, reading.damaged, now)
        text = json.dumps(manifest, indent=2, ensure_ascii=False)
        (folder / MANIFEST).write_text(text, encoding="utf-8")
    return ExportResult(asked.folder, tables, incomplete, tuple(reading.damaged))


def _tables(
    asked: ExportJob,
    chosen: Sequence[Exportable],
    reading: ShardReader,
    counts: _Counts,
    data: Path,
    folder: Path,
) -> Iterator[CardTable]:
    """Write and yield the tables of which anything verifies; raises RunMismatch for none."""
    written = 0
    for table in chosen:
        before = len(reading.damaged)
        pieces = counts.seen(table.name, reading.pieces(table))
        paths = write_parquet(data, table.name, table.schema, pieces)
        rows = sum(pq.read_metadata(path).num_rows for path in paths)
        if not rows and len(reading.damaged) > before:
            for path in paths:
                path.unlink()
            continue
        written += 1
        files = tuple(path.relative_to(folder).as_posix() for path in paths)
        yield CardTable(table.name, table.meaning, table.schema, rows, files)
    if not written:
        first = reading.damaged[0]
        raise RunMismatch(
            f"run '{asked.run.name}': none of its {len(reading.damaged)} files can be exported; "
            f"{first.path} {first.what}"
        )


class _Counts:
    """Responses, failures and labels per model and language, counted as they pass by."""

    def __init__(self) -> None:
        self.rows: dict[str, Counter[tuple[str, str]]] = {
            name: Counter() for name in ("responses", "failed", "labels")
        }

    def seen(self, name: str, pieces: Iterator[pa.Table]) -> Iterator[pa.Table]:
        """Yield the pieces of a table unchanged."""
        for piece in pieces:
            if name in self.rows:
                self._add(name, piece)
            if name == "responses":
                self._add("failed", piece.filter(piece.column("failure").is_valid()))
            yield piece

    def _add(self, name: str, piece: pa.Table) -> None:
        found = piece.group_by(["model", "language"]).aggregate([([], "count_all")])
        for row in found.to_pylist():
            self.rows[name][row["model"], row["language"]] += row["count_all"]

    def table(self) -> tuple[tuple[str, str, int, int, int], ...]:
        """Return what a card shows."""
        keys = sorted({key for counter in self.rows.values() for key in counter})
        return tuple(
            (*key, self.rows["responses"][key], self.rows["failed"][key], self.rows["labels"][key])
            for key in keys
        )


def _chosen(asked: ExportJob) -> list[Exportable]:
    for name in asked.tables or ():
        if name not in EXPORTABLE:
            raise UnknownName("table", name, EXPORTABLE)
    wanted = asked.tables or [name for name, table in EXPORTABLE.items() if table.by_default]
    found = [EXPORTABLE[name] for name in wanted if EXPORTABLE[name].paths(asked.run)]
    if not found:
        raise NoSuchRun(
            f"run '{asked.run.name}' has none of these tables yet: {', '.join(wanted)}; "
            f"culture-ray status run={asked.run.name} says what it holds"
        )
    return found


def _incomplete(
    asked: ExportJob, content: Mapping[str, Any], damaged: list[Damage]
) -> Iterator[str]:
    for stand in stage_statuses(asked.run, list(content.get("judge") or {})):
        if stand.left:
            yield (
                f"{stand.stage} of {stand.model}: {stand.left:,} of {stand.requests:,} requests "
                f"are not done"
            )
    kinds = Counter((item.path.parts[0], item.what) for item in damaged)
    for (part, what), count in kinds.items():
        first = next(d for d in damaged if (d.path.parts[0], d.what) == (part, what))
        more = f" (and {count - 1:,} more files of {part})" if count > 1 else ""
        yield f"left out: {first.path} {what}{more}"
    missing = [name for name in _MEASURES if not EXPORTABLE[name].paths(asked.run)]
    if missing:
        yield (
            f"not measured yet ({', '.join(missing)}): culture-ray analyse run={asked.run.name} "
            f"does that"
        )


def _card(
    asked: ExportJob,
    content: Mapping[str, Any],
    tables: tuple[CardTable, ...],
    counts: _Counts,
    incomplete: tuple[str, ...],
    now: str,
) -> Card:
    facts = recorded(asked.run)
    sessions = facts.get("sessions") or [{}]
    languages = content.get("language") or {}
    return Card(
        run=asked.run.name,
        licence=asked.licence,
        languages={str(code): str(entry.get("name", code)) for code, entry in languages.items()},
        tables=tables,
        models=tuple(_model(name, one) for name, one in (content.get("model") or {}).items()),
        judges=tuple(
            _model(name, one.get("model") or {})
            for name, one in (content.get("judge") or {}).items()
        ),
        protocols=tuple(content.get("protocol") or {}),
        topics={topic.id: topic.label for topic in read_topics(content["topics"])},
        counts=counts.table(),
        incomplete=incomplete,
        sources=tuple(str(facts[key]) for key in ("populations", "capability") if facts.get(key)),
        started=str(facts.get("started", "")),
        last=str(sessions[-1].get("at", "")),
        exported=now,
        command=str(facts.get("command", "")),
        export_command=asked.command,
        seed=str(facts.get("seed", content.get("seed", ""))),
        versions={k: str(v) for k, v in sessions[-1].items() if k not in _NOT_VERSIONS},
    )


def _model(name: str, content: Mapping[str, Any]) -> CardModel:
    source, revision = str(content.get("source", "")), content.get("revision")
    return CardModel(
        name=name,
        source=f"{source}@{revision}" if revision else source,
        terms=str(content.get("licence") or ""),
        note=str(content.get("note") or ""),
    )


def _manifest(
    asked: ExportJob,
    folder: Path,
    tables: tuple[CardTable, ...],
    incomplete: tuple[str, ...],
    damaged: Sequence[Damage],
    now: str,
) -> dict[str, Any]:
    return {
        "run": asked.run.name,
        "made_at": now,
        "command": asked.command,
        "format": asked.form,
        "licence": asked.licence,
        "complete": not incomplete,
        "incomplete": list(incomplete),
        "left_out": {str(item.path): item.what for item in damaged},
        "tables": {
            table.name: {
                "rows": table.rows,
                "files": {name: _sha256(folder / name) for name in table.files},
            }
            for table in tables
        },
        "host": host_facts(),
    }


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
