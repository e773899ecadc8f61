"""Sender of a model's batches: reserves, uploads and creates them, and divides refused ones."""

from __future__ import annotations

import asyncio
import contextlib
import math
import time
from dataclasses import replace

from culture_ray.engines.model import Model
from culture_ray.engines.openai.batch.index import BatchIndex
from culture_ray.engines.openai.batch.journal import BatchRecord, BatchRequest
from culture_ray.engines.openai.batch.lines import LineMaker, sent_request, with_counts
from culture_ray.engines.openai.batch.outage import BatchOutage
from culture_ray.engines.openai.batch.queue import BatchQueue, PendingRequest, QueuedRequest
from culture_ray.engines.openai.batch.refusals import Refusal, divide, refusal_of
from culture_ray.engines.openai.batch.refused_lines import is_adapted
from culture_ray.engines.openai.batch.service import BatchRefused, BatchService, InputFileGone
from culture_ray.engines.openai.batch.states import BatchError
from culture_ray.engines.openai.batch.unsent import UnsentRequests
from culture_ray.engines.openai.body import usage_bound
from culture_ray.engines.openai.model_bodies import ModelBodies
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
        outage: BatchOutage,
    ) -> None:
        self._limits = model.api.batching
        self._lines, self._outage = LineMaker(model, bodies), outage
        self._service, self._batches, self._account = service, batches, account
        self._pending = pending
        self._bodies, self._made_with = bodies, bodies.adaptations
        self._queue = BatchQueue(self._limits)
        self._unsent = UnsentRequests(model.source, pending)
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

        In an outage only probes are due.
        It waits for room at the provider, or, while that has not taken any batch of this model, for
        its word on the part before it: so a cause that all parts share is found after a few.
        """
        while self._queue and (self._queue.is_full or time.monotonic() >= self._queue.due_at):
            if (stopped := self._unsent.stopped) is not None:
                self._unsent.leave([queued.pending for queued in self._queue.drain()], stopped)
                break
            self._adapt_queue()
            if self._outage.is_open:
                await self._probe()
                return False
            if self._queue.has_groups and self._batches.open_batches and not takes_others:
                return False
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
        self._outage.withdrawn(record.key, time.monotonic())
        await asyncio.gather(*(self._account.void(r.ticket, refusal.reason) for r in record.lines))
        await self._batches.refuse(record, refusal.reason)
        lines = [self._waited_for(request) for request in record.lines]
        waited = [pending for pending in lines if pending is not None]
        if await is_adapted(self._bodies, self._batches, record, refusal.errors):
            refusal = replace(refusal, act="again")
        match refusal.act:
            case "stop":
                self._unsent.leave(waited, self._unsent.stop(refusal.reason))
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
                self._unsent.refuse(division.refused, refusal.reason)
                for group in reversed(division.groups):
                    self._queue.add_group([self._queued(pending) for pending in group])

    def tell_unsent(self, takes_others: bool) -> None:
        """Tell the callers of requests that are not sent, where the reason is certain by now."""
        self._unsent.tell(
            takes_others=takes_others,
            any_open=bool(self._batches.open_batches),
            any_queued=bool(self._queue),
        )

    def _waited_for(self, request: BatchRequest) -> PendingRequest | None:
        pending = self._pending.get(request.request_id)
        return None if pending is None else with_counts(pending, request)

    def _adapt_queue(self) -> None:
        """Make the bodies of the waiting requests anew once a refusal has changed all further."""
        if self._made_with != self._bodies.adaptations:
            self._made_with = self._bodies.adaptations
            self._queue.remake(self._queued)

    def _queued(self, pending: PendingRequest) -> QueuedRequest:
        self._pending[pending.request.request_id] = pending
        return self._lines.line(pending)

    async def _learn_room(self, refused: int) -> None:
        """Lower the limit on enqueued tokens after a batch of `refused` tokens found no room."""
        others = self._batches.enqueued_tokens
        self._max_tokens = min(self._max_tokens, max(others, refused // 2, 1))
        if not others:
            await asyncio.sleep(self._limits.poll_s)

    async def _probe(self) -> None:
        """Send one request with a control request beside it, if a probe is due."""
        while self._queue and self._outage.is_probe_due(time.monotonic()):
            if await self._send(self._queue.take(0.0, alone=True), is_probe=True):
                return

    async def _send(self, chunk: list[QueuedRequest], *, is_probe: bool = False) -> bool:
        """Send a batch; return False if none of its requests may be sent.

        A control request beside requests that have all failed shows if the model answers others.
        """
        adaptations = self._made_with
        reserved = await self._reserved(chunk)
        if not reserved:
            return False
        if is_probe or all(queued.pending.faults for queued in chunk):
            reserved += await self._reserved([self._lines.control(chunk[0].pending)])
        record = await self._batches.add(
            [sent_request(queued.pending, ticket) for queued, ticket in reserved],
            [queued.row.text for queued, _ in reserved],
            sum(queued.row.tokens for queued, _ in reserved),
            adaptations,
        )
        if is_probe:
            self._outage.probe_sent(record.key)
        await self.submit(record, fresh=True)
        return True

    async def _reserved(self, chunk: list[QueuedRequest]) -> list[tuple[QueuedRequest, str]]:
        """Return the requests that may be sent, with their tickets; the others are unasked."""
        tickets = await asyncio.gather(
            *(self._reserve(queued) for queued in chunk), return_exceptions=True
        )
        reserved = []
        for queued, ticket in zip(chunk, tickets, strict=True):
            if isinstance(ticket, str):
                reserved.append((queued, ticket))
            elif not isinstance(ticket, ModelStops):
                raise ticket
            elif queued.pending.request.request_id in self._pending:
                self._unsent.leave([queued.pending], ticket)
        return reserved

    async def _reserve(self, queued: QueuedRequest) -> str:
        request, attempt = queued.pending.request, queued.pending.attempt
        return await self._account.reserve(
            usage_bound(request, queued.body, attempt, "batch", limited=False)
        )
