"""The provider's batch service: upload, create, look, download, cancel; and what may go wrong."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from openai import APIError

from culture_ray.engines.openai.client import problem_of
from culture_ray.engines.openai.problems import decide, pause_s
from culture_ray.errors import ModelStops

if TYPE_CHECKING:
    from openai import AsyncOpenAI
    from openai.types import Batch

T = TypeVar("T")

MOST_TRIES = 12
"""In a row, before the service counts as gone."""

RUN, ENTRY = "culture_ray_run", "culture_ray_entry"
"""Keys of a batch's metadata: whose it is, and which entry of the run's book."""

_CLOCKS_S = 3600.0
"""How far the provider's clock may be from ours."""


class Refused(Exception):
    """What was asked will be refused again; nothing was billed."""


class BatchService:
    """One account's batches; raises ModelStops when it cannot be used, Refused for bad input."""

    def __init__(self, client: AsyncOpenAI, key: str, source: str, run: str, path: str) -> None:
        self._client, self._key, self._source = client, key, source
        self._run, self._path = run, path
        self._chance = random.Random()

    async def upload(self, path: Path) -> str:
        """Upload an input file; return its id."""
        made = await self._trying(lambda: self._client.files.create(file=path, purpose="batch"))
        return made.id

    async def create(self, entry: str, file: str, since: float, *, fresh: bool) -> str:
        """Create the batch of an entry, or adopt the one that an earlier try has made.

        `since` is when the entry was written; a `fresh` one was never tried before.
        """
        look = not fresh

        async def once() -> str:
            nonlocal look
            if look and (found := await self._find(entry, since)) is not None:
                return found
            look = True
            made = await self._client.batches.create(
                input_file_id=file,
                endpoint=self._path,  # type: ignore[arg-type]
                completion_window="24h",
                metadata={RUN: self._run[:512], ENTRY: entry},
            )
            return made.id

        return await self._trying(once)

    async def look(self, batch: str) -> Batch:
        """Return how far a batch is."""
        return await self._trying(lambda: self._client.batches.retrieve(batch))

    async def download(self, file: str) -> bytes:
        """Return the content of a file of results."""
        answer = await self._trying(lambda: self._client.files.content(file))
        return answer.content

    async def cancel(self, batch: str) -> None:
        """Stop a batch; what is done stays done, billed, and can be downloaded."""
        await self._trying(lambda: self._client.batches.cancel(batch))

    async def _find(self, entry: str, since: float) -> str | None:
        async for batch in self._client.batches.list(limit=100):
            if (batch.metadata or {}).get(ENTRY) == entry:
                return batch.id
            if batch.created_at < since - _CLOCKS_S:  # newest first
                return None
        return None

    async def _trying(self, act: Callable[[], Awaitable[T]]) -> T:
        for attempt in range(2, MOST_TRIES + 2):
            try:
                return await act()
            except APIError as error:
                problem = problem_of(error, self._key)
            decision = decide(problem)
            if decision.act == "stop" or attempt > MOST_TRIES:
                raise ModelStops(f"{self._source} cannot be asked in batches: {decision.why}")
            if decision.act == "record":
                raise Refused(decision.why)
            wait = problem.retry_after_s
            await asyncio.sleep(pause_s(attempt, self._chance.random()) if wait is None else wait)
        raise AssertionError("the loop returns or raises")
