"""Timeline of a run: its events with place and time, in `timeline.arrow`.

Every session writes a file of its own in `timeline/`, so that no session can damage another's;
`timeline.arrow` holds all of them together, in order of time.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa

from culture_ray.store.shards import read, replace_table
from culture_ray.tables import TABLES, TIMELINE

WRITE_EVERY_S = 30.0


class Timeline:
    """Events of one session; `clock` is that of the executor, in seconds."""

    def __init__(self, run: Path, driver: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._run, self._driver, self._clock = run, driver, clock
        self._began, self._began_utc = clock(), datetime.now(UTC)
        self._rows: list[dict[str, Any]] = []
        self._rows_written, self._written_at = 0, clock()
        self.stage = ""

    def add(self, event: str, *, since: float | None = None, **facts: Any) -> None:
        """Add an event that began at `since` and ended now; `facts` are columns of TIMELINE."""
        now = self._clock()
        since = now if since is None else since
        row = {
            "at": self._began_utc + timedelta(seconds=since - self._began),
            "seconds": now - since,
        }
        fixed = {"event": event, "driver": self._driver, "stage": self.stage}
        self._rows.append(dict.fromkeys(TIMELINE.names) | row | fixed | facts)

    def write_if_due(self) -> None:
        """Write this session's events if the last write is long ago; raises DiskProblem."""
        if self._clock() - self._written_at > WRITE_EVERY_S:
            self.write()

    def write(self) -> None:
        """Write this session's events and the timeline of all sessions; raises DiskProblem."""
        self._written_at = self._clock()
        if len(self._rows) == self._rows_written:
            return
        self._rows_written = len(self._rows)
        table = pa.Table.from_pylist(self._rows, schema=TIMELINE)
        replace_table(self._run / "timeline" / f"{self._driver}.arrow", table)

    def join(self) -> None:
        """Write `timeline.arrow` from all sessions; raises DiskProblem."""
        self.write()
        tables = [TIMELINE.empty_table()]
        for path in sorted((self._run / "timeline").glob("*.arrow")):
            try:
                tables.append(read(path).cast(TIMELINE))
            except (pa.ArrowException, OSError):  # a file of another version, or damaged
                continue
        if len(tables) > 1:
            path = TABLES["timeline"].path(self._run)
            replace_table(path, pa.concat_tables(tables).sort_by("at"))
