"""A sweep's listener that notes when the engine was ready and when its last unit was committed."""

from __future__ import annotations

import io
import time

from rich.console import Console

from culture_ray.sweep.events import ChunkDone
from culture_ray.sweep.progress.progress import Progress


class Clocked(Progress):
    """Shows nothing; `seconds` and `tokens` are those of the one model that runs."""

    def __init__(self) -> None:
        super().__init__(Console(file=io.StringIO()))
        self._began: float | None = None
        self._last = 0.0
        self.tokens = 0

    @property
    def seconds(self) -> float:
        """From the first replica being ready to the last unit being committed."""
        return 0.0 if self._began is None else self._last - self._began

    def replica_ready(self, model: str, replica: str) -> None:
        if self._began is None:
            self._began = time.perf_counter()
        super().replica_ready(model, replica)

    def chunk_done(self, model: str, requests: int, result: ChunkDone, stage: str = "") -> None:
        self._last = time.perf_counter()
        self.tokens += result.output_tokens
        super().chunk_done(model, requests, result, stage)
