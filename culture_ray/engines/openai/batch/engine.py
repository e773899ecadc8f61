"""Engine for the OpenAI Batch API: half the price, within a day, behind the same interface.

`generate` waits for a result that a submitted batch delivers. A batch is written to the journal
before it is uploaded; a later session resumes every batch where it stands, so that none is paid for
twice. Answers stay in the journal and serve repeated requests.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
import time
from pathlib import Path
from typing import TYPE_CHECKING

from culture_ray.engines.interface import Request, Response
from culture_ray.engines.model import Model
from culture_ray.engines.openai.batch.collector import BatchCollector
from culture_ray.engines.openai.batch.condition import ModelCondition
from culture_ray.engines.openai.batch.index import BatchIndex
from culture_ray.engines.openai.batch.outage import BatchOutage
from culture_ray.engines.openai.batch.queue import PendingRequest
from culture_ray.engines.openai.batch.sender import BatchSender
from culture_ray.engines.openai.batch.service import BatchService
from culture_ray.engines.openai.body import PATHS, thinking_of
from culture_ray.engines.openai.client import openai_client
from culture_ray.engines.openai.model_bodies import ModelBodies
from culture_ray.errors import ModelStops
from culture_ray.spending.account import Account
from culture_ray.spending.breaker import PassingFault

if TYPE_CHECKING:
    from openai import AsyncOpenAI


class OpenAiBatchEngine:
    """Batches of one model in one run."""

    def __init__(self, model: Model, account: Account, folder: Path, run: str) -> None:
        self._model, self._api, self._account, self._run = model, model.api, account, run
        self._limits = model.api.batching
        self._batches = BatchIndex(folder)
        self._client: AsyncOpenAI | None = None
        self._pending: dict[str, PendingRequest] = {}
        """By request id: every request that is waited for, queued or in an open batch."""
        self._outage = BatchOutage(random.Random().random)
        self._error: Exception | None = None
        """Error that ended the loop."""
        self._loop: asyncio.Task[None] | None = None
        self.in_flight = model.at_once

    async def start(self) -> None:
        """Open the journal and resume its batches.

        Raises MissingKey, EngineFailed if another process has the journal open, DiskProblem.
        """
        key, path = self._api.key(self._model.source), PATHS[self._api.form]
        self._client = openai_client(self._api, key, 8)
        self._service = BatchService(
            self._client,
            key,
            self._model.source,
            self._run,
            path,
            self._api.give_up_after_s,
            self._note_fault,
            min(0.5, self._limits.poll_s),
        )
        await self._batches.open()
        for aside in self._batches.set_aside:
            await self._account.notice(
                f"a batch's record cannot be read and was set aside as {aside}: its requests are "
                f"sent again, and what it reserved stays charged"
            )
        bodies = ModelBodies(
            self._model.source, self._api, self._account.notice, thinking_of(self._model)
        )
        bodies.adaptations = self._batches.adaptations
        self._sender = BatchSender(
            self._model,
            self._service,
            self._batches,
            self._account,
            self._pending,
            bodies,
            self._outage,
        )
        self._collector = BatchCollector(
            self._service,
            self._batches,
            self._account,
            self._pending,
            ModelCondition(bodies, self._outage, self._batches, self._account),
            self._sender.enqueue,
            self._model.source,
            self._api.attempts,
            self._model.thought_marks,
        )
        self._loop = asyncio.create_task(self._work())

    async def generate(self, request: Request) -> Response:
        """Return the response once a batch has delivered it; this may take a day.

        Raises ModelStops if no request to this model can succeed any more.
        """
        if self._error is not None:
            raise self._error
        if self._loop is None or self._loop.done():
            raise self._closed()
        if (earlier := self._pending.get(request.request_id)) is not None:
            return await asyncio.shield(earlier.response)
        response: asyncio.Future[Response] = asyncio.get_running_loop().create_future()
        pending = PendingRequest(request, response, time.monotonic())
        self._pending[request.request_id] = pending
        record = self._batches.find(request.request_id)
        if record is None:
            self._sender.enqueue(pending)
        elif not self._batches.is_open(record):
            try:
                await self._collector.answer_from_journal(pending, record)
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

    async def _note_fault(self, fault: PassingFault | None) -> None:
        """Tell of a fault of the batch service, or with None that it answers again."""
        if fault is not None:
            await self._account.unavailable("", fault)
        elif not self._outage.is_open:
            await self._account.answered("")

    async def _work(self) -> None:
        try:
            for record in self._batches.open_batches:
                await self._sender.submit(record, fresh=False)
            next_poll = 0.0
            while True:
                has_room = await self._sender.send_due(self._collector.has_run)
                if time.monotonic() >= next_poll:
                    await self._poll_all()
                    next_poll = time.monotonic() + self._limits.poll_s
                self._sender.tell_unsent(self._collector.has_run)
                due_at = self._sender.due_at if has_room else next_poll
                await self._sender.wait_until(min(next_poll, due_at))
        except asyncio.CancelledError:
            self._fail_all(self._closed())
            raise
        except Exception as error:  # it reaches the callers of generate, and through them the run
            self._error = error
            self._fail_all(error)

    async def _poll_all(self) -> None:
        for record in self._batches.open_batches:
            if (refusal := await self._collector.poll(record)) is not None:
                await self._sender.take_back(record, refusal)

    def _fail_all(self, error: Exception) -> None:
        for pending in self._pending.values():
            pending.fail(error)
        self._pending.clear()

    def _closed(self) -> ModelStops:
        return ModelStops(f"{self._model.source}: the batch engine is closed")
