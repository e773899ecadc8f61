"""The governor on Ray: one named actor, the only one that writes; workers reach it in batches."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from culture_ray.engines.factory import ApiAccess
from culture_ray.errors import CultureRayError
from culture_ray.spending.billing import BillingContext
from culture_ray.spending.client import GovernorClient, GovernorUnavailable
from culture_ray.spending.governor import Governor
from culture_ray.spending.governor_server import GovernorServer
from culture_ray.spending.ledger import Ledger
from culture_ray.spending.messages import Message, Reply

NAME = "culture_ray-governor"
"""With the driver's process id and a random end: Ray knows it under this name."""


class SpendingAccounts:
    """The driver's side: starts the governor and hands out accounts that travel to replicas."""

    def __init__(self, ray: Any, purse: BillingContext) -> None:
        """Start the governor on this machine; raises BadLedger and DiskProblem."""
        self._ray, self._purse = ray, purse
        from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

        here = NodeAffinitySchedulingStrategy(ray.get_runtime_context().get_node_id(), soft=False)
        self._actor = (
            ray.remote(_Governing)
            .options(
                name=f"{NAME}-{os.getpid()}-{secrets.token_hex(3)}",
                num_cpus=0,
                max_concurrency=1000,
                max_restarts=-1,
                scheduling_strategy=here,
            )
            .remote(purse)
        )
        problem, self.mended = ray.get(self._actor.opened.remote())
        if problem is not None:
            raise problem
        self._spent: dict[str, float] = {}
        self._asked: Any = None

    def of(self, name: str) -> GovernorClient:
        """Return the account of a model."""
        return GovernorClient(_Away(self._actor), name, self._purse.models[name].price)

    def paid(self, name: str) -> ApiAccess | None:
        """Return what an engine needs whose requests cost money; None for any other."""
        if name not in self._purse.models:
            return None
        return ApiAccess(self.of(name), self._purse.answers / name, self._purse.run)

    def spent(self) -> Mapping[str, float]:
        """Return dollars by model as they were known a moment ago; does not wait."""
        if self._asked is not None:
            arrived, _ = self._ray.wait([self._asked], timeout=0)
            if not arrived:
                return self._spent
            # Should it restart just now, it reads from its ledger what it knew.
            with suppress(self._ray.exceptions.RayActorError):
                self._spent = self._ray.get(self._asked)
        self._asked = self._actor.spent.remote()
        return self._spent

    def close(self) -> None:
        """End the governor once everything it was told is on disk."""
        errors = self._ray.exceptions
        # What cannot be written down stays charged at its maximum.
        with suppress(errors.RayActorError, errors.GetTimeoutError):
            self._ray.get(self._actor.flush.remote(), timeout=30)
        self._ray.kill(self._actor)


class _Governing:
    """What the actor is; Ray calls it from any number of workers at once."""

    def __init__(self, purse: BillingContext) -> None:
        self._run = purse.run
        self._mended: list[str] = []
        self._problem: CultureRayError | None = None
        try:
            ledger = Ledger(purse.ledger, purse.owner)
            self._mended = ledger.mended
            self._desk = GovernorServer(
                lambda now: Governor(ledger, purse.run, purse.models, purse.caps, now)
            )
        except CultureRayError as problem:
            self._problem = problem

    async def opened(self) -> tuple[CultureRayError | None, list[str]]:
        """Return why the ledger cannot be used, and what was torn in it."""
        return self._problem, self._mended

    async def process(self) -> int:
        """Return the process it lives in."""
        return os.getpid()

    async def post(self, worker: str, messages: list[Message]) -> str:
        return await self._desk.post(worker, messages)

    async def poll(self, worker: str) -> Reply:
        return await self._desk.poll(worker)

    async def flush(self) -> None:
        await self._desk.flush()

    async def spent(self) -> dict[str, float]:
        return self._desk.governor.balances.dollars_by_model(self._run)


class _Away:
    """A worker's way to the actor."""

    def __init__(self, actor: Any) -> None:
        self._actor = actor

    async def post(self, worker: str, messages: list[Message]) -> str:
        name: str = await _answer(self._actor.post.remote(worker, messages))
        return name

    async def poll(self, worker: str) -> Reply:
        reply: Reply = await _answer(self._actor.poll.remote(worker))
        return reply

    async def flush(self) -> None:
        await _answer(self._actor.flush.remote())


async def _answer(reference: Any) -> Any:
    from ray.exceptions import RayActorError, RayTaskError

    try:
        return await reference
    except RayTaskError as error:
        raise (error.cause if isinstance(error.cause, CultureRayError) else error) from None
    except RayActorError as error:
        raise GovernorUnavailable(str(error).splitlines()[0]) from error
