"""Reach of file locks: a lock that holds on one machine only is found when a second one starts.

Some network file systems are mounted such that a lock is known to its own machine alone. Every
process that shares a folder therefore holds a lock on a file of its own in it, and touches that
file. One that starts tries the locks of the others: it must not get that of a process that lives.
"""

from __future__ import annotations

import fcntl
import os
import platform
import secrets
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from culture_ray.errors import DiskProblem
from culture_ray.store.atomic import TEMPORARY, saying_disk_problems
from culture_ray.store.locks import lock

BEAT_S = 3.0
"""Seconds between two touches of a process's file."""

EXPIRY_S = 60.0
"""Seconds without a touch after which a process counts as gone."""

Lock = Callable[[int, Path, int], None]


class SharedFolder:
    """Part of this process in a folder that processes of several machines lock files in."""

    def __init__(
        self,
        folder: Path,
        machine: str | None = None,
        beat_s: float = BEAT_S,
        take: Lock = lock,
    ) -> None:
        """Take part; raises DiskProblem if another machine's locks do not hold here."""
        self._machine = this_machine() if machine is None else machine
        self._folder, self._beat_s, self._take = folder, beat_s, take
        self._path = folder / f"{secrets.token_hex(8)}.lock"
        self._ended = threading.Event()
        with saying_disk_problems(folder):
            folder.mkdir(parents=True, exist_ok=True)
            self._file = self._locked_file()
        self._thread = threading.Thread(target=self._beat, daemon=True)
        self._thread.start()
        try:
            self._check_others()
        except BaseException:
            self.leave()
            raise

    def leave(self) -> None:
        """Give the lock back and remove the file."""
        self._ended.set()
        self._thread.join()
        self._path.unlink(missing_ok=True)
        os.close(self._file)

    def _locked_file(self) -> int:
        """Return this process's file, which gets its name once it is locked."""
        new = self._folder / f"{TEMPORARY}{self._path.name}"
        file = os.open(new, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o644)
        try:
            self._take(file, new, fcntl.LOCK_EX)
            os.write(file, f"{self._machine}\n{platform.node()}\n".encode())
            new.rename(self._path)
        except BaseException:
            os.close(file)
            new.unlink(missing_ok=True)
            raise
        return file

    def _beat(self) -> None:
        while not self._ended.wait(self._beat_s):
            with suppress(OSError):  # a file system that is away for a moment, or a folder removed
                os.utime(self._path)

    def _check_others(self) -> None:
        for path in self._folder.glob("*.lock"):
            if path != self._path:
                with suppress(FileNotFoundError):  # its process has left meanwhile
                    self._check(path)

    def _check(self, path: Path) -> None:
        machine, _, host = path.read_text("utf-8").strip().partition("\n")
        if machine == self._machine:
            return
        os.utime(self._path)
        if self._path.stat().st_mtime - path.stat().st_mtime > EXPIRY_S:
            path.unlink()
            return
        file = os.open(path, os.O_RDWR | os.O_CLOEXEC)
        try:
            self._take(file, path, fcntl.LOCK_EX | fcntl.LOCK_NB)
            alive = self._is_touched(path)
        except BlockingIOError:  # as it should be
            return
        finally:
            os.close(file)
        if not alive:
            path.unlink(missing_ok=True)
            return
        raise DiskProblem(
            f"file locks in {self._folder} hold on one machine only: {platform.node()} was given "
            f"one that {host} holds, so jobs on several nodes could pay twice or pass a cap; "
            f"choose a folder on a file system with shared locks (results=... for the run, "
            f"spending.account=... for a shared account), or run one job at a time"
        )

    def _is_touched(self, path: Path) -> bool:
        """Return True if a process touches the file while this one holds its lock."""
        before, end = _touched_at(path), time.monotonic() + 4 * self._beat_s
        while time.monotonic() < end:
            time.sleep(self._beat_s / 4)
            if _touched_at(path) != before:
                return True
        return False


def _touched_at(path: Path) -> int:
    # Opening makes a network file system ask the server again.
    file = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        return os.fstat(file).st_mtime_ns
    finally:
        os.close(file)


def this_machine() -> str:
    """Return an id of this machine since it was started; its name where there is none."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip()
    except OSError:
        return platform.node()
