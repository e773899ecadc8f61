"""What a driver shows, left in the run directory for whoever watches from another shell."""

from __future__ import annotations

import json
import os
import platform
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path

from culture_ray.store.atomic import replace_text
from culture_ray.sweep.display import Line

WRITE_EVERY_S = 2.0
OLD_S = 60.0
"""A driver that has shown nothing for so long is not working any more."""


class Shown:
    """The lines of this driver, as a file in `folder`."""

    def __init__(self, folder: Path, clock: Callable[[], float] = time.monotonic) -> None:
        self._path = folder / f"{platform.node()}-{os.getpid()}.json"
        self._clock, self._written = clock, -WRITE_EVERY_S

    def write_sometimes(self, lines: Sequence[Line]) -> None:
        """Write the lines when the last time is long enough ago; raises DiskProblem."""
        if self._clock() - self._written >= WRITE_EVERY_S:
            self._written = self._clock()
            replace_text(self._path, json.dumps([asdict(line) for line in lines]))

    def remove(self) -> None:
        """Show nothing any more."""
        self._path.unlink(missing_ok=True)


def shown_by(folder: Path, now: float) -> dict[str, list[Line]]:
    """Return the lines of every driver that works at `now` (seconds since 1970), by driver."""
    found = {}
    for path in sorted(folder.glob("[!.]*.json")):
        try:
            if now - path.stat().st_mtime < OLD_S:
                content = json.loads(path.read_text("utf-8"))
                found[path.stem] = [Line(**line) for line in content]
        except FileNotFoundError:  # the driver ended this moment
            continue
    return found
