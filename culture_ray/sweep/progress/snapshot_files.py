"""What a driver shows, left in the run directory for whoever watches from another shell."""

from __future__ import annotations

import json
import os
import platform
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from culture_ray.store.atomic import replace_text
from culture_ray.sweep.progress.snapshot import Snapshot

WRITE_EVERY_S = 2.0
OLD_S = 60.0
"""A driver that has shown nothing for so long is not working any more."""


class SnapshotFile:
    """What this driver shows, as a file in `folder`.

    Between two looks the file is touched, every `alive_every_s`: a driver that computes has
    nothing new to show, and still works.
    """

    def __init__(
        self,
        folder: Path,
        clock: Callable[[], float] = time.monotonic,
        alive_every_s: float = OLD_S / 4,
    ) -> None:
        self._path = folder / f"{platform.node()}-{os.getpid()}.json"
        self._clock, self._written = clock, -WRITE_EVERY_S
        self._ended = threading.Event()
        self._alive = threading.Thread(target=self._touch, args=(alive_every_s,), daemon=True)

    def write_sometimes(self, look: Callable[[], Snapshot], *, force: bool = False) -> None:
        """Write the look when the last time is long enough ago, or forced; raises DiskProblem."""
        if force or self._clock() - self._written >= WRITE_EVERY_S:
            self._written = self._clock()
            content = {"at": time.time(), "look": look().as_dict()}
            replace_text(self._path, json.dumps(content))
            if not self._alive.is_alive() and not self._ended.is_set():
                self._alive.start()

    def remove(self) -> None:
        """Show nothing any more."""
        self._ended.set()
        self._path.unlink(missing_ok=True)

    def _touch(self, every_s: float) -> None:
        while not self._ended.wait(every_s):
            with suppress(OSError):  # it is gone, or will be written anew with the next look
                os.utime(self._path)


def snapshots_in(folder: Path, now: float) -> dict[str, Snapshot]:
    """Return what every driver shows that works at `now` (seconds since 1970), by driver."""
    found = {}
    for path in sorted(folder.glob("[!.]*.json")):
        try:
            if now - path.stat().st_mtime < OLD_S:
                content = json.loads(path.read_text("utf-8"))
                look = Snapshot.from_dict(content["look"])
                since = max(0.0, now - content["at"])
                found[path.stem] = replace(look, seconds=look.seconds + since)
        except FileNotFoundError:  # the driver ended this moment
            continue
    return found
