"""Replica: an engine, the requests it has in flight, and the chunks it commits."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pyarrow as pa

from culture_ray.engines.interface import CachesAnswers, CountsTokens, Engine, Request, Response
from culture_ray.errors import CultureRayError, EngineFailed, ModelStops
from culture_ray.redaction.streams import scrub_output
from culture_ray.store.claims import Claims
from culture_ray.sweep.events import ChunkDone, Counters
from culture_ray.sweep.execute.chunk_store import ChunkStore, failures_by_kind
from culture_ray.sweep.execute.gpu_memory import (
    GpuReader,
    visible_devices,
    visible_gpus,
    wait_until_free,
)
from culture_ray.sweep.plan.units import Loaded, Task, Unit
from culture_ray.sweep.schedule.chunks import Chunk

MAX_ATTEMPTS = 3
"""Times that a request is sent at most, if its failures are transient."""


@dataclass(frozen=True)
class ReplicaSettings:
    """Settings of a replica: the run's folder, its log, claims, and limits on GPU memory."""

    run: Path
    """The run's folder."""
    log: Path | None = None
    """File for everything its process prints; None leaves the output where it is."""
    claims: Claims | None = None
    gpu_share: float = 0.0
    """Share of its GPUs' memory that has to be free before the engine loads."""
    gpu_free_wait_s: float = 0.0
    gpu_reader: GpuReader = visible_gpus


class Replica:
    """Runner of chunks through one engine; the executor makes an actor of it."""

    def __init__(
        self, name: str, make_engine: Callable[[], Engine], settings: ReplicaSettings
    ) -> None:
        if settings.log is not None:
            _redirect_output(settings.log)
        self._name, self._settings = name, settings
        self._engine = make_engine()
        self._slots = asyncio.Semaphore(self._engine.in_flight)
        self._requests = self._tokens = self._in_flight = self._settled = 0
        self._running: dict[Chunk, list[asyncio.Task[list[Response | None]]]] = {}
        self._cancelled: set[Chunk] = set()
        self._storing: dict[Chunk, int] = {}
        """Answered rows of chunks that are being committed."""

    async def gpus(self) -> str:
        """Return the GPUs this process may use; answered as soon as it has a place."""
        return ",".join(visible_devices(os.environ))

    async def start(self, *gates: None) -> str | None:
        """Load the engine; return None, or the engine's own message if it cannot start."""
        settings = self._settings
        try:
            if settings.gpu_share:
                await asyncio.to_thread(
                    wait_until_free,
                    settings.gpu_reader,
                    settings.gpu_share,
                    settings.gpu_free_wait_s,
                )
            await self._engine.start()
        except CultureRayError as error:
            return str(error)
        return None

    async def run(self, unit: Unit, chunk: Chunk, task: Task, attempts: int) -> ChunkDone:
        """Send the requests of a chunk that are left, and commit their rows.

        When it is stopped, or its engine dies, the rows that are done are kept as a part. Raises
        DiskProblem, EngineFailed and ModelStops.
        """
        try:
            if not await asyncio.to_thread(self._claim, unit):
                return ChunkDone(claimed_elsewhere=True)
            loaded = (await asyncio.to_thread(task.load, unit)).through(unit.adapter)
            store = ChunkStore(self._settings.run, unit, task.schema)
            rows = await asyncio.to_thread(store.missing_rows, chunk)
            answers, error = await self._generate_all(chunk, loaded, rows)
            if chunk in self._cancelled:
                return ChunkDone(complete=False)
            done = [row for row, answer in zip(rows, answers, strict=True) if answer is not None]
            responses = [r for answer in answers if answer is not None for r in answer]
            self._storing[chunk] = len(done)
            if done:
                table = await asyncio.to_thread(
                    task.table, loaded.subset(done), responses, self._name, attempts
                )
                await asyncio.to_thread(store.commit_rows, table, done)
            received = [r for r in responses if r is not None]
            if isinstance(self._engine, CachesAnswers):
                self._engine.stored([r.request_id for r in received])
            if len(done) < unit.size:
                await asyncio.to_thread(store.join)
            if error is not None:
                raise error
            return ChunkDone(
                rows=len(done),
                failures=failures_by_kind(received),
                unparsable=_count_unparsable(table) if done else 0,
                output_tokens=sum(r.output_tokens for r in received),
                complete=len(done) == len(rows),
            )
        finally:
            self._settled += chunk.size
            self._storing.pop(chunk, None)
            self._cancelled.discard(chunk)
            await asyncio.to_thread(self._release_claim, unit)

    async def cancel(self, chunk: Chunk) -> None:
        """Drop a chunk that another replica has committed."""
        self._cancelled.add(chunk)
        for row in self._running.get(chunk, ()):
            row.cancel()

    async def commit_answered(self) -> None:
        """Stop all chunks, and commit the rows that are answered."""
        for rows in self._running.values():
            for row in rows:
                row.cancel()

    async def counters(self) -> Counters:
        """Return the counts of everything done so far."""
        counts = isinstance(self._engine, CountsTokens)
        life = self._engine.tokens_so_far if counts else self._requests  # type: ignore[attr-defined]
        settled = self._settled + sum(
            sum(row.done() for row in rows) for rows in self._running.values()
        )
        unstored = sum(self._storing.values()) + sum(
            sum(_is_answered(row) for row in rows) for rows in self._running.values()
        )
        return Counters(self._requests, self._tokens, self._in_flight, settled, life, unstored)

    async def close(self) -> None:
        """Free the engine's memory."""
        await self._engine.close()

    def _claim(self, unit: Unit) -> bool:
        claims = self._settings.claims
        return (claims is None or claims.take(str(unit.path))) and not unit.path.exists()

    def _release_claim(self, unit: Unit) -> None:
        if self._settings.claims is not None:
            self._settings.claims.release(str(unit.path))

    async def _generate_all(
        self, chunk: Chunk, loaded: Loaded, rows: Sequence[int]
    ) -> tuple[list[list[Response | None] | None], EngineFailed | ModelStops | None]:
        """Return each row's responses, None for a row that was cut off, and the error if any."""
        requests = loaded.by_row()
        tasks = [asyncio.create_task(self._generate_row(requests[row])) for row in rows]
        self._running[chunk] = tasks
        if tasks:
            ended, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_EXCEPTION)
            if any(not t.cancelled() and isinstance(t.exception(), ModelStops) for t in ended):
                await asyncio.wait(tasks)  # requests in flight are paid for: they finish first
        for task in tasks:
            task.cancel()
        results = await asyncio.gather(*tasks, return_exceptions=True)
        del self._running[chunk]
        answers: list[list[Response | None] | None] = []
        error: EngineFailed | ModelStops | None = None
        for result in results:
            if isinstance(result, (EngineFailed, ModelStops)):
                error = result
            elif isinstance(result, BaseException) and not isinstance(
                result, asyncio.CancelledError
            ):
                raise result
            answers.append(None if isinstance(result, BaseException) else result)
        return answers, error

    async def _generate_row(self, requests: Sequence[Request | None]) -> list[Response | None]:
        return list(await asyncio.gather(*(self._generate(request) for request in requests)))

    async def _generate(self, request: Request | None) -> Response | None:
        if request is None:
            return None
        async with self._slots:
            self._in_flight += 1
            try:
                response = await self._engine.generate(request)
                for attempt in range(2, MAX_ATTEMPTS + 1):
                    if not response.transient:
                        break
                    response = replace(await self._engine.generate(request), attempts=attempt)
            finally:
                self._in_flight -= 1
        self._requests += 1
        self._tokens += response.output_tokens
        return response


def _is_answered(row: asyncio.Task[list[Response | None]]) -> bool:
    return row.done() and not row.cancelled() and row.exception() is None


def _count_unparsable(table: pa.Table) -> int:
    if "status" not in table.column_names:
        return 0
    return table.column("status").to_pylist().count("unparsable")


def _redirect_output(log: Path) -> None:
    """Redirect everything that this process and its children print to a file."""
    log.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    sys.stdout.flush()
    sys.stderr.flush()
    os.dup2(handle, 1)
    os.dup2(handle, 2)
    os.close(handle)
    scrub_output()
