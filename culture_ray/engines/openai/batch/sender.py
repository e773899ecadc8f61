"""Sender of a model's batches: reserves, uploads and creates them, and divides refused ones."""

from __future__ import annotations

import asyncio
import contextlib
import math
import time
from dataclasses import replace

from culture_ray.engines.model import Model
from culture_ray.engines.openai.batch.chunks import row_of
from culture_ray.engines.openai.batch.index import BatchIndex
from culture_ray.engines.openai.batch.journal import BatchRecord, BatchRequest
from culture_ray.engines.openai.batch.outcomes import FEWEST_ALIKE
from culture_ray.engines.openai.batch.queue import BatchQueue, PendingRequest, QueuedRequest
from culture_ray.engines.openai.batch.refusals import Refusal, divide, refusal_of
from culture_ray.engines.openai.batch.refused_lines import is_adapted
from culture_ray.engines.openai.batch.service import BatchRefused, BatchService, InputFileGone
from culture_ray.engines.openai.batch.states import BatchError
from culture_ray.engines.openai.body import PATHS, usage_bound
from culture_ray.engines.openai.model_bodies import ModelBodies
from culture_ray.engines.openai.parsing import failed_response
from culture_ray.errors import ModelStops
from culture_ray.spending.account import Account


class BatchSender:
    """Sender of the requests in `pending` that no batch has yet."""

    def __init__(
        self,
        model: Model,
        service: BatchService,
        batches: BatchIndex,
        account: Account,
        pending: dict[str, PendingRequest],
        bodies: ModelBodies,
    ) -> None:
        self._source, self._limits = model.source, model.api.batching
        self._path = PATHS[model.api.form]
        self._service, self._batches, self._account = service, batches, account
        self._pending = pending
        self._bodies, self._made_with = bodies, bodies.adaptations
        self._queue = BatchQueue(self._limits)
        self._unasked: list[tuple[PendingRequest, ModelStops]] = []
        """Requests that are not sent, with the reason, told once no paid batch is open."""
        self._refused: list[tuple[PendingRequest, str]] = []
        """Requests that the provider refused alone, until it is known if it takes others."""
        self._stopped: ModelStops | None = None
        """Reason why nothing more is sent."""
        self._max_tokens: float = self._limits.enqueued_tokens or math.inf
        self._wake = asyncio.Event()

    @property
    def due_at(self) -> float:
        """Return the monotonic time at which the next batch is to be sent; infinite without one."""
        return self._queue.due_at if self._queue else math.inf

    def enqueue(self, pending: PendingRequest) -> None:
        """Take in a request that is to be sent."""
        self._queue.add(self._queued(pending), time.monotonic())
        if len(self._queue) == 1 or self._queue.is_full:
            self._wake.set()

    async def wait_until(self, until: float) -> None:
        """Wait until a monotonic time, or until there is something to send."""
        self._wake.clear()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(max(0.01, until - time.monotonic())):
                await self._wake.wait()

    async def send_due(self, takes_others: bool) -> bool:
        """Send all batches that are due; return False if one waits for those that are open.

        It waits for room at the provider, or, while that has not taken any batch of this model, for
        its word on the part before it: so a cause that all parts share is found after a few.
        """
        while self._queue and (self._queue.is_full or time.monotonic() >= self._queue.due_at):
            if self._stopped is not None:
                self._leave([queued.pending for queued in self._queue.drain()], self._stopped)
                break
            if self._queue.has_groups and self._batches.open_batches and not takes_others:
                return False
            self._adapt_queue()
            room = self._max_tokens - self._batches.enqueued_tokens
            chunk = self._queue.take(room, alone=not self._batches.open_batches)
            if not chunk:
                return False
            await self._send(chunk)
        return True

    async def submit(self, record: BatchRecord, *, fresh: bool) -> None:
        """Upload the file of a batch and create it, as far as that has not been done yet."""
        if record.batch is not None:
            return None
        error = BatchError("", "the provider has lost its file twice")
        for _ in range(2):
            path = self._batches.input_path(record)
            if record.file is None and not path.exists():
                return await self.take_back(record, Refusal("again", f"{path} is missing"))
            try:
                if record.file is None:
                    file = await self._service.upload(path)
                    record, fresh = await self._batches.update(record, file=file), True
                batch = await self._service.create(
                    record.key, str(record.file), record.created, fresh=fresh
                )
            except InputFileGone:
                record = await self._batches.update(record, file=None)
            except BatchRefused as refused:
                error = refused.error
                break
            else:
                await self._batches.update(record, batch=batch)
                return None
        return await self.take_back(record, refusal_of((error,), len(record.lines)))

    async def take_back(self, record: BatchRecord, refusal: Refusal) -> None:
        """Void a batch that never ran, and decide on each of its requests that is waited for."""
        await asyncio.gather(*(self._account.void(r.ticket, refusal.reason) for r in record.lines))
        await self._batches.refuse(record, refusal.reason)
        lines = [self._waited_for(request) for request in record.lines]
        waited = [pending for pending in lines if pending is not None]
        if await is_adapted(self._bodies, self._batches, record, refusal.errors):
            refusal = replace(refusal, act="again")
        match refusal.act:
            case "stop":
                self._leave(waited, self._stop(refusal.reason))
            case "again":
                self._queue.add_group([self._queued(pending) for pending in waited])
            case "wait":
                await self._learn_room(record.tokens)
                self._queue.add_group([self._queued(pending) for pending in waited])
            case _:
                what = "without the lines it names" if refusal.lines else "in halves"
                notice = f"a batch was refused and is sent {what}: {refusal.reason}"
                await self._account.notice(notice)
                division = divide(lines, refusal.lines)
                self._refused += [(pending, refusal.reason) for pending in division.refused]
                for group in reversed(division.groups):
                    self._queue.add_group([self._queued(pending) for pending in group])

    def tell_unsent(self, takes_others: bool) -> None:
        """Fail the requests that were refused alone, or stop if the provider takes no others.

        Tell why requests are not sent, once no paid batch is open any more.
        """
        idle = not (self._queue or self._batches.open_batches)
        if not takes_others and len(self._refused) >= FEWEST_ALIKE:
            self._leave([pending for pending, _ in self._refused], self._stop(self._refused[0][1]))
            self._refused.clear()
        elif takes_others or idle:
            for pending, reason in self._refused:
                self._pending.pop(pending.request.request_id, None)
                pending.resolve(failed_response(pending.request, reason), time.monotonic(), None)
            self._refused.clear()
        if not self._batches.open_batches:
            for pending, error in self._unasked:
                self._pending.pop(pending.request.request_id, None)
                pending.fail(error)
            self._unasked.clear()

    def _stop(self, reason: str) -> ModelStops:
        self._stopped = ModelStops(f"{self._source} cannot be used in batches: {reason}")
        return self._stopped

    def _leave(self, requests: list[PendingRequest], error: ModelStops) -> None:
        self._unasked += [(pending, error) for pending in requests]

    def _waited_for(self, request: BatchRequest) -> PendingRequest | None:
        pending = self._pending.get(request.request_id)
        if pending is None:
            return None
        return replace(pending, attempt=request.attempt, unreadable=request.unread)

    def _adapt_queue(self) -> None:
        """Make the bodies of the waiting requests anew once a refusal has changed all further."""
        if self._made_with != self._bodies.adaptations:
            self._made_with = self._bodies.adaptations
            self._queue.remake(self._queued)

    def _queued(self, pending: PendingRequest) -> QueuedRequest:
        body = self._bodies.make(pending.request, pending.unreadable)
        body.pop("service_tier", None)
        row = row_of(pending.request.request_id, self._path, body)
        self._pending[pending.request.request_id] = pending
        return QueuedRequest(pending, body, row)

    async def _learn_room(self, refused: int) -> None:
        """Lower the limit on enqueued tokens after a batch of `refused` tokens found no room."""
        others = self._batches.enqueued_tokens
        self._max_tokens = min(self._max_tokens, max(others, refused // 2, 1))
        if not others:
            await asyncio.sleep(self._limits.poll_s)

    async def _send(self, chunk: list[QueuedRequest]) -> None:
        adaptations = self._made_with
        tickets = await asyncio.gather(
            *(self._reserve(queued) for queued in chunk), return_exceptions=True
        )
        requests, texts, tokens = [], [], 0
        for queued, ticket in zip(chunk, tickets, strict=True):
            pending = queued.pending
            if isinstance(ticket, ModelStops):
                self._unasked.append((pending, ticket))
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
            record = await self._batches.add(requests, texts, tokens, adaptations)
            await self.submit(record, fresh=True)

    async def _reserve(self, queued: QueuedRequest) -> str:
        request, attempt = queued.pending.request, queued.pending.attempt
        return await self._account.reserve(
            usage_bound(request, queued.body, attempt, "batch", limited=False)
        )
