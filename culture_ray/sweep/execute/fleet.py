"""Replicas as Ray actors: starting, asking and ending them; what they answer arrives in a queue."""

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
from culture_ray.sweep.execute.placement import environment, need
from culture_ray.sweep.execute.replica import Replica, ReplicaSettings
from culture_ray.sweep.plan.units import Unit
from culture_ray.sweep.schedule.chunks import Chunk
from culture_ray.sweep.schedule.policy import Start

CLOSE_S = 30.0
"""An engine that does not close in time is killed; there is nothing left in it to lose."""

Kind = Literal["placed", "started", "piece", "counters", "closed"]


@dataclass(frozen=True)
class ReplicaMessage:
    """What a replica answered, or how it ended."""

    replica: str
    kind: Kind
    piece: Chunk | None
    value: Any
    error: BaseException | None
    """EngineFailed or Ray's word for a dead actor where the replica is lost; else a fault."""

    @property
    def died(self) -> bool:
        """Return whether the replica is lost."""
        from ray.exceptions import RayError, RayTaskError

        engine = isinstance(self.error, EngineFailed)
        actor = isinstance(self.error, RayError) and not isinstance(self.error, RayTaskError)
        return engine or actor


@dataclass
class _Actor:
    handle: Any
    group: Any = None
    polled: bool = False
    closing_at: float | None = None


class Fleet:
    """All replicas of this driver."""

    def __init__(self, ray: Any) -> None:
        self._ray = ray
        self._actors: dict[str, _Actor] = {}
        self._closing: dict[str, _Actor] = {}
        self._answers: queue.SimpleQueue[ReplicaMessage] = queue.SimpleQueue()

    def load(
        self,
        start: Start,
        model: Model,
        make_engine: Callable[[], Engine],
        setting: ReplicaSettings,
    ) -> None:
        """Start a replica where the policy wants it."""
        options, group = self._placement(start, model)
        actor = (
            self._ray.remote(Replica)
            .options(
                max_concurrency=max(10_000, 2 * model.at_once),
                runtime_env={"env_vars": environment(model)},
                **options,
            )
            .remote(start.replica, make_engine, setting)
        )
        self._actors[start.replica] = _Actor(actor, group)
        self._listen(actor.gpus.remote(), start.replica, "placed")
        gates = [] if group is None else self._gates(group, model, setting)
        self._listen(actor.start.remote(*gates), start.replica, "started")

    def hand(self, replica: str, unit: Unit, piece: Chunk, task: Any, attempts: int) -> None:
        """Let a replica run a piece."""
        actor = self._actors[replica].handle
        self._listen(actor.run.remote(unit, piece, task, attempts), replica, "piece", piece)

    def cancel(self, replica: str, piece: Chunk) -> None:
        """Let a replica forget a piece."""
        self._actors[replica].handle.cancel.remote(piece)

    def drain(self) -> None:
        """Let every replica commit what is answered."""
        for actor in self._actors.values():
            actor.handle.drain.remote()

    def poll(self) -> None:
        """Ask every replica for its counters that is not asked already."""
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

    def answers(self, timeout: float) -> list[ReplicaMessage]:
        """Return what has come in; waits for the first at most `timeout` seconds."""
        found: list[ReplicaMessage] = []
        try:
            found.append(self._answers.get(timeout=timeout))
            while True:
                found.append(self._answers.get_nowait())
        except queue.Empty:
            pass
        for answer in found:
            if answer.kind == "closed":
                self._end(answer.replica)
            elif answer.kind == "counters" and answer.replica in self._actors:
                self._actors[answer.replica].polled = False
        now = time.monotonic()
        for name, actor in list(self._closing.items()):
            if actor.closing_at is not None and now - actor.closing_at > CLOSE_S:
                self._end(name)
        return [answer for answer in found if answer.replica in self._actors]

    def close(self, *, graceful: bool) -> None:
        """End every replica and wait until they are gone."""
        for name in list(self._actors):
            self.unload(name, graceful=graceful)
        until = time.monotonic() + CLOSE_S
        while self._closing and time.monotonic() < until:
            self.answers(0.1)
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

    def _listen(self, ref: Any, replica: str, kind: Kind, piece: Chunk | None = None) -> None:
        def arrived(future: Future[Any]) -> None:
            error = future.exception()
            value = None if error is not None else future.result()
            self._answers.put(ReplicaMessage(replica, kind, piece, value, _own(error)))

        ref.future().add_done_callback(arrived)

    def _placement(self, start: Start, model: Model) -> tuple[dict[str, Any], Any]:
        from ray.util.scheduling_strategies import (
            NodeAffinitySchedulingStrategy,
            PlacementGroupSchedulingStrategy,
        )

        wanted = need(model)
        if model.gpus_per_replica <= 1:
            there = NodeAffinitySchedulingStrategy(start.places[0].node, soft=False)
            memory = int(wanted.memory_gib * 2**30) or None
            options = {"num_gpus": wanted.gpus, "num_cpus": wanted.cpus, "memory": memory}
            return options | {"scheduling_strategy": there}, None
        bundle = {"GPU": 1.0, "CPU": wanted.cpus / model.gpus_per_replica}
        nodes = [p.node for p in start.places for _ in range(int(p.takes.gpus))]
        group = self._ray.util.placement_group(
            [bundle] * model.gpus_per_replica,
            strategy="PACK",
            bundle_label_selector=[{"ray.io/node-id": node} for node in nodes],
        )
        strategy = PlacementGroupSchedulingStrategy(group, placement_group_capture_child_tasks=True)
        return {"num_gpus": 0, "num_cpus": 0, "scheduling_strategy": strategy}, group

    def _gates(self, group: Any, model: Model, setting: ReplicaSettings) -> list[Any]:
        """Return one task per GPU of a group that ends when the GPU's memory is free."""
        from ray.util.scheduling_strategies import PlacementGroupSchedulingStrategy

        gate = self._ray.remote(_gate)
        return [
            gate.options(
                num_gpus=1,
                num_cpus=0,
                max_retries=0,
                scheduling_strategy=PlacementGroupSchedulingStrategy(
                    group, placement_group_bundle_index=index
                ),
            ).remote(setting)
            for index in range(model.gpus_per_replica)
        ]


def _gate(setting: ReplicaSettings) -> None:
    wait_until_free(setting.gpu_reader, setting.gpu_share, setting.gpu_free_wait_s)


def _own(error: BaseException | None) -> BaseException | None:
    """Return what a replica raised itself: Ray wraps it in a traceback, people get the words."""
    from ray.exceptions import RayTaskError

    if isinstance(error, RayTaskError) and isinstance(error.cause, CultureRayError):
        return error.cause
    return error
