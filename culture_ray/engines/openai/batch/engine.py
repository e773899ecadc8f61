"""Engine for the OpenAI Batch API: half the price, within a day, behind the same interface.

`generate` waits for a result that a submitted batch delivers. A batch is written to the journal
before it is uploaded; a later session resumes every batch where it stands, so that none is paid for
twice. Answers stay in the journal and serve repeated requests.
"""

from __future__ import annotations

import asyncio
import contextlib
import math
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from culture_ray.engines.interface import Request, Response
from culture_ray.engines.model import Model
from culture_ray.engines.openai.batch.chunks import row_of
from culture_ray.engines.openai.batch.index import BatchIndex
from culture_ray.engines.openai.batch.journal import BatchRecord, BatchRequest
from culture_ray.engines.openai.batch.outcomes import (
    Row,
    outcome_of,
    response_to,
    settle,
    was_cancelled,
)
from culture_ray.engines.openai.batch.queue import BatchQueue, PendingRequest, QueuedRequest
from culture_ray.engines.openai.batch.service import BatchRefused, BatchService
from culture_ray.engines.openai.body import PATHS, request_body, usage_bound
from culture_ray.engines.openai.client import openai_client
from culture_ray.engines.openai.parsing import ParsedAnswer, failed_response
from culture_ray.errors import ModelStops
from culture_ray.spending.account import Account

if TYPE_CHECKING:
    from openai import AsyncOpenAI
    from openai.types import Batch

_TOKEN_LIMIT = "token_limit_exceeded"
"""Error code for too many input tokens in unfinished batches."""


class OpenAiBatchEngine:
    """Batches of one model in one run."""

    def __init__(self, model: Model, account: Account, folder: Path, run: str) -> None:
        self._model, self._api, self._account, self._run = model, model.api, account, run
        self._path = PATHS[model.api.form]
        self._limits = model.api.batching
        self._batches = BatchIndex(folder)
        self._client: AsyncOpenAI | None = None
        self._queue = BatchQueue(self._limits)
        self._pending: dict[str, PendingRequest] = {}
        """By request id: every request that is waited for, queued or in an open batch."""
        self._capped: list[tuple[PendingRequest, ModelStops]] = []
        self._max_tokens: float = self._limits.enqueued_tokens or math.inf
        self._wake = asyncio.Event()
        self._loop: asyncio.Task[None] | None = None
        self.in_flight = model.at_once

    async def start(self) -> None:
        """Open the journal and resume its batches.

        Raises MissingKey, EngineFailed if another process has the journal open, DiskProblem.
        """
        key = self._api.key(self._model.source)
        self._client = openai_client(self._api, key, 8)
        self._service = BatchService(self._client, key, self._model.source, self._run, self._path)
        await self._batches.open()
        self._loop = asyncio.create_task(self._work())

    async def generate(self, request: Request) -> Response:
        """Return the response once a batch has delivered it; this may take a day.

        Raises ModelStops if no request to this model can succeed any more.
        """
        if self._loop is None or self._loop.done():
            raise ModelStops(f"{self._model.source}: the batch engine is closed")
        if (earlier := self._pending.get(request.request_id)) is not None:
            return await asyncio.shield(earlier.response)
        response: asyncio.Future[Response] = asyncio.get_running_loop().create_future()
        pending = PendingRequest(request, response, time.monotonic())
        self._pending[request.request_id] = pending
        record = self._batches.find(request.request_id)
        if record is None:
            self._enqueue(pending)
        elif not self._batches.is_open(record):
            try:
                await self._answer_from_journal(pending, record)
            except BaseException:
                self._pending.pop(request.request_id, None)
                raise
        return await response

    async def cancel(self) -> None:
        """Ask the provider to cancel every open batch; finished requests are still delivered."""
        for record in self._batches.open_batches:
            if record.batch is not None:
                await self._service.cancel(record.batch)

    async def close(self) -> None:
        """Stop; open batches continue at the provider, and the next session resumes them."""
        if self._loop is not None:
            self._loop.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._loop
        if self._client is not None:
            await self._client.close()
        await self._account.close()
        self._batches.close()

    # --- the loop

    async def _work(self) -> None:
        try:
            for record in self._batches.open_batches:
                await self._submit(record, fresh=False)
            next_poll = 0.0
            while True:
                await self._send_due()
                if time.monotonic() >= next_poll:
                    for record in self._batches.open_batches:
                        await self._poll(record)
                    next_poll = time.monotonic() + self._limits.poll_s
                self._fail_capped()
                await self._sleep_until(next_poll)
        except asyncio.CancelledError:
            self._fail_all(ModelStops(f"{self._model.source}: the batch engine is closed"))
            raise
        except Exception as error:  # it reaches the callers of generate, and through them the run
            self._fail_all(error)

    async def _sleep_until(self, next_poll: float) -> None:
        until = min(next_poll, self._queue.due_at) if self._queue else next_poll
        self._wake.clear()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(max(0.01, until - time.monotonic())):
                await self._wake.wait()

    def _fail_all(self, error: Exception) -> None:
        for pending in self._pending.values():
            pending.fail(error)
        self._pending.clear()

    def _fail_capped(self) -> None:
        """Report that the cap is reached, once no paid batch is open any more."""
        if not self._batches.open_batches:
            for pending, error in self._capped:
                del self._pending[pending.request.request_id]
                pending.fail(error)
            self._capped.clear()

    # --- sending

    def _enqueue(self, pending: PendingRequest) -> None:
        body = request_body(
            pending.request, self._model.source, self._api, unreadable=pending.unreadable
        )
        body.pop("service_tier", None)
        row = row_of(pending.request.request_id, self._path, body)
        self._pending[pending.request.request_id] = pending
        self._queue.add(QueuedRequest(pending, body, row), time.monotonic())
        if len(self._queue) == 1 or self._queue.is_full:
            self._wake.set()

    async def _send_due(self) -> None:
        while self._queue and (self._queue.is_full or time.monotonic() >= self._queue.due_at):
            room = self._max_tokens - self._batches.enqueued_tokens
            chunk = self._queue.take(room, alone=not self._batches.open_batches)
            if not chunk:
                return
            await self._send(chunk)

    async def _send(self, chunk: list[QueuedRequest]) -> None:
        tickets = await asyncio.gather(
            *(self._reserve(queued) for queued in chunk), return_exceptions=True
        )
        requests, texts, tokens = [], [], 0
        for queued, ticket in zip(chunk, tickets, strict=True):
            pending = queued.pending
            if isinstance(ticket, ModelStops):
                self._capped.append((pending, ticket))
            elif isinstance(ticket, BaseException):
                raise ticket
            else:
                request_id = pending.request.request_id
                requests.append(
                    BatchRequest(request_id, pending.attempt, ticket, pending.unreadable)
                )
                texts.append(queued.row.text)
                tokens += queued.row.tokens
        if requests:
            record = await self._batches.add(requests, texts, tokens)
            await self._submit(record, fresh=True)

    async def _reserve(self, queued: QueuedRequest) -> str:
        request, attempt = queued.pending.request, queued.pending.attempt
        return await self._account.reserve(
            usage_bound(request, queued.body, attempt, "batch", limited=False)
        )

    async def _submit(self, record: BatchRecord, *, fresh: bool) -> None:
        """Upload the file and create the batch, as far as that has not been done yet."""
        try:
            if record.file is None:
                file = await self._service.upload(self._batches.input_path(record))
                record, fresh = await self._batches.update(record, file=file), True
            if record.batch is None and record.file is not None:
                batch = await self._service.create(
                    record.key, record.file, record.created, fresh=fresh
                )
                await self._batches.update(record, batch=batch)
        except BatchRefused as refused:
            await self._refuse(record, str(refused))

    # --- receiving

    async def _poll(self, record: BatchRecord) -> None:
        if record.batch is None:
            return
        batch = await self._service.retrieve(record.batch)
        if batch.status == "failed":
            await self._handle_failed(record, batch)
        elif batch.status in ("completed", "expired", "cancelled"):
            for kind, file in (("output", batch.output_file_id), ("errors", batch.error_file_id)):
                if file:
                    content = await self._service.download(file)
                    await self._batches.write_results(record, kind, content)
            await self._end(record, batch.status)

    async def _handle_failed(self, record: BatchRecord, batch: Batch) -> None:
        errors = (batch.errors.data if batch.errors else None) or []
        if not any(error.code == _TOKEN_LIMIT for error in errors):
            words = "; ".join(f"{e.code}: {e.message}" for e in errors[:3]) or "no reason given"
            await self._refuse(record, f"the batch failed: {words}")
            return
        other_tokens = self._batches.enqueued_tokens - record.tokens
        self._max_tokens = min(self._max_tokens, max(other_tokens, record.tokens // 2, 1))
        withdrawn = await self._withdraw(record, _TOKEN_LIMIT)
        if not other_tokens:
            await asyncio.sleep(self._limits.poll_s)
        for pending, request in withdrawn:
            self._enqueue(replace(pending, attempt=request.attempt, unreadable=request.unread))

    async def _refuse(self, record: BatchRecord, reason: str) -> None:
        """Fail every request of a batch that the provider refuses."""
        for pending, _ in await self._withdraw(record, reason):
            response = failed_response(pending.request, reason)
            pending.resolve(response, time.monotonic(), None)

    async def _withdraw(
        self, record: BatchRecord, reason: str
    ) -> list[tuple[PendingRequest, BatchRequest]]:
        """Void a batch that never ran; return its requests that are waited for."""
        await asyncio.gather(*(self._account.void(r.ticket, reason) for r in record.lines))
        await self._batches.refuse(record, reason)
        pairs = ((self._pending.pop(r.request_id, None), r) for r in record.lines)
        return [(pending, request) for pending, request in pairs if pending is not None]

    async def _end(self, record: BatchRecord, status: str) -> None:
        """Settle a batch, record its end, and deliver its answers."""
        results = await self._batches.read_results(record)
        dollars = await asyncio.gather(
            *(settle(self._account, request, row) for request, row in results.values())
        )
        await self._batches.end(record, status)
        for (request, row), cost in zip(results.values(), dollars, strict=True):
            pending = self._pending.pop(request.request_id, None)
            if pending is None:
                continue
            if was_cancelled(row):
                words = f"batch {record.batch} was cancelled; run the same command to send the rest"
                pending.fail(ModelStops(f"{self._model.source}: {words}"))
            else:
                self._deliver(pending, request, row, cost)

    async def _answer_from_journal(self, pending: PendingRequest, record: BatchRecord) -> None:
        """Answer from a batch that has ended, mostly in an earlier session."""
        results = await self._batches.cached_results(record)
        request, row = results[pending.request.request_id]
        cost = await settle(self._account, request, row)
        del self._pending[request.request_id]
        self._deliver(pending, request, row, cost)

    def _deliver(
        self, pending: PendingRequest, request: BatchRequest, row: Row | None, cost: float | None
    ) -> None:
        """Deliver the response, or enqueue the request again where that may help."""
        response = response_to(pending.request, request, row, self._api.attempts)
        if response is None:
            answered = isinstance(outcome_of(row, pending.request), ParsedAnswer)
            unreadable = request.unread + answered
            self._enqueue(replace(pending, attempt=request.attempt + 1, unreadable=unreadable))
        else:
            pending.resolve(response, time.monotonic(), cost)
