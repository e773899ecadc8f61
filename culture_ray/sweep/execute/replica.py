"""One replica: an engine, the requests it has in flight, and the units it commits."""

from __future__ import annotations

import asyncio
import os
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pyarrow as pa

from culture_ray.engines.failures import kind_of
from culture_ray.engines.interface import CachesAnswers, CountsTokens, Engine, Request, Response
from culture_ray.errors import CultureRayError, EngineFailed, ModelStops
from culture_ray.store.claims import Claims
from culture_ray.store.parts import join_parts, keep_part, parts_folder, rows_kept
from culture_ray.store.shards import commit
from culture_ray.sweep.events import ChunkDone, Counters
from culture_ray.sweep.execute.gpu_memory import Reader, visible_gpus, wait_until_free
from culture_ray.sweep.plan.units import Loaded, Task, Unit
from culture_ray.sweep.schedule.chunks import Chunk

SENT_AT_MOST = 3
"""How often a request is sent whose failure may pass."""


@dataclass(frozen=True)
class ReplicaSettings:
    """What a replica works in."""

    run: Path
    """The run's folder."""
    log: Path | None = None
    """Where everything its process prints goes; None leaves it where it is."""
    claims: Claims | None = None
    gpu_share: float = 0.0
    """Share of its GPUs' memory that has to be free before the engine loads."""
    gpu_free_wait_s: float = 0.0
    gpu_reader: Reader = visible_gpus


class Replica:
    """Runs pieces of units through one engine; the executor makes an actor of it."""

    def __init__(
        self, name: str, make_engine: Callable[[], Engine], setting: ReplicaSettings
    ) -> None:
        if setting.log is not None:
            _redirect_output(setting.log)
        self._name, self._setting = name, setting
        self._engine = make_engine()
        self._slots = asyncio.Semaphore(self._engine.in_flight)
        self._requests = self._tokens = self._running = self._settled = 0
        self._pieces: dict[Chunk, list[asyncio.Task[list[Response | None]]]] = {}
        self._unwanted: set[Chunk] = set()

    async def gpus(self) -> str:
        """Return the GPUs this process may use; answered as soon as it has a place."""
        return os.environ.get("CUDA_VISIBLE_DEVICES", "")

    async def start(self, *gates: None) -> str | None:
        """Load the engine; return None, or in its own words why it could not."""
        setting = self._setting
        try:
            if setting.gpu_share:
                await asyncio.to_thread(
                    wait_until_free, setting.gpu_reader, setting.gpu_share, setting.gpu_free_wait_s
                )
            await self._engine.start()
        except CultureRayError as error:
            return str(error)
        return None

    async def run(self, unit: Unit, piece: Chunk, task: Task, attempts: int) -> ChunkDone:
        """Ask what is left of a piece and commit it; raises DiskProblem, EngineFailed
        and ModelStops.

        When it is cancelled, or its engine dies, the rows that are done are kept as a part.
        """
        try:
            if not await asyncio.to_thread(self._take, unit):
                return ChunkDone(elsewhere=True)
            loaded = await asyncio.to_thread(task.load, unit)
            folder = parts_folder(self._setting.run, unit.path)
            schema = task.schema
            kept = await asyncio.to_thread(rows_kept, folder, schema) if folder.exists() else ()
            rows = [r for r in range(piece.start, piece.start + piece.size) if r not in kept]
            answers, error = await self._ask_all(piece, loaded, rows)
            if piece in self._unwanted:
                return ChunkDone(complete=False)
            done = [row for row, answer in zip(rows, answers, strict=True) if answer is not None]
            responses = [r for answer in answers if answer is not None for r in answer]
            whole = len(done) == unit.size
            if done:
                table = await asyncio.to_thread(
                    task.table, loaded.some(done), responses, self._name, attempts
                )
                if whole:
                    await asyncio.to_thread(commit, unit.path, table)
                else:
                    await asyncio.to_thread(keep_part, folder, table, done)
            if isinstance(self._engine, CachesAnswers):
                self._engine.stored([r.request_id for r in responses if r is not None])
            if not whole:
                await asyncio.to_thread(join_parts, folder, unit.path, schema, unit.size)
            if error is not None:
                raise error
            asked = [r for r in responses if r is not None]
            return ChunkDone(
                rows=len(done),
                failures=_by_kind(asked),
                unparsable=_unparsable(table) if done else 0,
                output_tokens=sum(r.output_tokens for r in asked),
                complete=len(done) == len(rows),
            )
        finally:
            self._settled += piece.size
            self._unwanted.discard(piece)
            await asyncio.to_thread(self._give_back, unit)

    async def cancel(self, piece: Chunk) -> None:
        """Forget a piece: another replica has committed it."""
        self._unwanted.add(piece)
        for one in self._pieces.get(piece, ()):
            one.cancel()

    async def drain(self) -> None:
        """Let every piece end with what is answered."""
        for tasks in self._pieces.values():
            for one in tasks:
                one.cancel()

    async def counters(self) -> Counters:
        """Return what has been done so far."""
        tells = isinstance(self._engine, CountsTokens)
        life = self._engine.tokens_so_far if tells else self._requests  # type: ignore[attr-defined]
        settled = self._settled + sum(
            sum(one.done() for one in tasks) for tasks in self._pieces.values()
        )
        return Counters(self._requests, self._tokens, self._running, settled, life)

    async def close(self) -> None:
        """Free the engine's memory."""
        await self._engine.close()

    def _take(self, unit: Unit) -> bool:
        claims = self._setting.claims
        return (claims is None or claims.take(str(unit.path))) and not unit.path.exists()

    def _give_back(self, unit: Unit) -> None:
        if self._setting.claims is not None:
            self._setting.claims.release(str(unit.path))

    async def _ask_all(
        self, piece: Chunk, loaded: Loaded, rows: Sequence[int]
    ) -> tuple[list[list[Response | None] | None], EngineFailed | ModelStops | None]:
        """Return each row's responses, None for a row that was cut off, and what cut it off."""
        requests = loaded.by_row()
        tasks = [asyncio.create_task(self._ask_row(requests[row])) for row in rows]
        self._pieces[piece] = tasks
        if tasks:
            ended, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_EXCEPTION)
            if any(not t.cancelled() and isinstance(t.exception(), ModelStops) for t in ended):
                await asyncio.wait(tasks)  # what is under way is paid for: it ends first
        for one in tasks:
            one.cancel()
        ends = await asyncio.gather(*tasks, return_exceptions=True)
        del self._pieces[piece]
        answers: list[list[Response | None] | None] = []
        failed: EngineFailed | ModelStops | None = None
        for end in ends:
            if isinstance(end, (EngineFailed, ModelStops)):
                failed = end
            elif isinstance(end, BaseException) and not isinstance(end, asyncio.CancelledError):
                raise end
            answers.append(None if isinstance(end, BaseException) else end)
        return answers, failed

    async def _ask_row(self, requests: Sequence[Request | None]) -> list[Response | None]:
        return list(await asyncio.gather(*(self._ask(request) for request in requests)))

    async def _ask(self, request: Request | None) -> Response | None:
        if request is None:
            return None
        async with self._slots:
            self._running += 1
            try:
                response = await self._engine.generate(request)
                for sent in range(2, SENT_AT_MOST + 1):
                    if not response.transient:
                        break
                    again = await self._engine.generate(request)
                    response = replace(again, attempts=sent)
            finally:
                self._running -= 1
        self._requests += 1
        self._tokens += response.output_tokens
        return response


def record_failed(
    run: Path, unit: Unit, piece: Chunk, task: Task, attempts: int, why: str
) -> ChunkDone:
    """Record the requests of a piece as failed, without an engine, for the reason `why`."""
    loaded = task.load(unit)
    folder = parts_folder(run, unit.path)
    kept = rows_kept(folder, task.schema)
    rows = [row for row in range(piece.start, piece.start + piece.size) if row not in kept]
    mine = loaded.some(rows)
    responses = [
        None if r is None else Response(r.request_id, None, "error", failure=why)
        for r in mine.requests
    ]
    table = task.table(mine, responses, "none", attempts)
    if len(rows) == unit.size:
        commit(unit.path, table)
    else:
        keep_part(folder, table, rows)
        join_parts(folder, unit.path, task.schema, unit.size)
    return ChunkDone(len(rows), _by_kind([r for r in responses if r is not None]))


def _by_kind(responses: Sequence[Response]) -> dict[str, int]:
    return Counter(kind_of(r.failure or "") for r in responses if r.text is None)


def _unparsable(table: pa.Table) -> int:
    if "status" not in table.column_names:
        return 0
    return table.column("status").to_pylist().count("unparsable")


def _redirect_output(log: Path) -> None:
    """Send everything this process and its children print to a file."""
    log.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    sys.stdout.flush()
    sys.stderr.flush()
    os.dup2(handle, 1)
    os.dup2(handle, 2)
    os.close(handle)
