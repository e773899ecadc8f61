"""Claims: which driver works on which unit, for several drivers on one run directory.

A driver is present as long as it touches its own file. A claim is a hard link to that file: making
it is atomic, and touching the one file renews every claim of the driver. Ages are differences
between two times of the shared file system, so the drivers' own clocks do not matter.

Claims save work; they do not guard shards. Were one taken over in error, two drivers would make the
same shard, and the first commit would win.
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
"""A driver that has not touched its file for so long is gone."""

BEAT_S = 5.0


class Presence:
    """A driver's sign of life; entering it makes the file, leaving it gives all claims back."""

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
        self.claims.give_all_back()

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
        """Return the file whose time says that the driver is there."""
        return self.folder / f"{self.driver}.driver"

    def take(self, unit: str) -> bool:
        """Claim a unit; return False when another driver that is present has it.

        Raises DiskProblem when the folder cannot be written.
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
        """Give a unit back."""
        claim = self._claim(unit)
        if self._is_mine(claim):
            claim.unlink(missing_ok=True)

    def held_elsewhere(self, unit: str) -> bool:
        """Return whether another driver that is present has a unit."""
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
        """Remove what drivers that are gone have left."""
        for claim in self.folder.glob("*.claim"):
            if self._is_stale(claim):
                self._take_over(claim, keep=False)
        for file in self.folder.glob("*.driver"):
            if file != self.file and self._is_stale(file):
                file.unlink(missing_ok=True)

    def give_all_back(self) -> None:
        """Remove every claim of this driver, and its sign of life."""
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
        except (FileNotFoundError, ValueError):  # given back this moment, or being written
            return False
        return age > self.expiry_s or _has_ended(process)

    def _take_over(self, claim: Path, *, keep: bool) -> bool:
        """Make a stale claim this driver's, or remove it; return whether it was this driver's turn.

        Of all that find the claim of one driver stale, the one whose link to `turn` is made acts.
        """
        try:
            turn = claim.with_name(f"{claim.name}.{claim.stat().st_ino}.turn")
        except FileNotFoundError:
            return False
        try:
            os.link(self.file, turn)
        except FileExistsError:
            if self._is_stale(turn):  # whoever had the turn is gone
                turn.unlink(missing_ok=True)
            return False
        try:
            if not self._is_stale(claim):  # somebody had the turn before, and is done
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
    """Return whether a process of this machine is gone; False for those of other machines."""
    machine, pid, began = process.split(" ")
    return machine != "?" and machine == _machine() and _began(int(pid)) != began


def _machine() -> str:
    """Return what two processes share that can see each other's ids; a question mark if unknown."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip()
        return f"{boot}/{Path('/proc/self/ns/pid').readlink()}"
    except OSError:
        return "?"


def _began(pid: int) -> str:
    """Return when a process began, in the kernel's ticks; '-' when there is none or a dead one."""
    try:
        words = Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()
    except OSError:
        return "-"
    return "-" if words[0] in {"Z", "X"} else words[19]
