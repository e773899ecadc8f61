"""Replicas as Ray actors: starting, calling and ending them; their messages arrive in a queue."""

from __future__ import annotations

import queue
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any, Literal

from culture_ray.engines.interface import Engine
from culture_ray.engines.model import Model
from culture_ray.errors import CultureRayError, EngineFailed
from culture_ray.sweep.execute.gpu_memory import wait_until_free
from culture_ray.sweep.execute.placement import actor_options, environment
from culture_ray.sweep.execute.replica import Replica, ReplicaSettings
from culture_ray.sweep.execute.weight_reader import read_weights
from culture_ray.sweep.plan.units import Unit
from culture_ray.sweep.schedule.actions import Start
from culture_ray.sweep.schedule.chunks import Chunk

_KEPT = 64

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
    """EngineFailed, or Ray's error for a dead actor, where the replica is lost; else a fault."""

    @property
    def died(self) -> bool:
        """Return True if the replica is lost."""
        from ray.exceptions import RayError, RayTaskError

        engine = isinstance(self.error, EngineFailed)
        actor = isinstance(self.error, RayError) and not isinstance(self.error, RayTaskError)
        return engine or actor


@dataclass
class _Actor:
    handle: Any
    group: Any = None
    polled: bool = False
    """True while a request for its counters is under way."""
    closing_at: float | None = None


class Fleet:
    """All replicas of one driver."""

    def __init__(self, ray: Any) -> None:
        self._ray = ray
        self._actors: dict[str, _Actor] = {}
        self._closing: dict[str, _Actor] = {}
        self._reading: list[Any] = []
        """Results of the last reads ahead, which nobody waits for."""
        self._messages: queue.SimpleQueue[ReplicaMessage] = queue.SimpleQueue()

    def load(
        self,
        start: Start,
        model: Model,
        make_engine: Callable[[], Engine],
        settings: ReplicaSettings,
    ) -> None:
        """Start a replica on the places that the policy chose."""
        options, group = actor_options(self._ray, start.places, model)
        actor = (
            self._ray.remote(Replica)
            .options(
                max_concurrency=max(10_000, 2 * model.at_once),
                runtime_env={"env_vars": environment(model)},
                **options,
            )
            .remote(start.replica, make_engine, settings)
        )
        self._actors[start.replica] = _Actor(actor, group)
        self._listen(actor.gpus.remote(), start.replica, "placed")
        gates = [] if group is None else self._memory_gates(group, model, settings)
        self._listen(actor.start.remote(*gates), start.replica, "started")

    def prefetch(self, node: str, model: Model) -> None:
        """Read a model's weights into the memory of a node, in the background."""
        from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

        there = NodeAffinitySchedulingStrategy(node, soft=False)
        task = self._ray.remote(read_weights).options(
            num_cpus=0, max_retries=0, scheduling_strategy=there
        )
        self._reading = [*self._reading[-_KEPT:], task.remote(model)]

    def dispatch(self, replica: str, unit: Unit, chunk: Chunk, task: Any, attempts: int) -> None:
        """Run a chunk on a replica."""
        actor = self._actors[replica].handle
        self._listen(actor.run.remote(unit, chunk, task, attempts), replica, "chunk", chunk)

    def cancel(self, replica: str, chunk: Chunk) -> None:
        """Cancel a chunk on a replica."""
        self._actors[replica].handle.cancel.remote(chunk)

    def commit_answered(self) -> None:
        """Stop the chunks of all replicas, which commit the rows that are answered."""
        for actor in self._actors.values():
            actor.handle.commit_answered.remote()

    def request_counters(self) -> None:
        """Request the counters of every replica that has answered the last such request."""
        for name, actor in self._actors.items():
            if not actor.polled:
                actor.polled = True
                self._listen(actor.handle.counters.remote(), name, "counters")

    def unload(self, replica: str, *, graceful: bool) -> None:
        """End a replica; a graceful end frees its engine's memory first, in the background."""
        actor = self._actors.pop(replica, None)
        if actor is None:
            return
        if not graceful:
            self._kill(actor)
            return
        actor.closing_at = time.monotonic()
        self._closing[replica] = actor
        self._listen(actor.handle.close.remote(), replica, "closed")

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
            elif message.kind == "counters" and message.replica in self._actors:
                self._actors[message.replica].polled = False
        now = time.monotonic()
        for name, actor in list(self._closing.items()):
            if actor.closing_at is not None and now - actor.closing_at > CLOSE_S:
                self._end(name)
        return [message for message in found if message.replica in self._actors]

    def close(self, *, graceful: bool) -> None:
        """End every replica and wait until they are gone."""
        for name in list(self._actors):
            self.unload(name, graceful=graceful)
        until = time.monotonic() + CLOSE_S
        while self._closing and time.monotonic() < until:
            self.messages(0.1)
        for name in list(self._closing):
            self._end(name)

    def _end(self, replica: str) -> None:
        actor = self._closing.pop(replica, None)
        if actor is not None:
            self._kill(actor)

    def _kill(self, actor: _Actor) -> None:
        self._ray.kill(actor.handle)
        if actor.group is not None:
            self._ray.util.remove_placement_group(actor.group)

    def _listen(self, ref: Any, replica: str, kind: Kind, chunk: Chunk | None = None) -> None:
        def arrived(future: Future[Any]) -> None:
            error = future.exception()
            value = None if error is not None else future.result()
            self._messages.put(ReplicaMessage(replica, kind, chunk, value, _unwrapped(error)))

        ref.future().add_done_callback(arrived)

    def _memory_gates(self, group: Any, model: Model, settings: ReplicaSettings) -> list[Any]:
        """Return one task per GPU of a group, each of which ends when its GPU's memory is free."""
        from ray.util.scheduling_strategies import PlacementGroupSchedulingStrategy

        gate = self._ray.remote(_wait_for_gpu)
        return [
            gate.options(
                num_gpus=1,
                num_cpus=0,
                max_retries=0,
                scheduling_strategy=PlacementGroupSchedulingStrategy(
                    group, placement_group_bundle_index=index
                ),
            ).remote(settings)
            for index in range(model.gpus_per_replica)
        ]


def _wait_for_gpu(settings: ReplicaSettings) -> None:
    wait_until_free(settings.gpu_reader, settings.gpu_share, settings.gpu_free_wait_s)


def _unwrapped(error: BaseException | None) -> BaseException | None:
    """Return the error that a replica raised itself, without Ray's traceback around it."""
    from ray.exceptions import RayActorError, RayTaskError

    if isinstance(error, RayTaskError) and isinstance(error.cause, CultureRayError):
        return error.cause
    if isinstance(error, RayActorError) and error.actor_init_failed:
        return EngineFailed(str(error).strip().splitlines()[-1].strip())
    return error
