"""Spending governor as a Ray actor: the only writer of the ledger; workers reach it in batches."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from typing import Any

from culture_ray.engines.factory import ApiAccess
from culture_ray.errors import CultureRayError
from culture_ray.spending.billing import BillingContext
from culture_ray.spending.client import GovernorClient
from culture_ray.spending.delivery import GovernorUnavailable
from culture_ray.spending.governor import Governor
from culture_ray.spending.governor_server import GovernorServer
from culture_ray.spending.ledger import Ledger
from culture_ray.spending.messages import Message, Overview, Reply
from culture_ray.store.lock_reach import SharedFolder
from culture_ray.store.locks import check_locks

NAME = "culture_ray-governor"
"""Prefix of the actor's name in Ray, followed by the driver's process id and a random suffix."""


class SpendingAccounts:
    """Accounts of the run's API models: starts the governor, gives replicas their accounts."""

    def __init__(self, ray: Any, billing: BillingContext) -> None:
        """Begin to start the governor on this machine; `opened` waits for it."""
        self._ray, self._billing = ray, billing
        from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

        here = NodeAffinitySchedulingStrategy(ray.get_runtime_context().get_node_id(), soft=False)
        self._actor = (
            ray.remote(_GovernorActor)
            .options(
                name=f"{NAME}-{os.getpid()}-{secrets.token_hex(3)}",
                num_cpus=0,
                max_concurrency=1000,
                max_restarts=-1,
                scheduling_strategy=here,
            )
            .remote(billing)
        )
        self._overview = Overview({}, {})
        self._pending: Any = None

    def opened(self) -> list[str]:
        """Wait for the governor; return the repairs made to its ledger.

        Raises BadLedger and DiskProblem. Before that, nobody is admitted to send anything.
        """
        problem, repairs = self._ray.get(self._actor.opened.remote())
        if problem is not None:
            raise problem
        found: list[str] = repairs
        return found

    def account(self, name: str) -> GovernorClient:
        """Return the account of a model."""
        return GovernorClient(_ActorConnection(self._actor), name, self._billing.models[name].price)

    def api_access(self, name: str) -> ApiAccess | None:
        """Return the account and answer cache of a model; None where requests cost nothing."""
        if name not in self._billing.models:
            return None
        return ApiAccess(self.account(name), self._billing.answers / name, self._billing.run)

    def overview(self, wait_s: float = 0.0) -> Overview:
        """Return the state of the accounts as last received; waits up to `wait_s` for a new one."""
        if self._pending is None or wait_s:
            self._pending = self._actor.overview.remote()
        arrived, _ = self._ray.wait([self._pending], timeout=wait_s)
        if arrived:
            # If it restarts just now, it reads the same charges from its ledger afterwards.
            with suppress(self._ray.exceptions.RayActorError):
                self._overview = self._ray.get(self._pending)
            self._pending = None
        return self._overview

    def close(self) -> None:
        """End the governor once everything it has received is on disk."""
        errors = self._ray.exceptions
        # A settlement that cannot be written leaves its request charged at the maximum.
        with suppress(errors.RayActorError, errors.GetTimeoutError):
            self._ray.get(self._actor.flush.remote(), timeout=30)
            self._ray.get(self._actor.leave.remote(), timeout=30)
        self._ray.kill(self._actor)


class _GovernorActor:
    """The actor's class; any number of workers call it at once."""

    def __init__(self, billing: BillingContext) -> None:
        self._repairs: list[str] = []
        self._problem: CultureRayError | None = None
        self._shared: SharedFolder | None = None
        try:
            check_locks(billing.answers)
            self._shared = SharedFolder(billing.ledger.parent / "locks")
            ledger = Ledger(billing.ledger, billing.owner)
            self._repairs = ledger.mended
            self._server = GovernorServer(
                lambda now: Governor(ledger, billing.run, billing.models, billing.caps, now)
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
        return await self._server.post(worker, messages)

    async def poll(self, worker: str) -> Reply:
        return await self._server.poll(worker)

    async def flush(self) -> None:
        if self._problem is None:
            await self._server.flush()

    async def overview(self) -> Overview:
        return self._server.overview()

    async def leave(self) -> None:
        """Record that this machine no longer shares the ledger's folder."""
        if self._shared is not None:
            self._shared.leave()


class _ActorConnection:
    """Connection of a worker to the actor."""

    def __init__(self, actor: Any) -> None:
        self._actor = actor

    async def post(self, worker: str, messages: list[Message]) -> str:
        name: str = await _reply_of(self._actor.post.remote(worker, messages))
        return name

    async def poll(self, worker: str) -> Reply:
        reply: Reply = await _reply_of(self._actor.poll.remote(worker))
        return reply

    async def flush(self) -> None:
        await _reply_of(self._actor.flush.remote())


async def _reply_of(reference: Any) -> Any:
    from ray.exceptions import RayActorError, RayTaskError

    try:
        return await reference
    except RayTaskError as error:
        raise (error.cause if isinstance(error.cause, CultureRayError) else error) from None
    except RayActorError as error:
        raise GovernorUnavailable(str(error).splitlines()[0]) from error
