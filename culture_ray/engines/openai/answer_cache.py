"""Paid answers, written down as they come: a killed process does not make anyone pay twice.

A unit is committed when all its requests are answered; until then its answers stand here. Each
process appends to a file of its own, which it holds locked while it lives; the files of those that
died are read by whoever is asked the same again. It guards against killed processes, not against a
machine that loses power.
"""

from __future__ import annotations

import fcntl
import json
import os
import secrets
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from culture_ray.engines.interface import Response
from culture_ray.spending.account import TokenUsage
from culture_ray.store.atomic import saying_disk_problems

_ROOM = 4 * 2**20
"""A file larger than this is begun anew with what is not stored yet, in bytes."""


@dataclass(frozen=True)
class CachedAnswer:
    """A response, and what of its money a crash may have kept from the ledger."""

    response: Response
    ticket: str | None = None
    usage: TokenUsage | None = None


class AnswerCache:
    """One model's answers in one run, as one process writes and reads them."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._file: int | None = None
        self._path: Path | None = None
        self._size = 0
        self._mine: dict[str, bytes] = {}
        """Lines of answers that are not stored in a shard yet, by request."""
        self._left: dict[str, CachedAnswer] = {}
        """What those that died have left, by request."""
        self._read: set[str] = set()

    def open(self) -> None:
        """Begin a file; raises DiskProblem."""
        with saying_disk_problems(self._folder):
            self._folder.mkdir(parents=True, exist_ok=True)
            self._begin()

    def find(self, request_id: str) -> CachedAnswer | None:
        """Return what a process that died had got for a request."""
        for path in self._folder.glob("*.jsonl"):
            if path != self._path and path.name not in self._read:
                self._read_if_dead(path)
        return self._left.get(request_id)

    def keep(self, answer: CachedAnswer) -> None:
        """Write an answer down; raises DiskProblem."""
        line = json.dumps(asdict(answer), ensure_ascii=False).encode() + b"\n"
        self._mine[answer.response.request_id] = line
        with saying_disk_problems(self._folder):
            self._write(line)
            if self._size > _ROOM:
                self._begin()

    def stored(self, request_ids: Iterable[str]) -> None:
        """Forget answers that stand in a shard."""
        for request_id in request_ids:
            self._mine.pop(request_id, None)
            self._left.pop(request_id, None)

    def close(self) -> None:
        """End the file; it goes when all of it is stored."""
        if self._file is not None:
            os.close(self._file)
            self._file = None
            if not self._mine and self._path is not None:
                self._path.unlink(missing_ok=True)

    def _begin(self) -> None:
        before, old = self._file, self._path
        self._path = self._folder / f"{secrets.token_hex(8)}.jsonl"
        self._file = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND, 0o644)
        fcntl.flock(self._file, fcntl.LOCK_EX)
        self._size = 0
        for line in self._mine.values():
            self._write(line)
        if before is not None and old is not None:
            old.unlink(missing_ok=True)
            os.close(before)

    def _write(self, line: bytes) -> None:
        if self._file is None:
            raise ValueError("no file is open")
        written = 0
        while written < len(line):
            written += os.write(self._file, line[written:])
        self._size += len(line)

    def _read_if_dead(self, path: Path) -> None:
        try:
            handle = os.open(path, os.O_RDONLY)
        except FileNotFoundError:  # begun anew under another name
            return
        try:
            fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:  # its writer lives
            return
        else:
            with os.fdopen(os.dup(handle), "rb") as file:
                for line in file:
                    if line.endswith(b"\n"):  # the last one may be torn
                        answer = _answer(json.loads(line))
                        self._left[answer.response.request_id] = answer
            self._read.add(path.name)
        finally:
            os.close(handle)


def clear(folder: Path) -> None:
    """Remove the answers of processes that died, once all of them stand in shards."""
    for path in folder.glob("*.jsonl"):
        handle = os.open(path, os.O_RDONLY)
        try:
            fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
            path.unlink(missing_ok=True)
        except BlockingIOError:  # another job is not done yet
            continue
        finally:
            os.close(handle)


def _answer(content: dict[str, Any]) -> CachedAnswer:
    response, usage = dict(content["response"]), content["usage"]
    if response["probabilities"] is not None:
        response["probabilities"] = tuple(response["probabilities"])
    return CachedAnswer(
        Response(**response), content["ticket"], None if usage is None else TokenUsage(**usage)
    )
