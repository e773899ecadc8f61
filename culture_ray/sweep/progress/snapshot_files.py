"""Files with each driver's snapshot, which `status --watch` reads in the run directory."""

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
"""A driver whose file was not touched for so long is not working any more."""


class SnapshotFile:
    """File with this driver's snapshot, in `folder`.

    The file is also touched every `touch_every_s`: a driver that computes has nothing new to show,
    but is still working.
    """

    def __init__(
        self,
        folder: Path,
        clock: Callable[[], float] = time.monotonic,
        touch_every_s: float = OLD_S / 4,
    ) -> None:
        self._path = folder / f"{platform.node()}-{os.getpid()}.json"
        self._clock, self._written_at = clock, -WRITE_EVERY_S
        self._ended = threading.Event()
        self._toucher = threading.Thread(target=self._touch, args=(touch_every_s,), daemon=True)

    def write_if_due(self, snapshot: Callable[[], Snapshot], *, force: bool = False) -> None:
        """Write the snapshot if the last write is long enough ago, or if forced.

        Raises DiskProblem.
        """
        if force or self._clock() - self._written_at >= WRITE_EVERY_S:
            self._written_at = self._clock()
            content = {"at": time.time(), "look": snapshot().as_dict()}
            replace_text(self._path, json.dumps(content))
            if not self._toucher.is_alive() and not self._ended.is_set():
                self._toucher.start()

    def remove(self) -> None:
        """Remove the file."""
        self._ended.set()
        self._path.unlink(missing_ok=True)

    def _touch(self, every_s: float) -> None:
        while not self._ended.wait(every_s):
            with suppress(OSError):  # it is gone, or will be written again with the next snapshot
                os.utime(self._path)


def snapshots_in(folder: Path, now: float) -> dict[str, Snapshot]:
    """Return the snapshots of all drivers that work at `now` (seconds since 1970), by driver."""
    found = {}
    for path in sorted(folder.glob("[!.]*.json")):
        try:
            if now - path.stat().st_mtime < OLD_S:
                content = json.loads(path.read_text("utf-8"))
                snapshot = Snapshot.from_dict(content["look"])
                since = max(0.0, now - content["at"])
                found[path.stem] = replace(snapshot, seconds=snapshot.seconds + since)
        except FileNotFoundError:  # the driver has just ended
            continue
    return found
