"""Journal of a model's batches: every step is on disk before it happens, so no crash loses one.

Files per batch: `<key>.json` is its record, `<key>.input.jsonl` is uploaded, and
`<key>.output.jsonl` and `<key>.errors.jsonl` are the results as downloaded.
"""

from __future__ import annotations

import fcntl
import json
import os
import time
import uuid
from collections.abc import Iterator, Sequence, Set
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Literal

from culture_ray.engines.openai.adaptations import Adaptation
from culture_ray.engines.openai.batch.results import Row, rows_by_request
from culture_ray.errors import EngineFailed
from culture_ray.redaction.secrets import scrub_bytes
from culture_ray.store.atomic import TEMPORARY, replace_text, saying_disk_problems
from culture_ray.store.atomic import replace as replace_file
from culture_ray.store.locks import lock

LOCK_WAIT_S = 90.0
"""Time to wait for the lock: a killed replica holds it until its process is gone."""


@dataclass(frozen=True)
class BatchRequest:
    """One request in a batch; the field names are those on disk."""

    request_id: str
    attempt: int
    ticket: str
    """Ticket of its reservation."""
    unread: int = 0
    """Answers to this request so far that could not be parsed."""
    faults: int = 0
    """Attempts so far that failed by passing faults while the model answered others."""
    lost: int = 0
    """Attempts so far without a row, or with one that could not be read."""


@dataclass(frozen=True)
class BatchRecord:
    """Record of one batch, from intent to end; the field names are those on disk."""

    key: str
    created: float
    """Seconds since 1970."""
    lines: tuple[BatchRequest, ...]
    """Requests of the batch."""
    tokens: int
    """Estimated input tokens that count as enqueued at the provider."""
    file: str | None = None
    """Id of the uploaded input file."""
    batch: str | None = None
    """Id of the batch at the provider."""
    state: Literal["open", "ended", "refused"] = "open"
    """Refused: it never ran, and nothing was billed."""
    why: str | None = None
    adaptations: tuple[Adaptation, ...] = ()
    """Adaptations in the bodies of its requests."""
    answered: bool = True
    """False if it ended without an answer to any of its requests."""


class BatchJournal:
    """Batch records of one model in one run; one process at a time has it open."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock: int | None = None
        self.set_aside: list[Path] = []
        """Files that should hold a record and do not, under their new names."""

    def open(self) -> list[BatchRecord]:
        """Lock the journal and return its records, oldest first.

        Raises EngineFailed if another process has it open, and DiskProblem.
        """
        with saying_disk_problems(self._folder):
            self._folder.mkdir(parents=True, exist_ok=True)
            self._lock = _wait_for_lock(self._folder / "lock")
        return self.records()

    def records(self) -> list[BatchRecord]:
        """Return all records, oldest first; a file that is none is set aside under another name.

        What it held stays charged, and its requests are sent again.
        """
        files = [p for p in self._folder.glob("*.json") if not p.name.startswith(TEMPORARY)]
        records = [self._read_or_set_aside(path) for path in files]
        known = [record for record in records if record is not None]
        return sorted(known, key=lambda record: (record.created, record.key))

    def close(self) -> None:
        """Unlock the journal."""
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def record_intent(
        self,
        requests: Sequence[BatchRequest],
        lines: Sequence[str],
        tokens: int,
        adaptations: tuple[Adaptation, ...] = (),
    ) -> BatchRecord:
        """Record a batch that is about to be uploaded; raises DiskProblem."""
        key, now = uuid.uuid4().hex, time.time()
        record = BatchRecord(key, now, tuple(requests), tokens, adaptations=adaptations)
        text = "\n".join(lines) + "\n"
        replace_text(self.input_path(record), text)
        self.update(record)
        return record

    def update(self, record: BatchRecord, **changes: Any) -> BatchRecord:
        """Write a record with changed fields; return it."""
        record = replace(record, **changes)
        replace_text(self._folder / f"{record.key}.json", json.dumps(asdict(record)))
        return record

    def input_path(self, record: BatchRecord) -> Path:
        """Return the path of the file to upload."""
        return self._folder / f"{record.key}.input.jsonl"

    def sent_bodies(self, record: BatchRecord, request_ids: Set[str]) -> dict[str, dict[str, Any]]:
        """Return the bodies of some requests as they were sent, none if the file is gone."""
        try:
            with self.input_path(record).open(encoding="utf-8", newline="\n") as file:
                lines = [json.loads(line) for line in file]
        except (FileNotFoundError, ValueError):
            return {}
        return {name: line["body"] for line in lines if (name := line["custom_id"]) in request_ids}

    def write_results(self, record: BatchRecord, kind: str, content: bytes) -> None:
        """Write a result file, `output` or `errors`, as it was downloaded, without keys."""
        path = self._folder / f"{record.key}.{kind}.jsonl"
        replace_file(path, lambda temporary: _write(temporary, scrub_bytes(content)))

    def result_rows(self, record: BatchRecord) -> dict[str, Row]:
        """Return the row of each request in the result files, by request id."""
        return rows_by_request(
            self._result_lines(record), (request.request_id for request in record.lines)
        )

    def _read_or_set_aside(self, path: Path) -> BatchRecord | None:
        from pydantic import TypeAdapter

        try:
            return TypeAdapter(BatchRecord).validate_json(path.read_bytes())
        except ValueError:  # torn by a full disk, or edited
            aside = path.with_name(f"{path.name}.unreadable")
            path.rename(aside)
            self.set_aside.append(aside)
            return None

    def _result_lines(self, record: BatchRecord) -> Iterator[str]:
        for kind in ("output", "errors"):
            path = self._folder / f"{record.key}.{kind}.jsonl"
            if path.exists():
                with path.open(encoding="utf-8", errors="replace", newline="\n") as lines:
                    yield from lines


def _write(path: Path, content: bytes) -> None:
    path.write_bytes(content)


def _wait_for_lock(path: Path) -> int:
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    deadline = time.monotonic() + LOCK_WAIT_S
    while True:
        try:
            lock(handle, path, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > deadline:
                os.close(handle)
                raise EngineFailed(
                    f"another process is working on these batches ({path.parent}): only one job at "
                    f"a time can use a model in batches"
                ) from None
            time.sleep(0.2)
        else:
            return handle
