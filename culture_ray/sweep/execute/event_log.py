"""Telling what happens: to people, to the timeline, and to Ray's metrics."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from culture_ray.sweep.events import ChunkDone, Counters, Listener
from culture_ray.sweep.execute.metrics import Metrics
from culture_ray.sweep.plan.units import Unit
from culture_ray.sweep.progress.timeline import Timeline
from culture_ray.sweep.schedule.chunks import Chunk
from culture_ray.sweep.schedule.records import ReplicaState

_IDLE_S = 1.0
"""A replica that has nothing for less than this was not idle."""


class EventLog:
    """Passes every event on to whoever wants to know."""

    def __init__(self, listener: Listener, timeline: Timeline, metrics: Metrics) -> None:
        self._listener, self._timeline, self._metrics = listener, timeline, metrics
        self._gpus: dict[str, str] = {}
        self._hosts: dict[str, str] = {}
        self._idle: dict[str, float] = {}
        self._counters: dict[str, Counters] = {}
        self._ticked = time.monotonic()

    def stage(self, stage: str) -> None:
        """Begin a stage."""
        self._timeline.stage = stage
        self._counters.clear()  # they lack the end of the stage before, which is not of this one

    def joined(self, node: str, address: str) -> None:
        """A machine joined."""
        self._hosts[node] = address
        self._timeline.add("join", node=address)

    def left(self, node: str) -> None:
        """A machine left."""
        self._timeline.add("leave", node=self._hosts[node])

    def placed(self, replica: str, gpus: str) -> None:
        """A replica has its place."""
        self._gpus[replica] = gpus

    def loading(self, replica: str, model: str) -> None:
        """A replica begins to load."""
        self._listener.loading(model, replica)

    def ready(self, one: ReplicaState) -> None:
        """A replica is loaded."""
        self._listener.ready(one.model, one.name)
        self._add("load", one, since=one.started_at)
        self._idle[one.name] = time.monotonic()

    def handed(self, one: ReplicaState) -> None:
        """A replica gets a piece."""
        since = self._idle.pop(one.name, None)
        if since is not None and time.monotonic() - since > _IDLE_S:
            self._add("idle", one, since=since)

    def done(self, one: ReplicaState, unit: Unit, piece: Chunk, end: ChunkDone) -> None:
        """A piece stands in the store."""
        self._listener.unit_done(one.model, piece.size, end)
        self._metrics.failed(one.model, end.failed)
        last = piece.start + piece.size - 1
        rows = "" if piece.size == unit.size else f" rows {piece.start}-{last}"
        self._add(
            "unit", one, since=one.hand[piece], unit=unit.path.stem + rows,
            requests=piece.size, output_tokens=end.output_tokens,
        )  # fmt: skip
        if len(one.hand) == 1:
            self._idle[one.name] = time.monotonic()

    def without_replica(self, model: str, requests: int, end: ChunkDone) -> None:
        """Requests stand in the store that no replica of this driver answered."""
        self._listener.unit_done(model, requests, end)
        self._metrics.failed(model, end.failed)

    def lost(self, one: ReplicaState, why: str, event: str = "death") -> None:
        """A replica died, or could not start."""
        self._listener.lost(one.model, one.name)
        self._add(event, one, what=why)
        if event == "death":
            self._metrics.died(one.model)
        self._idle.pop(one.name, None)

    def broken(self, model: str, why: str) -> None:
        """A model cannot go on."""
        self._listener.broken(model, why)

    def drained(self, why: str) -> None:
        """The sweep stops before its end."""
        self._timeline.add("drain", what=why)

    def counted(self, replica: str, counters: Counters) -> None:
        """A replica told its counters."""
        self._counters[replica] = counters

    def tick(self, ready: Mapping[str, str]) -> None:
        """About once a second; `ready` are the models of ready replicas, by replica."""
        now = time.monotonic()
        counted = {
            r: (model, self._counters[r]) for r, model in ready.items() if r in self._counters
        }
        self._listener.tick(counted)
        self._metrics.tick(counted, now - self._ticked)
        self._ticked = now
        self._timeline.write_sometimes()

    def close(self) -> None:
        """Write what is not written."""
        self._timeline.join()

    def _add(self, event: str, one: ReplicaState, **facts: Any) -> None:
        hosts = sorted({self._hosts[place.node] for place in one.places})
        self._timeline.add(
            event, model=one.model, replica=one.name, node=" ".join(hosts),
            gpus=self._gpus.get(one.name, ""), **facts,
        )  # fmt: skip
