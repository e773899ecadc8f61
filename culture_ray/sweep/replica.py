"""One replica: an engine, the requests it has in flight, and the units it commits."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Callable, Coroutine, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from culture_ray.engines.interface import Engine, KeepsAnswers, Request, Response
from culture_ray.errors import CultureRayError, ModelStops
from culture_ray.store.shards import commit
from culture_ray.sweep.units import Task, Unit

T = TypeVar("T")


@dataclass(frozen=True)
class Counters:
    """What a replica has done since it started."""

    requests: int = 0
    output_tokens: int = 0
    in_flight: int = 0


@dataclass(frozen=True)
class UnitDone:
    """A unit that stands in the store."""

    path: Path
    rows: int
    failed: int
    """Requests without a response."""
    output_tokens: int


class Replica:
    """Runs units through one engine; the executor makes an actor of it."""

    def __init__(self, name: str, make_engine: Callable[[], Engine], log: Path) -> None:
        _redirect_output(log)
        self._name = name
        self._engine = make_engine()
        self._slots = asyncio.Semaphore(self._engine.in_flight)
        self._requests = self._tokens = self._running = 0

    async def start(self) -> str | None:
        """Load the engine; return None, or in its own words why it could not."""
        try:
            await self._engine.start()
        except CultureRayError as error:
            return str(error)
        return None

    async def run(self, unit: Unit, task: Task, attempts: int) -> UnitDone:
        """Ask every request of the unit and commit its shard; raises DiskProblem."""
        loaded = await asyncio.to_thread(task.load, unit)
        responses = await _all_of(self._ask(request) for request in loaded.requests)
        table = await asyncio.to_thread(task.table, loaded, responses, self._name, attempts)
        await asyncio.to_thread(commit, unit.path, table)
        if isinstance(self._engine, KeepsAnswers):
            self._engine.stored(r.request_id for r in loaded.requests if r is not None)
        asked = [r for r in responses if r is not None]
        return UnitDone(
            path=unit.path,
            rows=table.num_rows,
            failed=sum(r.text is None for r in asked),
            output_tokens=sum(r.output_tokens for r in asked),
        )

    async def counters(self) -> Counters:
        """Return what has been done so far."""
        return Counters(self._requests, self._tokens, self._running)

    async def close(self) -> None:
        """Free the engine's memory."""
        await self._engine.close()

    async def _ask(self, request: Request | None) -> Response | None:
        if request is None:
            return None
        async with self._slots:
            self._running += 1
            try:
                response = await self._engine.generate(request)
            finally:
                self._running -= 1
        self._requests += 1
        self._tokens += response.output_tokens
        return response


async def _all_of(asking: Iterable[Coroutine[Any, Any, T]]) -> list[T]:
    """Return what all of them return.

    Where a model stops, what is under way ends first: it is paid for.
    """
    tasks = [asyncio.create_task(one) for one in asking]
    try:
        return await asyncio.gather(*tasks)
    except ModelStops:
        await asyncio.gather(*tasks, return_exceptions=True)
        raise


def _redirect_output(log: Path) -> None:
    """Send everything this process and its children print to a file."""
    log.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    sys.stdout.flush()
    sys.stderr.flush()
    os.dup2(handle, 1)
    os.dup2(handle, 2)
    os.close(handle)
