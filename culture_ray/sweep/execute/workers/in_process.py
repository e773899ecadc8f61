"""Replicas of API models and their governor within the driver's process, in one event loop.

They wait for the network most of the time, so one process holds hundreds of their requests; one of
Ray's would take seconds to start and 0.2 GiB. What protects answers and money is on disk, so a
killed driver loses no more than a killed replica does.
"""

from __future__ import annotations

import asyncio
import platform
import threading
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import AbstractContextManager, nullcontext, suppress
from contextvars import ContextVar
from dataclasses import replace
from typing import Any, Protocol
from weakref import WeakSet

from culture_ray.engines.interface import Engine
from culture_ray.engines.model import Model
from culture_ray.errors import CultureRayError, EngineFailed
from culture_ray.spending.billing import BillingContext
from culture_ray.sweep.execute.governor_actor import GovernorActor
from culture_ray.sweep.execute.replica import Replica, ReplicaSettings
from culture_ray.sweep.execute.workers.interface import ActorDied, Machine
from culture_ray.sweep.plan.resources import Resources
from culture_ray.sweep.schedule.actions import Start

_NODE = "driver"

_CLOSE_S = 5.0
"""Seconds in which actors that were killed close their files and connections."""

_OWNER: ContextVar[LocalActor | None] = ContextVar("owner", default=None)
"""Actor on whose behalf the running task was created."""


class Closable(Protocol):
    """Object that an actor holds."""

    async def close(self) -> None:
        """Close its files and connections."""


class LocalActor:
    """Object whose coroutine methods run in an event loop of this process."""

    def __init__(self, loop: asyncio.AbstractEventLoop, make: Callable[[], Closable]) -> None:
        """Take what makes the object, in the loop, when it is first called."""
        self._loop, self._make = loop, make
        self._made: Closable | None = None
        self.tasks: WeakSet[asyncio.Task[Any]] = WeakSet()
        """Tasks that end with the actor."""
        self._killed = self._closed = False

    def call(self, method: str, *arguments: Any) -> Future[Any]:
        """Implement `Actor.call`."""
        return asyncio.run_coroutine_threadsafe(self._act(method, arguments), self._loop)

    def kill(self) -> None:
        """Implement `Actor.kill`; its locks are free soon after, so that a successor can start."""
        asyncio.run_coroutine_threadsafe(self.end(), self._loop)

    async def end(self) -> None:
        """Cancel everything that the actor is doing, and close its files and connections."""
        if self._killed:
            return
        self._killed = True
        for task in list(self.tasks):
            task.cancel()
        if self._made is not None and not self._closed:
            # What ended it has been told already: here only its files and connections are left.
            with suppress(Exception):
                await asyncio.wait_for(self._made.close(), _CLOSE_S)

    async def _act(self, method: str, arguments: tuple[Any, ...]) -> Any:
        task = asyncio.current_task()
        if self._killed or task is None:
            raise ActorDied("it has ended")
        _OWNER.set(self)
        self.tasks.add(task)
        try:
            result = await getattr(self._object(), method)(*arguments)
        except asyncio.CancelledError:
            if self._killed:
                raise ActorDied("it was ended") from None
            raise  # whoever has called it is gone
        self._closed = self._closed or method == "close"
        return result

    def _object(self) -> Closable:
        if self._made is None:
            try:
                self._made = self._make()
            except CultureRayError as error:
                raise EngineFailed(str(error)) from error
            except Exception as error:
                raise EngineFailed(f"{type(error).__name__}: {error}") from error
        return self._made


class LocalWorkers:
    """Actors in an event loop, which has a thread of its own."""

    def __init__(self) -> None:
        self._actors: list[LocalActor] = []
        self._loop = asyncio.new_event_loop()
        self._loop.set_task_factory(_owned_task)
        self._thread = threading.Thread(target=self._loop.run_forever, name="workers", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """End every actor; return once their files and connections are closed."""
        with suppress(TimeoutError):
            asyncio.run_coroutine_threadsafe(self._end(), self._loop).result(2 * _CLOSE_S)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(_CLOSE_S)
        if not self._thread.is_alive():
            self._loop.close()

    def machines(self) -> dict[str, Machine]:
        """Implement `Workers.machines`: this one, with nothing to give but its time."""
        return {_NODE: Machine(platform.node(), Resources())}

    def naming_loss(self) -> AbstractContextManager[None]:
        """Implement `Workers.naming_loss`: nothing can be lost but this process."""
        return nullcontext()

    def share(self, task: Any) -> Any:
        """Implement `Workers.share`: the task itself."""
        return task

    def start_replica(
        self,
        start: Start,
        model: Model,
        make_engine: Callable[[], Engine],
        settings: ReplicaSettings,
    ) -> LocalActor:
        """Implement `Workers.start_replica`; its output goes where the driver's goes."""
        own = replace(settings, log=None)
        return self._start(lambda: Replica(start.replica, make_engine, own))

    def start_governor(self, billing: BillingContext) -> LocalActor:
        """Implement `Workers.start_governor`."""
        return self._start(lambda: GovernorActor(billing))

    def metrics(self, run: str) -> None:
        """Implement `Workers.metrics`: Ray's agents, which export them, are not there."""

    def prefetch(self, node: str, model: Model) -> None:
        """Implement `Workers.prefetch`: an API model has no weights."""

    def _start(self, make: Callable[[], Closable]) -> LocalActor:
        actor = LocalActor(self._loop, make)
        self._actors.append(actor)
        return actor

    async def _end(self) -> None:
        await asyncio.gather(*(actor.end() for actor in self._actors))
        left = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in left:
            task.cancel()
        if left:
            await asyncio.wait(left)
        await self._loop.shutdown_default_executor()


def _owned_task(loop: asyncio.AbstractEventLoop, work: Any, **options: Any) -> asyncio.Task[Any]:
    """Return a task that ends with the actor on whose behalf it is created."""
    task = asyncio.Task(work, loop=loop, **options)
    owner = _OWNER.get()
    if owner is not None:
        owner.tasks.add(task)
    return task
