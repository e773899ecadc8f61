"""The OpenAI batch engine: half the price, within a day, behind the same interface.

`generate` waits for a result that a submitted batch delivers. A batch is written into the book
before it is uploaded; a later session takes every batch up where it stands, so that none is paid
twice. An answer stays in the book: whoever asks for it again gets it from there.
"""

from __future__ import annotations

import asyncio
import contextlib
import math
import time
from collections import OrderedDict
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from culture_ray.engines.interface import Request, Response
from culture_ray.engines.model import Model
from culture_ray.engines.openai.batch.chunks import row_of
from culture_ray.engines.openai.batch.journal import BatchJournal, BatchRecord, BatchRequest
from culture_ray.engines.openai.batch.outcomes import (
    Row,
    answer_of,
    outcome_of,
    settle,
    was_cancelled,
)
from culture_ray.engines.openai.batch.queue import BatchQueue, PendingRequest, QueuedRequest
from culture_ray.engines.openai.batch.service import BatchService, Refused
from culture_ray.engines.openai.body import PATHS, ask_of, body_of
from culture_ray.engines.openai.client import client_of
from culture_ray.engines.openai.parsing import ParsedAnswer, nothing
from culture_ray.errors import ModelStops
from culture_ray.spending.account import Account

if TYPE_CHECKING:
    from openai import AsyncOpenAI
    from openai.types import Batch

_NO_ROOM = "token_limit_exceeded"
"""The provider's word for too many input tokens in unfinished batches."""

_LOADED = 3
"""Batches of earlier sessions whose answers are in memory at once."""


class OpenAiBatchEngine:
    """One account's batches for one model of one run."""

    def __init__(self, model: Model, account: Account, folder: Path, run: str) -> None:
        self._model, self._api, self._account, self._run = model, model.api, account, run
        self._path = PATHS[model.api.form]
        self._limits = model.api.batching
        self._book = BatchJournal(folder)
        self._client: AsyncOpenAI | None = None
        self._queue = BatchQueue(self._limits)
        self._wanted: dict[str, PendingRequest] = {}
        """By request id: all that somebody waits for, queued or in an open batch."""
        self._open: dict[str, BatchRecord] = {}
        self._entry_of: dict[str, BatchRecord] = {}
        """By request id: the latest batch that has it."""
        self._loaded: OrderedDict[str, asyncio.Task[dict[str, tuple[BatchRequest, Row | None]]]]
        self._loaded = OrderedDict()
        self._capped: list[tuple[PendingRequest, ModelStops]] = []
        self._most_tokens: float = self._limits.enqueued_tokens or math.inf
        self._news = asyncio.Event()
        self._loop: asyncio.Task[None] | None = None
        self.in_flight = model.at_once

    async def start(self) -> None:
        """Open the book and take its batches up.

        Raises MissingKey, EngineFailed when another process has the book, DiskProblem.
        """
        key = self._api.key(self._model.source)
        self._client = client_of(self._api, key, 8)
        self._service = BatchService(self._client, key, self._model.source, self._run, self._path)
        for entry in await asyncio.to_thread(self._book.open):
            if entry.state == "open":
                self._open[entry.key] = entry
            if entry.state != "refused":
                self._entry_of.update((line.request_id, entry) for line in entry.lines)
        self._loop = asyncio.create_task(self._work())

    async def generate(self, request: Request) -> Response:
        """Return the response once a batch has delivered it; it may take a day.

        Raises ModelStops when no request of this model can work any more.
        """
        if self._loop is None or self._loop.done():
            raise ModelStops(f"{self._model.source} is not asked any more")
        if (before := self._wanted.get(request.request_id)) is not None:
            return await asyncio.shield(before.answer)
        answer: asyncio.Future[Response] = asyncio.get_running_loop().create_future()
        wanted = PendingRequest(request, answer, time.monotonic())
        self._wanted[request.request_id] = wanted
        entry = self._entry_of.get(request.request_id)
        if entry is None:
            self._enqueue(wanted)
        elif entry.key not in self._open:
            try:
                await self._from_book(wanted, entry)
            except BaseException:
                self._wanted.pop(request.request_id, None)
                raise
        return await answer

    async def cancel(self) -> None:
        """Ask the provider to stop every open batch; what is done of them still comes."""
        for entry in self._open.values():
            if entry.batch is not None:
                await self._service.cancel(entry.batch)

    async def close(self) -> None:
        """Leave batches to the provider and the book to the next session."""
        if self._loop is not None:
            self._loop.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._loop
        if self._client is not None:
            await self._client.close()
        await self._account.close()
        self._book.close()

    # --- the loop

    async def _work(self) -> None:
        try:
            for entry in list(self._open.values()):
                await self._bring(entry, fresh=False)
            look_at = 0.0
            while True:
                await self._send_what_is_due()
                if time.monotonic() >= look_at:
                    for entry in list(self._open.values()):
                        await self._look(entry)
                    look_at = time.monotonic() + self._limits.poll_s
                self._tell_capped()
                await self._rest(look_at)
        except asyncio.CancelledError:
            self._fail_all(ModelStops(f"{self._model.source} is not asked any more"))
            raise
        except Exception as error:  # it reaches whoever waits, and through them the run
            self._fail_all(error)

    async def _rest(self, look_at: float) -> None:
        until = min(look_at, self._queue.due_at) if self._queue else look_at
        self._news.clear()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(max(0.01, until - time.monotonic())):
                await self._news.wait()

    def _fail_all(self, error: Exception) -> None:
        for wanted in self._wanted.values():
            wanted.fail(error)
        self._wanted.clear()

    def _tell_capped(self) -> None:
        """Say that the cap is reached once nothing that is paid is on its way any more."""
        if not self._open:
            for wanted, error in self._capped:
                del self._wanted[wanted.request.request_id]
                wanted.fail(error)
            self._capped.clear()

    # --- sending

    def _enqueue(self, wanted: PendingRequest) -> None:
        body = body_of(wanted.request, self._model.source, self._api, unread=wanted.unread)
        body.pop("service_tier", None)
        row = row_of(wanted.request.request_id, self._path, body)
        self._wanted[wanted.request.request_id] = wanted
        self._queue.add(QueuedRequest(wanted, body, row), time.monotonic())
        if len(self._queue) == 1 or self._queue.is_full:
            self._news.set()

    async def _send_what_is_due(self) -> None:
        while self._queue and (self._queue.is_full or time.monotonic() >= self._queue.due_at):
            room = self._most_tokens - sum(entry.tokens for entry in self._open.values())
            chunk = self._queue.take(room, alone=not self._open)
            if not chunk:
                return
            await self._send(chunk)

    async def _send(self, chunk: list[QueuedRequest]) -> None:
        tickets = await asyncio.gather(
            *(self._reserve(queued) for queued in chunk), return_exceptions=True
        )
        lines, texts, tokens = [], [], 0
        for queued, ticket in zip(chunk, tickets, strict=True):
            if isinstance(ticket, ModelStops):
                self._capped.append((queued.wanted, ticket))
            elif isinstance(ticket, BaseException):
                raise ticket
            else:
                wanted = queued.wanted
                line = BatchRequest(
                    wanted.request.request_id, wanted.attempt, ticket, wanted.unread
                )
                lines.append(line)
                texts.append(queued.row.text)
                tokens += queued.row.tokens
        if lines:
            entry = await asyncio.to_thread(self._book.intend, lines, texts, tokens)
            self._open[entry.key] = entry
            self._entry_of.update((line.request_id, entry) for line in lines)
            await self._bring(entry, fresh=True)

    async def _reserve(self, queued: QueuedRequest) -> str:
        request, attempt = queued.wanted.request, queued.wanted.attempt
        return await self._account.reserve(
            ask_of(request, queued.body, attempt, "batch", limited=False)
        )

    async def _bring(self, entry: BatchRecord, *, fresh: bool) -> None:
        """Upload and create what of an entry is not yet at the provider."""
        try:
            if entry.file is None:
                file = await self._service.upload(self._book.input_of(entry))
                entry, fresh = await self._note(entry, file=file), True
            if entry.batch is None and entry.file is not None:
                batch = await self._service.create(
                    entry.key, entry.file, entry.created, fresh=fresh
                )
                await self._note(entry, batch=batch)
        except Refused as refused:
            await self._refuse(entry, str(refused))

    # --- what comes back

    async def _look(self, entry: BatchRecord) -> None:
        if entry.batch is None:
            return
        batch = await self._service.look(entry.batch)
        if batch.status == "failed":
            await self._failed(entry, batch)
        elif batch.status in ("completed", "expired", "cancelled"):
            for kind, file in (("output", batch.output_file_id), ("errors", batch.error_file_id)):
                if file:
                    content = await self._service.download(file)
                    await asyncio.to_thread(self._book.keep, entry, kind, content)
            await self._end(entry, batch.status)

    async def _failed(self, entry: BatchRecord, batch: Batch) -> None:
        errors = (batch.errors.data if batch.errors else None) or []
        if not any(error.code == _NO_ROOM for error in errors):
            words = "; ".join(f"{e.code}: {e.message}" for e in errors[:3]) or "no reason given"
            await self._refuse(entry, f"the batch failed: {words}")
            return
        others = sum(one.tokens for one in self._open.values()) - entry.tokens
        self._most_tokens = min(self._most_tokens, max(others, entry.tokens // 2, 1))
        again = await self._withdraw(entry, _NO_ROOM)
        if not others:
            await asyncio.sleep(self._limits.poll_s)
        for wanted, line in again:
            self._enqueue(replace(wanted, attempt=line.attempt, unread=line.unread))

    async def _refuse(self, entry: BatchRecord, why: str) -> None:
        """Record every request of a batch that the provider does not take."""
        for wanted, _ in await self._withdraw(entry, why):
            wanted.give(nothing(wanted.request, why), time.monotonic(), None)

    async def _withdraw(
        self, entry: BatchRecord, why: str
    ) -> list[tuple[PendingRequest, BatchRequest]]:
        """Forget a batch that never ran; return who waited for it."""
        await asyncio.gather(*(self._account.void(line.ticket, why) for line in entry.lines))
        await asyncio.to_thread(self._book.note, entry, state="refused", why=why)
        del self._open[entry.key]
        for line in entry.lines:
            self._entry_of.pop(line.request_id, None)
        found = ((self._wanted.pop(line.request_id, None), line) for line in entry.lines)
        return [(wanted, line) for wanted, line in found if wanted is not None]

    async def _end(self, entry: BatchRecord, status: str) -> None:
        """Settle a batch, note its end, and hand its answers out."""
        rows = await asyncio.to_thread(self._rows, entry)
        dollars = await asyncio.gather(
            *(settle(self._account, line, row) for line, row in rows.values())
        )
        ended = await asyncio.to_thread(self._book.note, entry, state="ended", why=status)
        del self._open[entry.key]
        for (line, row), paid in zip(rows.values(), dollars, strict=True):
            self._entry_of[line.request_id] = ended
            wanted = self._wanted.pop(line.request_id, None)
            if wanted is None:
                continue
            if was_cancelled(row):
                words = f"batch {entry.batch} was cancelled; the same command asks the rest"
                wanted.fail(ModelStops(f"{self._model.source}: {words}"))
            else:
                self._deliver(wanted, line, row, paid)

    async def _from_book(self, wanted: PendingRequest, entry: BatchRecord) -> None:
        """Answer from a batch that has ended, mostly in an earlier session."""
        if entry.key not in self._loaded:
            self._loaded[entry.key] = asyncio.create_task(asyncio.to_thread(self._rows, entry))
            while len(self._loaded) > _LOADED:
                self._loaded.popitem(last=False)
        line, row = (await self._loaded[entry.key])[wanted.request.request_id]
        paid = await settle(self._account, line, row)
        del self._wanted[line.request_id]
        self._deliver(wanted, line, row, paid)

    def _deliver(
        self, wanted: PendingRequest, line: BatchRequest, row: Row | None, paid: float | None
    ) -> None:
        """Hand an answer out, or ask again where that may help."""
        response = answer_of(wanted.request, line, row, self._api.attempts)
        if response is None:
            unread = line.unread + isinstance(outcome_of(row, wanted.request), ParsedAnswer)
            self._enqueue(replace(wanted, attempt=line.attempt + 1, unread=unread))
        else:
            wanted.give(response, time.monotonic(), paid)

    def _rows(self, entry: BatchRecord) -> dict[str, tuple[BatchRequest, Row | None]]:
        found = {row["custom_id"]: row for row in self._book.rows(entry)}
        return {line.request_id: (line, found.get(line.request_id)) for line in entry.lines}

    async def _note(self, entry: BatchRecord, **changes: Any) -> BatchRecord:
        noted = await asyncio.to_thread(self._book.note, entry, **changes)
        self._open[entry.key] = noted
        return noted
