"""Claims of units by drivers, so that several drivers can work on one run directory.

A driver is present as long as it touches its own file. A claim is a hard link to that file: making
it is atomic, and touching the one file renews every claim of the driver. Ages are differences
between two times of the shared file system, so the drivers' own clocks do not matter.

Claims save work; they do not protect shards. If one is taken over in error, two drivers make the
same shard, and the first commit wins.
"""

from __future__ import annotations

import errno
import hashlib
import os
import threading
import uuid
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from culture_ray.store.atomic import saying_disk_problems

EXPIRY_S = 60.0
"""Seconds without a touch of its file after which a driver counts as gone."""

BEAT_S = 5.0
"""Seconds between two touches."""


class Presence:
    """Heartbeat of a driver: entering creates its file, leaving releases all its claims."""

    def __init__(self, folder: Path, driver: str, beat_s: float = BEAT_S) -> None:
        self.claims = Claims(folder, driver)
        self._beat_s = beat_s
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._beat, daemon=True)

    def __enter__(self) -> Claims:
        with saying_disk_problems(self.claims.file):
            self.claims.file.parent.mkdir(parents=True, exist_ok=True)
            self.claims.file.write_text(f"{self.claims.driver}\n{_this_process()}\n", "utf-8")
        self.claims.clear_stale()
        self._thread.start()
        return self.claims

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        tb: TracebackType | None,
    ) -> None:
        self._ended.set()
        self._thread.join()
        self.claims.release_all()

    def _beat(self) -> None:
        while not self._ended.wait(self._beat_s):
            with suppress(OSError):  # a file system that is away for a moment, or a folder removed
                os.utime(self.claims.file)


@dataclass(frozen=True)
class Claims:
    """The claims of one driver; it travels to the driver's replicas."""

    folder: Path
    driver: str
    expiry_s: float = EXPIRY_S

    @property
    def file(self) -> Path:
        """Return the file whose modification time is the driver's last heartbeat."""
        return self.folder / f"{self.driver}.driver"

    def take(self, unit: str) -> bool:
        """Claim a unit; return False if another driver that is present holds it.

        Raises DiskProblem if the folder cannot be written.
        """
        claim = self._claim(unit)
        with saying_disk_problems(claim):
            for _ in range(8):
                try:
                    os.link(self.file, claim)
                except FileExistsError:
                    if self._is_mine(claim):
                        return True
                    if not self._is_stale(claim):
                        return False
                    if self._take_over(claim, keep=True):
                        return True
                except OSError as error:
                    if error.errno != errno.EMLINK:  # more claims than one file can have links
                        raise
                    return True
                else:
                    return True
        return False

    def release(self, unit: str) -> None:
        """Release the claim of a unit, if it is this driver's."""
        claim = self._claim(unit)
        if self._is_mine(claim):
            claim.unlink(missing_ok=True)

    def held_elsewhere(self, unit: str) -> bool:
        """Return True if another driver that is present holds a unit."""
        claim = self._claim(unit)
        return claim.exists() and not self._is_mine(claim) and not self._is_stale(claim)

    def others(self) -> list[str]:
        """Return the other drivers that are present."""
        return sorted(
            file.stem
            for file in self.folder.glob("*.driver")
            if file != self.file and not self._is_stale(file)
        )

    def clear_stale(self) -> None:
        """Remove the claims and files of drivers that are gone."""
        for claim in self.folder.glob("*.claim"):
            if self._is_stale(claim):
                self._take_over(claim, keep=False)
        for file in self.folder.glob("*.driver"):
            if file != self.file and self._is_stale(file):
                file.unlink(missing_ok=True)

    def release_all(self) -> None:
        """Remove every claim of this driver, and its file."""
        for claim in self.folder.glob("*.claim"):
            if self._is_mine(claim):
                claim.unlink(missing_ok=True)
        self.file.unlink(missing_ok=True)

    def _claim(self, unit: str) -> Path:
        digest = hashlib.blake2b(unit.encode(), digest_size=12, person=b"claim").hexdigest()
        return self.folder / f"{digest}.claim"

    def _is_mine(self, claim: Path) -> bool:
        try:
            return claim.samefile(self.file)
        except FileNotFoundError:
            return False

    def _is_stale(self, path: Path) -> bool:
        try:
            age = self.file.stat().st_mtime - path.stat().st_mtime
            _, process = path.read_text("utf-8").splitlines()
        except (FileNotFoundError, ValueError):  # released this moment, or being written
            return False
        return age > self.expiry_s or _has_ended(process)

    def _take_over(self, claim: Path, *, keep: bool) -> bool:
        """Take over a stale claim, or remove it; return True if this driver did.

        Of all drivers that find a claim stale, only the one that creates the link `turn` acts.
        """
        try:
            turn = claim.with_name(f"{claim.name}.{claim.stat().st_ino}.turn")
        except FileNotFoundError:
            return False
        try:
            os.link(self.file, turn)
        except FileExistsError:
            if self._is_stale(turn):  # the driver that had the turn is gone
                turn.unlink(missing_ok=True)
            return False
        try:
            if not self._is_stale(claim):  # another driver had the turn before
                return False
            if keep:
                mine = claim.with_name(f"{claim.name}.{uuid.uuid4().hex}.new")
                os.link(self.file, mine)
                mine.rename(claim)
            else:
                claim.unlink(missing_ok=True)
            return True
        finally:
            turn.unlink(missing_ok=True)


def _this_process() -> str:
    return f"{_machine()} {os.getpid()} {_began(os.getpid())}"


def _has_ended(process: str) -> bool:
    """Return True if a process of this machine has ended; False for processes of other machines."""
    machine, pid, began = process.split(" ")
    return machine != "?" and machine == _machine() and _began(int(pid)) != began


def _machine() -> str:
    """Return an id of the boot and process namespace, or a question mark if unknown."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip()
        return f"{boot}/{Path('/proc/self/ns/pid').readlink()}"
    except OSError:
        return "?"


def _began(pid: int) -> str:
    """Return the start time of a process in kernel ticks; '-' if it does not run."""
    try:
        words = Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()
    except OSError:
        return "-"
    return "-" if words[0] in {"Z", "X"} else words[19]
