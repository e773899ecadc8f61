"""What is known of a model's batches, on disk before it happens: no crash can forget one.

One entry per batch: `<key>.json` says how far it is, `<key>.input.jsonl` is what is uploaded, and
`<key>.output.jsonl` and `<key>.errors.jsonl` are what came back, as it came.
"""

from __future__ import annotations

import fcntl
import json
import os
import time
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Literal

from culture_ray.errors import EngineFailed
from culture_ray.store.atomic import replace as replace_file
from culture_ray.store.atomic import replace_text, saying_disk_problems

LOCK_WAIT_S = 90.0
"""A killed replica lets go of the book when its process is gone."""


@dataclass(frozen=True)
class BatchRequest:
    """One request in a batch."""

    request_id: str
    attempt: int
    ticket: str
    """Of its reservation."""
    unread: int = 0
    """Answers to it that could not be read."""


@dataclass(frozen=True)
class BatchRecord:
    """One batch, from its intent to its end."""

    key: str
    created: float
    """Seconds since 1970."""
    lines: tuple[BatchRequest, ...]
    tokens: int
    """Input tokens, estimated, that it counts for at the provider."""
    file: str | None = None
    batch: str | None = None
    state: Literal["open", "ended", "refused"] = "open"
    """Refused: it never ran, and nothing of it was billed."""
    why: str | None = None


class BatchJournal:
    """The entries of one model in one run; one process at a time has it open."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock: int | None = None

    def open(self) -> list[BatchRecord]:
        """Take the book and return its entries, oldest first.

        Raises EngineFailed when another process keeps it, DiskProblem.
        """
        with saying_disk_problems(self._folder):
            self._folder.mkdir(parents=True, exist_ok=True)
            self._lock = _locked(self._folder / "lock")
        return self.entries()

    def entries(self) -> list[BatchRecord]:
        """Return all entries, oldest first."""
        entries = [_entry(path) for path in self._folder.glob("*.json")]
        return sorted(entries, key=lambda entry: (entry.created, entry.key))

    def close(self) -> None:
        """Let another process have it."""
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def intend(
        self, lines: Sequence[BatchRequest], bodies: Sequence[str], tokens: int
    ) -> BatchRecord:
        """Write down a batch that is about to be uploaded; raises DiskProblem."""
        entry = BatchRecord(uuid.uuid4().hex, time.time(), tuple(lines), tokens)
        text = "\n".join(bodies) + "\n"
        replace_text(self.input_of(entry), text)
        self.note(entry)
        return entry

    def note(self, entry: BatchRecord, **changes: Any) -> BatchRecord:
        """Write down how far a batch is; return the entry as it is now."""
        entry = replace(entry, **changes)
        replace_text(self._folder / f"{entry.key}.json", json.dumps(asdict(entry)))
        return entry

    def input_of(self, entry: BatchRecord) -> Path:
        """Return the file that is uploaded."""
        return self._folder / f"{entry.key}.input.jsonl"

    def keep(self, entry: BatchRecord, kind: str, content: bytes) -> None:
        """Keep a file of results, `output` or `errors`, as it came."""
        path = self._folder / f"{entry.key}.{kind}.jsonl"
        replace_file(path, lambda temporary: _write(temporary, content))

    def rows(self, entry: BatchRecord) -> Iterator[dict[str, Any]]:
        """Yield the rows of both files of results, each request once, answers before errors."""
        seen: set[str] = set()
        for kind in ("output", "errors"):
            path = self._folder / f"{entry.key}.{kind}.jsonl"
            if not path.exists():
                continue
            with path.open(encoding="utf-8") as lines:
                for line in lines:
                    if not line.strip():
                        continue
                    row = json.loads(line)
                    if row["custom_id"] not in seen:
                        seen.add(row["custom_id"])
                        yield row


def _entry(path: Path) -> BatchRecord:
    content = json.loads(path.read_text(encoding="utf-8"))
    lines = tuple(BatchRequest(**line) for line in content.pop("lines"))
    return BatchRecord(lines=lines, **content)


def _write(path: Path, content: bytes) -> None:
    path.write_bytes(content)


def _locked(path: Path) -> int:
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    deadline = time.monotonic() + LOCK_WAIT_S
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > deadline:
                os.close(handle)
                raise EngineFailed(
                    f"another process works on these batches ({path.parent}): one job at a time "
                    f"can ask a model in batches"
                ) from None
            time.sleep(0.2)
        else:
            return handle
