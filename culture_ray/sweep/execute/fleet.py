"""Replicas as actors: starting, calling and ending them; their messages arrive in a queue."""

from __future__ import annotations

import queue
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any, Literal

from culture_ray.engines.interface import Engine
from culture_ray.engines.model import Model
from culture_ray.errors import EngineFailed
from culture_ray.sweep.execute.replica import ReplicaSettings
from culture_ray.sweep.execute.workers.interface import Actor, ActorDied, Workers
from culture_ray.sweep.plan.units import Unit
from culture_ray.sweep.schedule.actions import Start
from culture_ray.sweep.schedule.chunks import Chunk

CLOSE_S = 30.0
"""An engine that does not close in time is killed; nothing in it can be lost."""

Kind = Literal["placed", "started", "chunk", "counters", "closed"]


@dataclass(frozen=True)
class ReplicaMessage:
    """Result of a call to a replica, or the error that ended it."""

    replica: str
    kind: Kind
    chunk: Chunk | None
    value: Any
    error: BaseException | None
    """EngineFailed or ActorDied where the replica is lost; else a fault."""

    @property
    def died(self) -> bool:
        """Return True if the replica is lost."""
        return isinstance(self.error, EngineFailed | ActorDied)


@dataclass
class _Running:
    actor: Actor
    polled: bool = False
    """True while a request for its counters is under way."""
    closing_at: float | None = None


class Fleet:
    """All replicas of one driver."""

    def __init__(self, workers: Workers) -> None:
        self._workers = workers
        self._running: dict[str, _Running] = {}
        self._closing: dict[str, _Running] = {}
        self._messages: queue.SimpleQueue[ReplicaMessage] = queue.SimpleQueue()

    def load(
        self,
        start: Start,
        model: Model,
        make_engine: Callable[[], Engine],
        settings: ReplicaSettings,
    ) -> None:
        """Start a replica on the places that the policy chose."""
        actor = self._workers.start_replica(start, model, make_engine, settings)
        self._running[start.replica] = _Running(actor)
        self._listen(actor.call("gpus"), start.replica, "placed")
        self._listen(actor.call("start"), start.replica, "started")

    def prefetch(self, node: str, model: Model) -> None:
        """Read a model's weights into the memory of a node, in the background."""
        self._workers.prefetch(node, model)

    def dispatch(self, replica: str, unit: Unit, chunk: Chunk, task: Any, attempts: int) -> None:
        """Run a chunk on a replica."""
        done = self._running[replica].actor.call("run", unit, chunk, task, attempts)
        self._listen(done, replica, "chunk", chunk)

    def cancel(self, replica: str, chunk: Chunk) -> None:
        """Cancel a chunk on a replica."""
        self._running[replica].actor.call("cancel", chunk)

    def commit_answered(self) -> None:
        """Stop the chunks of all replicas, which commit the rows that are answered."""
        for running in self._running.values():
            running.actor.call("commit_answered")

    def request_counters(self) -> None:
        """Request the counters of every replica that has answered the last such request."""
        for name, running in self._running.items():
            if not running.polled:
                running.polled = True
                self._listen(running.actor.call("counters"), name, "counters")

    def unload(self, replica: str, *, graceful: bool) -> None:
        """End a replica; a graceful end frees its engine's memory first, in the background."""
        running = self._running.pop(replica, None)
        if running is None:
            return
        if not graceful:
            running.actor.kill()
            return
        running.closing_at = time.monotonic()
        self._closing[replica] = running
        self._listen(running.actor.call("close"), replica, "closed")

    def messages(self, timeout: float) -> list[ReplicaMessage]:
        """Return all messages that are there, after at most `timeout` seconds for the first."""
        found: list[ReplicaMessage] = []
        try:
            found.append(self._messages.get(timeout=timeout))
            while True:
                found.append(self._messages.get_nowait())
        except queue.Empty:
            pass
        for message in found:
            if message.kind == "closed":
                self._end(message.replica)
            elif message.kind == "counters" and message.replica in self._running:
                self._running[message.replica].polled = False
        now = time.monotonic()
        for name, running in list(self._closing.items()):
            if running.closing_at is not None and now - running.closing_at > CLOSE_S:
                self._end(name)
        return [message for message in found if message.replica in self._running]

    def close(self, *, graceful: bool) -> None:
        """End every replica and wait until they are gone."""
        for name in list(self._running):
            self.unload(name, graceful=graceful)
        until = time.monotonic() + CLOSE_S
        while self._closing and time.monotonic() < until:
            self.messages(0.1)
        for name in list(self._closing):
            self._end(name)

    def _end(self, replica: str) -> None:
        running = self._closing.pop(replica, None)
        if running is not None:
            running.actor.kill()

    def _listen(
        self, result: Future[Any], replica: str, kind: Kind, chunk: Chunk | None = None
    ) -> None:
        def arrived(future: Future[Any]) -> None:
            error = future.exception()
            value = None if error is not None else future.result()
            self._messages.put(ReplicaMessage(replica, kind, chunk, value, error))

        result.add_done_callback(arrived)
