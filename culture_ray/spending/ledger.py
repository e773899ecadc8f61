"""Ledger file: an append-only log shared by processes, one at a time, on disk before it counts.

A process that wants to write locks the file, reads what others have written since, decides on all
of it, appends, and waits for the disk. So two jobs that share a ledger share its caps and limits.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from culture_ray.errors import BadLedger
from culture_ray.spending.records import AccountOpened, Record, decode, encode
from culture_ray.store.atomic import saying_disk_problems
from culture_ray.store.locks import lock


class Ledger:
    """Open ledger of one process; not thread-safe."""

    def __init__(self, path: Path, owner: str) -> None:
        """Open or create the ledger at `path`; raises DiskProblem."""
        self.path = path
        self.mended: list[str] = []
        """Repairs of incomplete last lines, as sentences."""
        self._owner = owner
        self._offset = self._lines = 0
        with saying_disk_problems(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o644)
            folder = os.open(path.parent, os.O_RDONLY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)

    @contextmanager
    def locked(self) -> Iterator[list[Record]]:
        """Lock the ledger; yield the records written since this process last held the lock.

        Raises BadLedger if it belongs to another owner, is damaged, or was removed, and DiskProblem
        where its file system has no locks.
        """
        lock(self._file, self.path)
        try:
            yield self._new_records()
        finally:
            fcntl.flock(self._file, fcntl.LOCK_UN)

    def append(self, records: Sequence[Record]) -> None:
        """Write records and wait until they are on disk; the ledger has to be locked.

        Raises DiskProblem; then none of them counts.
        """
        if not records:
            return
        content = b"".join(map(encode, records))
        with saying_disk_problems(self.path):
            try:
                _write(self._file, content)
                os.fdatasync(self._file)
            except OSError:
                os.ftruncate(self._file, self._offset)
                raise
        self._offset += len(content)
        self._lines += len(records)

    def close(self) -> None:
        """Close the file."""
        os.close(self._file)

    def _new_records(self) -> list[Record]:
        state = os.fstat(self._file)
        if not state.st_nlink or state.st_size < self._offset:
            raise BadLedger(
                f"{self.path} was removed or truncated while it was in use; nothing more is "
                f"spent: restore it, or choose a new name with run=..."
            )
        records: list[Record] = []
        torn: int | None = None
        with os.fdopen(os.dup(self._file), "rb") as file:
            file.seek(self._offset)
            for text in file:
                self._lines += 1
                record = decode(text)
                if record is None:
                    torn = self._lines if torn is None else torn
                    continue
                if torn is not None:
                    raise BadLedger(
                        f"{self.path} cannot be trusted: line {torn} is damaged and good lines "
                        f"follow it; restore the file, or choose a new name with run=..."
                    )
                self._offset += len(text)
                records.append(record)
        if torn is not None:
            self._truncate(torn)
        return self._without_header(records)

    def _truncate(self, torn: int) -> None:
        with saying_disk_problems(self.path):
            lost = os.fstat(self._file).st_size - self._offset
            os.ftruncate(self._file, self._offset)
            os.fdatasync(self._file)
        self._lines = torn - 1
        self.mended.append(
            f"the spending ledger ended in a torn line, from an interrupted write; its last {lost} "
            f"bytes were dropped, no request had been sent on them ({self.path})"
        )

    def _without_header(self, records: list[Record]) -> list[Record]:
        if self._offset == 0:
            self.append([AccountOpened(self._owner)])
            return []
        if records and self._lines == len(records):
            first = records.pop(0)
            if first != AccountOpened(self._owner):
                owner = first.owner if isinstance(first, AccountOpened) else "an unknown owner"
                raise BadLedger(
                    f"{self.path} is the spending ledger of {owner}, not of {self._owner}: choose "
                    f"the run it belongs to, or a new name with run=..."
                )
        return records


def _write(file: int, content: bytes) -> None:
    view = memoryview(content)
    while view:
        view = view[os.write(file, view) :]
