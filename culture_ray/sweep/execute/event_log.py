"""Distribution of the executor's events to the listener, the timeline and Ray's metrics."""

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
"""Shorter times without a chunk are not recorded as idle."""


class EventLog:
    """Log of a sweep's events, in three forms: on the screen, in the timeline, as metrics."""

    def __init__(
        self, listener: Listener, timeline: Timeline, metrics: Metrics | None = None
    ) -> None:
        """Take what events go to; `metrics` is None where nothing exports them."""
        self._listener, self._timeline, self._metrics = listener, timeline, metrics
        self._gpus: dict[str, str] = {}
        self._addresses: dict[str, str] = {}
        self._idle_since: dict[str, float] = {}
        self._counters: dict[str, Counters] = {}
        self._ticked_at = time.monotonic()

    def stage(self, stage: str) -> None:
        """Begin a stage, or several at once: events of replicas then belong to the first."""
        self._timeline.stage = stage
        # The last counters lack the end of the stage before, which must not count as this one's.
        self._counters.clear()

    def node_joined(self, node: str, address: str) -> None:
        """Log that a node joined."""
        self._addresses[node] = address
        self._timeline.add("join", node=address)

    def node_left(self, node: str) -> None:
        """Log that a node left."""
        self._timeline.add("leave", node=self._addresses[node])

    def replica_placed(self, replica: str, gpus: str) -> None:
        """Take the GPUs that a replica was given."""
        self._gpus[replica] = gpus

    def replica_loading(self, replica: str, model: str) -> None:
        """Log that a replica begins to load."""
        self._listener.replica_loading(model, replica)

    def replica_ready(self, replica: ReplicaState) -> None:
        """Log that a replica is loaded."""
        self._listener.replica_ready(replica.model, replica.name)
        self._add("load", replica, since=replica.started_at)
        self._idle_since[replica.name] = time.monotonic()

    def dispatched(self, replica: ReplicaState) -> None:
        """Log how long a replica was idle before it got this chunk."""
        since = self._idle_since.pop(replica.name, None)
        if since is not None and time.monotonic() - since > _IDLE_S:
            self._add("idle", replica, since=since)

    def chunk_done(
        self, replica: ReplicaState, unit: Unit, chunk: Chunk, result: ChunkDone, stage: str
    ) -> None:
        """Log that a replica has committed a chunk of a stage."""
        self._stored(replica.model, chunk.size, result, stage)
        last = chunk.start + chunk.size - 1
        rows = "" if chunk.size == unit.size else f" rows {chunk.start}-{last}"
        self._add(
            "unit", replica, since=replica.assigned[chunk], unit=unit.path.stem + rows,
            requests=chunk.size, output_tokens=result.output_tokens, stage=stage,
        )  # fmt: skip
        if len(replica.assigned) == 1:
            self._idle_since[replica.name] = time.monotonic()

    def done_without_replica(
        self, model: str, requests: int, result: ChunkDone, stage: str
    ) -> None:
        """Log requests of a stage in the store that no replica of this driver answered."""
        self._stored(model, requests, result, stage)

    def replica_lost(self, replica: ReplicaState, reason: str, event: str = "death") -> None:
        """Log that a replica died, or could not start."""
        self._listener.replica_lost(replica.model, replica.name)
        self._add(event, replica, what=reason)
        if event == "death" and self._metrics is not None:
            self._metrics.died(replica.model)
        self._idle_since.pop(replica.name, None)

    def model_abandoned(self, model: str, reason: str) -> None:
        """Log that a model cannot continue."""
        self._listener.model_abandoned(model, reason)

    def stopped(self, signal_name: str) -> None:
        """Log that the sweep stops before its end."""
        self._timeline.add("drain", what=signal_name)

    def counted(self, replica: str, counters: Counters) -> None:
        """Take the counters of a replica."""
        self._counters[replica] = counters

    def tick(self, ready: Mapping[str, str]) -> None:
        """Pass counters on, about once a second; `ready` maps ready replicas to their models."""
        now = time.monotonic()
        counted = {
            r: (model, self._counters[r]) for r, model in ready.items() if r in self._counters
        }
        self._listener.tick(counted)
        if self._metrics is not None:
            self._metrics.tick(counted, now - self._ticked_at)
        self._ticked_at = now
        self._timeline.write_if_due()

    def close(self) -> None:
        """Write the events that are not written yet."""
        self._timeline.join()

    def _stored(self, model: str, requests: int, result: ChunkDone, stage: str) -> None:
        self._listener.chunk_done(model, requests, result, stage)
        if self._metrics is not None:
            self._metrics.failed(model, result.failed)

    def _add(self, event: str, replica: ReplicaState, **facts: Any) -> None:
        addresses = sorted({self._addresses[place.node] for place in replica.places})
        self._timeline.add(
            event, model=replica.model, replica=replica.name, node=" ".join(addresses),
            gpus=self._gpus.get(replica.name, ""), **facts,
        )  # fmt: skip
