"""State of a running sweep: chunks that wait and run, on a pool of replicas; updated by events.

Nothing here reads a clock or knows Ray: the executor, or a simulator, reports each event with its
time in seconds.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

from culture_ray.sweep.schedule.chunks import Chunk
from culture_ray.sweep.schedule.records import ModelWork
from culture_ray.sweep.schedule.replica_pool import ReplicaPool

MAX_FAILED_STARTS = 2
"""Times in a row that a model's engine may fail to start: the first may be the node's fault."""

MAX_DEATHS = 8
"""Replicas of a model that may die in a row without a commit, in addition to two per replica."""


class State(ReplicaPool):
    """Input of the scheduling policy: models with their chunks, replicas and nodes."""

    def __init__(self, max_replicas: float = math.inf, prefix: str = "") -> None:
        super().__init__(max_replicas, prefix)
        self.stopping = False
        """True once the sweep was asked to stop: nothing more is started or dispatched."""
        self.late_checked_at = -math.inf
        self.models_waiting: dict[str, None] = {}
        """Models with waiting chunks."""
        self.new_poisoned: list[tuple[str, Chunk]] = []
        """Poisoned chunks (model, chunk) that are not reported yet."""
        self.new_abandoned: list[tuple[str, str]] = []
        """Abandoned models (name, reason) that are not reported yet."""
        self.upcoming: dict[str, float] = {}
        """Models that the next stage asks, with the seconds that one replica will take there."""
        self.prefetched: dict[str, str] = {}
        """Models whose weights were read ahead, with the node on which they were."""
        self.prefetches = False
        """True if weights are read ahead."""
        self.superseded: list[tuple[str, Chunk]] = []
        """Copies (replica, chunk) to cancel, because another replica was first."""

    @property
    def finished(self) -> bool:
        """Return True if nothing waits, runs or is left to report."""
        return not (
            self.new_poisoned
            or self.new_abandoned
            or self.models_waiting
            or any(work.holders for work in self.models.values())
        )

    def time_left(self) -> float:
        """Return the seconds that all waiting chunks would take if no GPU ever idled."""
        if not self.nodes.gpus:
            return math.inf
        waiting = (self.models[name] for name in self.models_waiting)
        return sum(work.work_s * work.spec.need.gpus for work in waiting) / self.nodes.gpus

    def expect(self, seconds: Mapping[str, float]) -> None:
        """Take the models that the next stage asks, with the seconds that one replica will take."""
        self.upcoming = dict(seconds)
        self.capacity_changed = True

    def plan_rate(self, model: str, tokens_per_s: float) -> None:
        """Take the planned rate of a model in the stage that begins, until it is measured."""
        self.models[model].tokens_per_s = tokens_per_s

    # --- chunks

    def add_chunks(self, model: str, chunks: Iterable[Chunk]) -> None:
        """Add chunks that wait for a replica of their model."""
        work = self.models[model]
        for chunk in chunks:
            self._enqueue(work, chunk)
            work.requests += chunk.size

    def next_chunk(self, model: str) -> Chunk:
        """Return and remove the next chunk of a model that waits, suspects last."""
        work = self.models[model]
        chunk = work.dequeue()
        if not work.has_waiting:
            self.models_waiting.pop(model, None)
        return chunk

    def dispatch(self, name: str, chunk: Chunk, now: float, *, copy: bool = False) -> None:
        """Count a chunk as dispatched to a replica."""
        replica = self.replicas[name]
        work = self.models[replica.model]
        replica.assigned[chunk] = now
        replica.dispatched += chunk.size
        replica.alone = chunk.suspect
        self._mark_busy(replica, work)
        work.holders.setdefault(chunk, {})[name] = now
        if copy:
            work.copyable.pop(chunk, None)
        elif not chunk.suspect:
            work.copyable[chunk] = None
        self._update_accepting(replica)

    def requests_settled(self, name: str, requests: int, now: float) -> None:
        """Update the number of requests that a replica has done since it started."""
        replica = self.replicas.get(name)
        if replica is not None and replica.ready_at is not None and requests > replica.settled:
            replica.settled = requests
            replica.measure_rate(now)
            self._update_accepting(replica)

    def chunk_done(self, name: str, chunk: Chunk, now: float) -> None:
        """Count a chunk as committed by a replica; its copies are superseded."""
        replica = self.replicas[name]
        work = self.models[replica.model]
        work.deaths = 0
        took = now - replica.assigned[chunk]
        work.chunk_s = took if work.chunk_s is None else 0.8 * work.chunk_s + 0.2 * took
        replica.done_tokens += chunk.tokens
        if replica.ready_at is not None and (busy := now - replica.ready_at) > 2 * work.chunk_s:
            work.tokens_per_s += 0.2 * (replica.done_tokens / busy - work.tokens_per_s)
        replica.measure_rate(now)
        self._release(chunk, work, name)

    def chunk_dropped(self, name: str, chunk: Chunk) -> None:
        """Remove a chunk without a commit, as when another driver has claimed its unit."""
        self._release(chunk, self.models[self.replicas[name].model], name)

    def poisoned_recorded(self, model: str, chunk: Chunk) -> None:
        """Count a poisoned chunk as recorded in the store."""
        self.models[model].requests -= chunk.size

    # --- replicas and nodes that go

    def replica_died(self, name: str, *, blame: bool = True) -> list[Chunk]:
        """Remove a replica; its chunks wait again, as suspects if `blame` is set.

        Returns the chunks that wait again or are poisoned.
        """
        replica = self._remove(name)
        work = self.models[replica.model]
        back: list[Chunk] = []
        for chunk in replica.assigned:
            holders = work.holders[chunk]
            del holders[name]
            if holders:  # a copy still runs
                work.copyable[chunk] = None
                continue
            del work.holders[chunk]
            work.copyable.pop(chunk, None)
            back += chunk.after_death() if blame else [chunk]
        for chunk in reversed(back):
            if chunk.poisoned:
                self.new_poisoned.append((replica.model, chunk))
            else:
                self._enqueue(work, chunk, front=not chunk.suspect)
        if blame:
            work.deaths += 1
            if work.deaths >= MAX_DEATHS + 2 * len(work.replicas):
                self.abandon(replica.model, f"its replicas died {work.deaths} times in a row")
        return back

    def start_failed(self, name: str, reason: str) -> None:
        """Remove a replica whose engine could not start; abandon its model if that is hopeless."""
        replica = self._remove(name)
        work = self.models[replica.model]
        work.failed_starts += 1
        if work.ever_ready:  # it runs on other nodes: this one is at fault
            work.avoid.update(place.node for place in replica.places)
            hopeless = not work.replicas and work.avoid >= set(self.nodes)
        else:
            hopeless = work.failed_starts >= MAX_FAILED_STARTS
        if hopeless:
            self.abandon(replica.model, reason)

    def stop_replica(self, name: str) -> None:
        """Remove a replica that is unloaded; its chunks wait again."""
        self.replica_died(name, blame=False)

    def node_left(self, node: str) -> list[str]:
        """Remove a node and its replicas without blame; return the replicas' names."""
        if node not in self.nodes:
            return []
        self.end_preemption(node)
        lost = list(self.on_node.pop(node, {}))
        self.nodes.leave(node)
        self.reclaimable.leave(node)
        for name in lost:
            self.replica_died(name, blame=False)
        self.capacity_changed = True
        return lost

    # --- models that cannot continue

    def abandon(self, model: str, reason: str) -> None:
        """Abandon a model: its replicas are stopped, and its chunks stay undone."""
        work = self.models[model]
        if work.abandoned is None:
            work.abandoned = reason
            self.models_waiting.pop(model, None)
            self.new_abandoned.append((model, reason))
            self.capacity_changed = True

    def stop_dispatching(self, model: str, reason: str) -> None:
        """Dispatch no more chunks of a model; those on its replicas still finish."""
        self.models[model].abandoned = reason
        self.models_waiting.pop(model, None)
        self.capacity_changed = True

    def _enqueue(self, work: ModelWork, chunk: Chunk, *, front: bool = False) -> None:
        work.enqueue(chunk, front=front)
        if work.abandoned is None:
            self.models_waiting[work.spec.name] = self.to_dispatch[work.spec.name] = None
            self.capacity_changed = True

    def _release(self, chunk: Chunk, work: ModelWork, by: str) -> None:
        holders = work.holders.pop(chunk)
        work.copyable.pop(chunk, None)
        work.requests -= chunk.size
        for name in holders:
            replica = self.replicas[name]
            del replica.assigned[chunk]
            replica.finished += chunk.size
            replica.alone = False
            if name != by:
                self.superseded.append((name, chunk))
            if not replica.assigned:
                self._mark_idle(replica, work)
            self._update_accepting(replica)
