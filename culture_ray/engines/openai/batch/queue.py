"""Requests that wait to become a batch."""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass, replace
from typing import Any

from culture_ray.engines.api_settings import Batching
from culture_ray.engines.interface import Request, Response
from culture_ray.engines.openai.batch.chunks import BatchRow, first_chunk


@dataclass(frozen=True)
class PendingRequest:
    """A request that somebody waits for."""

    request: Request
    answer: asyncio.Future[Response]
    since: float
    """When it was asked, on the monotonic clock."""
    attempt: int = 1
    unread: int = 0
    """Answers to it that could not be read."""

    def give(self, response: Response, now: float, dollars: float | None) -> None:
        """Hand the response out; whoever asked may be gone."""
        if not self.answer.done():
            self.answer.set_result(replace(response, seconds=now - self.since, dollars=dollars))

    def fail(self, error: Exception) -> None:
        """Hand an error out."""
        if not self.answer.done():
            self.answer.set_exception(error)


@dataclass(frozen=True)
class QueuedRequest:
    """A request, its body, and its line in a batch."""

    wanted: PendingRequest
    body: dict[str, Any]
    row: BatchRow


class BatchQueue:
    """Gathers requests until a batch is full or no more come for a while."""

    def __init__(self, limits: Batching) -> None:
        self._limits = limits
        self._waiting: deque[QueuedRequest] = deque()
        self._bytes = 0
        self._last_came = 0.0

    def __len__(self) -> int:
        return len(self._waiting)

    def add(self, queued: QueuedRequest, now: float) -> None:
        """Let a request wait."""
        self._waiting.append(queued)
        self._bytes += queued.row.size
        self._last_came = now

    @property
    def is_full(self) -> bool:
        """Return whether a whole batch waits."""
        limits = self._limits
        return len(self._waiting) >= limits.most_requests or self._bytes >= limits.most_bytes

    @property
    def due_at(self) -> float:
        """Return when what waits is sent though no batch is full."""
        return self._last_came + self._limits.gather_s

    def take(self, room: float, *, alone: bool) -> list[QueuedRequest]:
        """Return the next batch that fits into `room` tokens, empty when none does.

        When it would be `alone` at the provider, the first request goes whatever the room.
        """
        count = first_chunk((queued.row for queued in self._waiting), self._limits, room)
        if count == 0 and alone:
            count = min(1, len(self._waiting))
        chunk = [self._waiting.popleft() for _ in range(count)]
        self._bytes -= sum(queued.row.size for queued in chunk)
        return chunk
