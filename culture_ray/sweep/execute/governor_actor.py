"""Spending governor as an actor: the only writer of the ledger; workers reach it in batches."""

from __future__ import annotations

import asyncio
import os
from concurrent.futures import Future
from contextlib import suppress
from typing import Any

from culture_ray.engines.factory import ApiAccess
from culture_ray.errors import CultureRayError, EngineFailed
from culture_ray.spending.billing import BillingContext
from culture_ray.spending.client import GovernorClient
from culture_ray.spending.delivery import GovernorUnavailable
from culture_ray.spending.governor import Governor
from culture_ray.spending.governor_server import GovernorServer
from culture_ray.spending.ledger import Ledger
from culture_ray.spending.messages import Message, Overview, Reply
from culture_ray.store.lock_reach import SharedFolder
from culture_ray.store.locks import check_locks
from culture_ray.sweep.execute.workers.interface import Actor, ActorDied, Workers

_CLOSE_S = 30.0


class SpendingAccounts:
    """Accounts of the run's API models: starts the governor, gives replicas their accounts."""

    def __init__(self, workers: Workers, billing: BillingContext) -> None:
        """Begin to start the governor on this machine; `opened` waits for it."""
        self._billing = billing
        self._actor = workers.start_governor(billing)
        self._overview = Overview({}, {})
        self._pending: Future[Overview] | None = None

    def opened(self) -> list[str]:
        """Wait for the governor; return the repairs made to its ledger.

        Raises BadLedger and DiskProblem. Before that, nobody is admitted to send anything.
        """
        problem, repairs = self._actor.call("opened").result()
        if problem is not None:
            raise problem
        found: list[str] = repairs
        return found

    def account(self, name: str) -> GovernorClient:
        """Return the account of a model."""
        price = self._billing.models[name].price
        return GovernorClient(GovernorConnection(self._actor), name, price)

    def api_access(self, name: str) -> ApiAccess | None:
        """Return the account and answer cache of a model; None where requests cost nothing."""
        if name not in self._billing.models:
            return None
        return ApiAccess(self.account(name), self._billing.answers / name, self._billing.run)

    def overview(self, wait_s: float = 0.0) -> Overview:
        """Return the state of the accounts as last received; waits up to `wait_s` for a new one."""
        if self._pending is None or wait_s:
            self._pending = self._actor.call("overview")
        # If it restarts just now, it reads the same charges from its ledger afterwards.
        with suppress(ActorDied):
            try:
                self._overview = self._pending.result(wait_s)
            except TimeoutError:
                return self._overview
        self._pending = None
        return self._overview

    def close(self) -> None:
        """End the governor once everything it has received is on disk."""
        # A settlement that cannot be written leaves its request charged at the maximum.
        with suppress(ActorDied, TimeoutError):
            self._actor.call("close").result(_CLOSE_S)
        self._actor.kill()


class GovernorActor:
    """Governor of a driver; any number of workers call it at once."""

    def __init__(self, billing: BillingContext) -> None:
        self._repairs: list[str] = []
        self._problem: CultureRayError | None = None
        self._shared: SharedFolder | None = None
        self._server: GovernorServer | None = None
        try:
            check_locks(billing.answers)
            self._shared = SharedFolder(billing.ledger.parent / "locks")
            self._ledger = Ledger(billing.ledger, billing.owner)
            self._repairs = self._ledger.mended
            self._server = GovernorServer(
                lambda now: Governor(self._ledger, billing.run, billing.models, billing.caps, now)
            )
        except CultureRayError as problem:
            self._problem = problem

    async def opened(self) -> tuple[CultureRayError | None, list[str]]:
        """Return the error that makes the ledger unusable, and the repairs made to it."""
        return self._problem, self._repairs

    async def process(self) -> int:
        """Return the id of the actor's process."""
        return os.getpid()

    async def post(self, worker: str, messages: list[Message]) -> str:
        """Implement `Transport.post`."""
        return await self._open.post(worker, messages)

    async def poll(self, worker: str) -> Reply:
        """Implement `Transport.poll`."""
        return await self._open.poll(worker)

    async def flush(self) -> None:
        """Implement `Transport.flush`."""
        await self._open.flush()

    async def overview(self) -> Overview:
        """Return the state of the accounts."""
        return self._open.overview()

    async def close(self) -> None:
        """Write everything to disk, and record that this machine no longer shares the ledger."""
        server, self._server = self._server, None
        if server is not None:
            await server.close()
            self._ledger.close()
        if self._shared is not None:
            self._shared.leave()
            self._shared = None

    @property
    def _open(self) -> GovernorServer:
        if self._server is None:
            raise self._problem or EngineFailed("the spending governor has ended")
        return self._server


class GovernorConnection:
    """Connection of a worker to the governor."""

    def __init__(self, actor: Actor) -> None:
        self._actor = actor

    async def post(self, worker: str, messages: list[Message]) -> str:
        """Implement `Transport.post`."""
        name: str = await self._reply_to("post", worker, messages)
        return name

    async def poll(self, worker: str) -> Reply:
        """Implement `Transport.poll`."""
        reply: Reply = await self._reply_to("poll", worker)
        return reply

    async def flush(self) -> None:
        """Implement `Transport.flush`."""
        await self._reply_to("flush")

    async def _reply_to(self, method: str, *arguments: Any) -> Any:
        try:
            return await asyncio.wrap_future(self._actor.call(method, *arguments))
        except (ActorDied, EngineFailed) as error:
            raise GovernorUnavailable(str(error).splitlines()[0]) from error
