"""Cache of paid answers on disk, so that a killed process does not pay for them twice.

A unit is committed when all its requests are answered; until then its answers are here. Each
process appends to a file of its own and holds a lock on it; files whose process has died are read
when their requests are repeated. The cache survives killed processes, not a power failure. A line
that cannot be read is set aside in a file of its own, `NAME.unreadable`.
"""

from __future__ import annotations

import fcntl
import json
import os
import secrets
from collections.abc import Collection, Iterable
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from culture_ray.engines.interface import Response
from culture_ray.engines.openai.answers.fields import LARGEST_COUNT
from culture_ray.spending.account import TokenUsage
from culture_ray.store.atomic import replace, saying_disk_problems
from culture_ray.store.locks import lock

_MAX_BYTES = 4 * 2**20
"""A larger file is rewritten without the answers that are in a shard."""


@dataclass(frozen=True)
class CachedAnswer:
    """Response with the settlement that a crash may have kept from the ledger."""

    response: Response
    ticket: str | None = None
    usage: TokenUsage | None = None


class AnswerCache:
    """Answers of one model in one run, as read and written by one process."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._file: int | None = None
        self._path: Path | None = None
        self._size = 0
        self._own: dict[str, bytes] = {}
        """Lines of this process's answers that are in no shard yet, by request id."""
        self._inherited: dict[str, CachedAnswer] = {}
        """Answers of processes that have died, by request id."""
        self._files_read: set[str] = set()
        self._notices: list[str] = []

    def open(self) -> None:
        """Create the file; raises DiskProblem."""
        with saying_disk_problems(self._folder):
            self._folder.mkdir(parents=True, exist_ok=True)
            self._start_file()

    def find(self, request_id: str) -> CachedAnswer | None:
        """Return the answer to a request from a process that has died, None without one."""
        for path in self._folder.glob("*.jsonl"):
            if path != self._path and path.name not in self._files_read:
                self._read_if_dead(path)
        return self._inherited.get(request_id)

    def add(self, answer: CachedAnswer) -> None:
        """Write an answer; raises DiskProblem."""
        line = json.dumps(asdict(answer), ensure_ascii=False).encode() + b"\n"
        self._own[answer.response.request_id] = line
        with saying_disk_problems(self._folder):
            self._write(line)
            if self._size > _MAX_BYTES:
                self._start_file()

    def stored(self, request_ids: Iterable[str]) -> None:
        """Forget answers that are in a committed shard."""
        for request_id in request_ids:
            self._own.pop(request_id, None)
            self._inherited.pop(request_id, None)

    def take_notices(self) -> tuple[str, ...]:
        """Return reports of answers set aside, each once."""
        notices, self._notices = tuple(self._notices), []
        return notices

    def close(self) -> None:
        """Close the file; delete it if all its answers are in shards."""
        if self._file is not None:
            os.close(self._file)
            self._file = None
            if not self._own and self._path is not None:
                self._path.unlink(missing_ok=True)

    def _start_file(self) -> None:
        old_file, old_path = self._file, self._path
        self._path = self._folder / f"{secrets.token_hex(8)}.jsonl"
        self._file = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND, 0o644)
        lock(self._file, self._path)
        self._size = 0
        for line in self._own.values():
            self._write(line)
        if old_file is not None and old_path is not None:
            old_path.unlink(missing_ok=True)
            os.close(old_file)

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
        except FileNotFoundError:  # rewritten under another name
            return
        try:
            lock(handle, path, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:  # its writer is alive
            return
        else:
            with os.fdopen(os.dup(handle), "rb") as file:
                lines = [line for line in file if line.endswith(b"\n")]  # the last may be torn
            unreadable = []
            for line in lines:
                if (answer := _decode(line)) is not None:
                    self._inherited[answer.response.request_id] = answer
                else:
                    unreadable.append(line)
            self._files_read.add(path.name)
            if unreadable:
                self._set_aside(path, unreadable)
        finally:
            os.close(handle)

    def _set_aside(self, path: Path, lines: list[bytes]) -> None:
        """Keep lines that cannot be read beside their file, and report them the first time."""
        aside = path.with_suffix(".unreadable")
        if aside.exists():
            return
        replace(aside, partial(_write, b"".join(lines)))
        count = f"{len(lines)} paid answer{'s' * (len(lines) > 1)}"
        self._notices.append(
            f"{count} of an earlier session cannot be read and will be asked for again; what was "
            f"kept is in {aside}"
        )


def clear_cache(folder: Path) -> None:
    """Delete the files of processes that have died, once all answers are in shards."""
    for path in folder.glob("*.jsonl"):
        handle = os.open(path, os.O_RDONLY)
        try:
            lock(handle, path, fcntl.LOCK_SH | fcntl.LOCK_NB)
            path.unlink(missing_ok=True)
        except BlockingIOError:  # another job is still running
            continue
        finally:
            os.close(handle)


def forget_answers(folder: Path, request_ids: Collection[str]) -> None:
    """Remove the answers to some requests from the files of processes that have died.

    Raises DiskProblem.
    """
    forgotten = frozenset(request_ids)
    for path in folder.glob("*.jsonl"):
        handle = os.open(path, os.O_RDONLY)
        try:
            lock(handle, path, fcntl.LOCK_EX | fcntl.LOCK_NB)
            lines = path.read_bytes().splitlines(keepends=True)
            kept = [line for line in lines if _request_of(line) not in forgotten]
            if len(kept) < len(lines):
                replace(path, partial(_write, b"".join(kept)))
        except BlockingIOError:  # another job is still running
            continue
        finally:
            os.close(handle)


def _write(content: bytes, path: Path) -> None:
    path.write_bytes(content)


def _request_of(line: bytes) -> str | None:
    """Return the request that a line answers, None for an incomplete line."""
    try:
        return str(json.loads(line)["response"]["request_id"])
    except (ValueError, KeyError, TypeError):
        return None


def _decode(line: bytes) -> CachedAnswer | None:
    """Return the answer in a line, None if it is not one of exactly the declared types."""
    try:
        answer = _ADAPTER.validate_json(line, strict=True)
    except ValidationError:
        return None
    usage, response = answer.usage, answer.response
    counts = [response.prompt_tokens, response.output_tokens]
    if usage is not None:
        counts += [usage.input_tokens, usage.output_tokens, usage.reasoning_tokens]
        counts += [usage.cached_tokens, usage.cache_write_tokens]
    return answer if all(0 <= count <= LARGEST_COUNT for count in counts) else None


_ADAPTER = TypeAdapter(CachedAnswer)
