"""Export of a run: its tables as Parquet files, and a data card for publication."""

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
from culture_ray.store.catalogue import table_paths
from culture_ray.store.folders import replaced_folder
from culture_ray.store.parquet import write_parquet
from culture_ray.store.provenance import host_facts, recorded
from culture_ray.store.run_directory import RunDirectory
from culture_ray.store.shards import Damage
from culture_ray.survey.topics import read_topics
from culture_ray.tables import Table
from culture_ray.tools.export.data_card import Card, CardModel, CardTable, data_card
from culture_ray.tools.export.exportable import BY_DEFAULT, EXPORTABLE, ShardReader

MANIFEST = "export.json"
"""File that lists the content of an export; a folder without it is never replaced."""

_MEASURES = ("distributions", "alignment", "consistency", "cells")
_NOT_VERSIONS = frozenset({"at", "platform", "cores"})


@dataclass(frozen=True)
class ExportJob:
    """Request for an export: tables of a run, and the folder they go to."""

    run: RunDirectory
    folder: Path
    form: Literal["parquet", "datasets"]
    licence: str | None
    tables: tuple[str, ...] | None
    """None for those exported by default."""
    command: str


@dataclass(frozen=True)
class ExportResult:
    """Result of an export: tables written, and what is missing from them."""

    folder: Path
    tables: tuple[CardTable, ...]
    incomplete: tuple[str, ...]
    """Sentences on what is missing; empty for a finished run without damage."""
    damaged: tuple[Damage, ...]
    """Files that did not verify; none of their rows are in the export."""


def export(job: ExportJob) -> ExportResult:
    """Write the tables of a run as they are now, in place of an earlier export.

    Reads shard by shard, and only what verifies; the run itself is not changed. Raises NoSuchRun,
    UnknownName for a table that does not exist, WrongValue for a folder of other files,
    RunMismatch for a run without any file that verifies, and DiskProblem.
    """
    content = made_with(job.run)
    chosen = _chosen(job)
    reader = ShardReader(job.run)
    counts = _Counts()
    with replaced_folder(job.folder, MANIFEST, "to") as folder:
        data = folder / "data" if job.form == "datasets" else folder
        tables = tuple(_tables(job, chosen, reader, counts, data, folder))
        incomplete = tuple(_missing_parts(job, content, reader.damaged))
        now = datetime.now(UTC).isoformat(timespec="seconds")
        if job.form == "datasets":
            card = _card(job, content, tables, counts, incomplete, now)
            (folder / "README.md").write_text(data_card(card), encoding="utf-8")
        manifest = _manifest(job, folder, tables, incomplete, reader.damaged, now)
        text = json.dumps(manifest, indent=2, ensure_ascii=False)
        (folder / MANIFEST).write_text(text, encoding="utf-8")
    return ExportResult(job.folder, tables, incomplete, tuple(reader.damaged))


def _tables(
    job: ExportJob,
    chosen: Sequence[Table],
    reader: ShardReader,
    counts: _Counts,
    data: Path,
    folder: Path,
) -> Iterator[CardTable]:
    """Write and yield every table with a file that verifies; raises RunMismatch if none has."""
    written = 0
    for table in chosen:
        before = len(reader.damaged)
        pieces = counts.counted(table.name, reader.pieces(table))
        paths = write_parquet(data, table.name, table.schema, pieces)
        rows = sum(pq.read_metadata(path).num_rows for path in paths)
        if not rows and len(reader.damaged) > before:
            for path in paths:
                path.unlink()
            continue
        written += 1
        files = tuple(path.relative_to(folder).as_posix() for path in paths)
        yield CardTable(table.name, table.meaning, table.schema, rows, files)
    if not written:
        first = reader.damaged[0]
        raise RunMismatch(
            f"run '{job.run.name}': none of its {len(reader.damaged)} files can be exported; "
            f"{first.path} {first.what}"
        )


class _Counts:
    """Counter of responses, failures and labels per model and language, fed by `counted`."""

    def __init__(self) -> None:
        self.rows: dict[str, Counter[tuple[str, str]]] = {
            name: Counter() for name in ("responses", "failed", "labels")
        }

    def counted(self, name: str, pieces: Iterator[pa.Table]) -> Iterator[pa.Table]:
        """Yield the pieces of a table unchanged, and count their rows."""
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
        """Return model, language and the three counts, as `Card.counts`."""
        keys = sorted({key for counter in self.rows.values() for key in counter})
        return tuple(
            (*key, self.rows["responses"][key], self.rows["failed"][key], self.rows["labels"][key])
            for key in keys
        )


def _chosen(job: ExportJob) -> list[Table]:
    for name in job.tables or ():
        if name not in EXPORTABLE:
            raise UnknownName("table", name, EXPORTABLE)
    wanted = job.tables or BY_DEFAULT
    found = [EXPORTABLE[name] for name in wanted if table_paths(job.run, name)]
    if not found:
        raise NoSuchRun(
            f"run '{job.run.name}' has none of these tables yet: {', '.join(wanted)}; "
            f"culture-ray status run={job.run.name} shows its progress"
        )
    return found


def _missing_parts(
    job: ExportJob, content: Mapping[str, Any], damaged: list[Damage]
) -> Iterator[str]:
    for status in stage_statuses(job.run, list(content.get("judge") or {})):
        if status.left:
            yield (
                f"{status.stage} of {status.model}: {status.left:,} of {status.requests:,} "
                f"requests are not done"
            )
    kinds = Counter((item.path.parts[0], item.what) for item in damaged)
    for (part, what), count in kinds.items():
        first = next(file for file in damaged if (file.path.parts[0], file.what) == (part, what))
        more = f" (and {count - 1:,} more files of {part})" if count > 1 else ""
        yield f"left out: {first.path} {what}{more}"
    missing = [name for name in _MEASURES if not table_paths(job.run, name)]
    if missing:
        yield (
            f"not measured yet ({', '.join(missing)}): run culture-ray analyse run={job.run.name}"
        )


def _card(
    job: ExportJob,
    content: Mapping[str, Any],
    tables: tuple[CardTable, ...],
    counts: _Counts,
    incomplete: tuple[str, ...],
    now: str,
) -> Card:
    facts = recorded(job.run)
    sessions = facts.get("sessions") or [{}]
    languages = content.get("language") or {}
    return Card(
        run=job.run.name,
        licence=job.licence,
        languages={str(code): str(entry.get("name", code)) for code, entry in languages.items()},
        tables=tables,
        models=tuple(_model(name, entry) for name, entry in (content.get("model") or {}).items()),
        judges=tuple(
            _model(name, entry.get("model") or {})
            for name, entry in (content.get("judge") or {}).items()
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
        export_command=job.command,
        seed=str(facts.get("seed", content.get("seed", ""))),
        versions={k: str(v) for k, v in sessions[-1].items() if k not in _NOT_VERSIONS},
    )


def _model(name: str, entry: Mapping[str, Any]) -> CardModel:
    source, revision = str(entry.get("source", "")), entry.get("revision")
    return CardModel(
        name=name,
        source=f"{source}@{revision}" if revision else source,
        terms=str(entry.get("licence") or ""),
        note=str(entry.get("note") or ""),
    )


def _manifest(
    job: ExportJob,
    folder: Path,
    tables: tuple[CardTable, ...],
    incomplete: tuple[str, ...],
    damaged: Sequence[Damage],
    now: str,
) -> dict[str, Any]:
    return {
        "run": job.run.name,
        "made_at": now,
        "command": job.command,
        "format": job.form,
        "licence": job.licence,
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
