"""Client of the provider's batch service: upload, create, retrieve, download, cancel, retries."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from openai import APIError

from culture_ray.engines.openai.client import problem_of
from culture_ray.engines.openai.problems import backoff_s, decide
from culture_ray.errors import ModelStops

if TYPE_CHECKING:
    from openai import AsyncOpenAI
    from openai.types import Batch

T = TypeVar("T")

MAX_ATTEMPTS = 12
"""Failed attempts in a row after which the service counts as unavailable."""

RUN, ENTRY = "culture_ray_run", "culture_ray_entry"
"""Metadata keys of a batch: name of its run, and key of its journal record."""

_CLOCK_SKEW_S = 3600.0
"""Largest difference between the provider's clock and ours."""


class BatchRefused(Exception):
    """The service refused a request and would refuse it again; nothing was billed."""


class BatchService:
    """Batches of one account.

    Methods raise ModelStops if the service cannot be used, BatchRefused for bad input.
    """

    def __init__(self, client: AsyncOpenAI, key: str, source: str, run: str, path: str) -> None:
        self._client, self._key, self._source = client, key, source
        self._run, self._path = run, path
        self._random = random.Random()

    async def upload(self, path: Path) -> str:
        """Upload an input file; return its id."""
        file = await self._with_retries(
            lambda: self._client.files.create(file=path, purpose="batch")
        )
        return file.id

    async def create(self, key: str, file: str, since: float, *, fresh: bool) -> str:
        """Create the batch of a record, or adopt the one that an earlier attempt created.

        `since` is when the record was written; False for `fresh` means that it may exist already.
        """
        may_exist = not fresh

        async def find_or_create() -> str:
            nonlocal may_exist
            if may_exist and (found := await self._find(key, since)) is not None:
                return found
            may_exist = True
            batch = await self._client.batches.create(
                input_file_id=file,
                endpoint=self._path,  # type: ignore[arg-type]
                completion_window="24h",
                metadata={RUN: self._run[:512], ENTRY: key},
            )
            return batch.id

        return await self._with_retries(find_or_create)

    async def retrieve(self, batch: str) -> Batch:
        """Return the state of a batch."""
        return await self._with_retries(lambda: self._client.batches.retrieve(batch))

    async def download(self, file: str) -> bytes:
        """Return the content of a result file."""
        answer = await self._with_retries(lambda: self._client.files.content(file))
        return answer.content

    async def cancel(self, batch: str) -> None:
        """Cancel a batch; finished requests stay billed and can be downloaded."""
        await self._with_retries(lambda: self._client.batches.cancel(batch))

    async def _find(self, key: str, since: float) -> str | None:
        async for batch in self._client.batches.list(limit=100):
            if (batch.metadata or {}).get(ENTRY) == key:
                return batch.id
            if batch.created_at < since - _CLOCK_SKEW_S:  # newest first
                return None
        return None

    async def _with_retries(self, call: Callable[[], Awaitable[T]]) -> T:
        for attempt in range(2, MAX_ATTEMPTS + 2):
            try:
                return await call()
            except APIError as error:
                problem = problem_of(error, self._key)
            decision = decide(problem)
            if decision.act == "stop" or attempt > MAX_ATTEMPTS:
                raise ModelStops(f"{self._source} cannot be used in batches: {decision.reason}")
            if decision.act == "record":
                raise BatchRefused(decision.reason)
            wait = problem.retry_after_s
            await asyncio.sleep(backoff_s(attempt, self._random.random()) if wait is None else wait)
        raise AssertionError("the loop returns or raises")
