"""Export of a run: its tables as Parquet files, and a data card for publication."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from culture_ray.errors import NoSuchRun, RunMismatch, UnknownName
from culture_ray.run.made_with import made_with
from culture_ray.run.status import stage_statuses
from culture_ray.store.catalogue import table_paths
from culture_ray.store.folders import replaced_folder
from culture_ray.store.parquet import write_parquet
from culture_ray.store.provenance import host_facts
from culture_ray.store.shards import Damage
from culture_ray.tables import Table
from culture_ray.tools.export.data_card import CardTable
from culture_ray.tools.export.export_job import ExportJob, ExportResult
from culture_ray.tools.export.exportable import BY_DEFAULT, EXPORTABLE, ShardReader
from culture_ray.tools.export.exported_rows import ExportedRows
from culture_ray.tools.export.publication import sha256_of, write_publication
from culture_ray.tools.export.run_card import run_card

MANIFEST = "export.json"
"""File that lists the content of an export; a folder without it is never replaced."""

_MEASURES = ("distributions", "alignment", "consistency", "cells")


def export(job: ExportJob) -> ExportResult:
    """Write the tables of a run as they are now, in place of an earlier export.

    Reads shard by shard, and only what verifies; the run itself is not changed. Raises NoSuchRun,
    UnknownName for a table that does not exist, WrongValue for a folder of other files,
    RunMismatch for a run without any file that verifies, and DiskProblem.
    """
    content = made_with(job.run)
    chosen = _chosen(job)
    reader = ShardReader(job.run)
    counts = ExportedRows()
    with replaced_folder(job.folder, MANIFEST, "to") as folder:
        data = folder / "data" if job.form == "datasets" else folder
        tables = tuple(_tables(job, chosen, reader, counts, data, folder))
        incomplete = tuple(_missing_parts(job, content, reader.damaged))
        now = datetime.now(UTC).isoformat(timespec="seconds")
        sums = {name: sha256_of(folder / name) for table in tables for name in table.files}
        if job.form == "datasets":
            card = run_card(job, content, tables, counts, incomplete, now)
            write_publication(folder, job.run, content, card, sums)
        manifest = _manifest(job, tables, sums, incomplete, reader.damaged, now)
        manifest |= _of_labels(content)
        text = json.dumps(manifest, indent=2, ensure_ascii=False)
        (folder / MANIFEST).write_text(text, encoding="utf-8")
    return ExportResult(job.folder, tables, incomplete, tuple(reader.damaged))


def _tables(
    job: ExportJob,
    chosen: Sequence[Table],
    reader: ShardReader,
    counts: ExportedRows,
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


def _manifest(
    job: ExportJob,
    tables: tuple[CardTable, ...],
    sums: Mapping[str, str],
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
                "files": {name: sums[name] for name in table.files},
            }
            for table in tables
        },
        "host": host_facts(),
    }


def _of_labels(content: Mapping[str, Any]) -> dict[str, Any]:
    """Return the facts that an import of the labels needs: main protocol, judge, families."""
    protocols = content.get("protocol") or {}
    plain = [name for name, entry in protocols.items() if not (entry or {}).get("countries")]
    return {
        "main_protocol": next(iter([*plain, *protocols]), None),
        "judge": next(iter(content.get("judge") or {}), None),
        "families": {name: m.get("family") for name, m in (content.get("model") or {}).items()},
    }
