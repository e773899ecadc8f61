"""Stages that run together on the executor: chunks as they are dispatched, answered and stored.

Rules for the commit of a unit:

- It is one shard, committed once; `store.atomic` lets the first commit win. Copies of a late chunk
  and two drivers with the same unit are therefore harmless; claims only make them rare.
- A replica claims a unit before it sends requests (`store.claims`). A unit that another driver has
  claimed is waited for, and taken over when that driver is gone.
- The chunks of a replica that dies wait again. `schedule.chunks` isolates the request at fault.
- A unit that is rendered from other shards waits until these are committed, while its model stays
  loaded.
- Rows that are done while their unit is not, because it was halved or the sweep was stopped, are
  parts (`store.parts`); the replica that completes the unit joins them to its shard.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from culture_ray.errors import EngineFailed, ModelStops
from culture_ray.store.parts import drop_parts, parts_folder
from culture_ray.sweep.events import ChunkDone
from culture_ray.sweep.execute.chunk_store import record_failed
from culture_ray.sweep.execute.driver_session import DriverSession
from culture_ray.sweep.execute.fleet import ReplicaMessage
from culture_ray.sweep.execute.hang_detector import HangDetector
from culture_ray.sweep.execute.membership import Membership
from culture_ray.sweep.execute.unit_tracker import UnitTracker
from culture_ray.sweep.plan.units import StageWork
from culture_ray.sweep.schedule.chunks import Chunk
from culture_ray.sweep.schedule.records import ReplicaState
from culture_ray.sweep.schedule.state import State


class StageRun:
    """Run of stages: sends their chunks to replicas, and takes what the replicas answer."""

    def __init__(
        self,
        run: Path,
        work: Sequence[StageWork],
        units: UnitTracker,
        session: DriverSession,
        state: State,
        membership: Membership,
        detector: HangDetector,
    ) -> None:
        self._run, self._units = run, units
        self._session, self._state = session, state
        self._membership, self._hang_detector = membership, detector
        refs: list[Any] = [session.workers.share(one.task) for one in work]
        tasks = ((one.task, ref) for one, ref in zip(work, refs, strict=True) for _ in one.units)
        self._tasks = {str(u.path): task for u, task in zip(units, tasks, strict=True)}

    @property
    def waits_for_others(self) -> bool:
        """Return True if other drivers have claimed some of the units."""
        return self._units.claimed > 0

    def dispatch(self, name: str, chunk: Chunk) -> None:
        """Send a chunk to a replica."""
        replica = self._state.replicas[name]
        self._session.event_log.dispatched(replica)
        self._hang_detector.dispatched(replica, time.monotonic())
        times_sent = self._units.count_sent(chunk)
        _, task_ref = self._tasks[chunk.unit]
        self._session.fleet.dispatch(name, self._units[chunk], chunk, task_ref, times_sent)

    def mark_poisoned(self, model: str, chunk: Chunk) -> None:
        """Record a request that kills engines as failed."""
        error = self._membership.last_errors.get(model, "no words")
        reason = f"the engine died each time it had this request, at last with no other ({error})"
        unit, times_sent = self._units[chunk], self._units.times_sent(chunk)
        task, _ = self._tasks[chunk.unit]
        result = record_failed(self._run, unit, chunk, task, times_sent, reason)
        self._state.poisoned_recorded(model, chunk)
        self._finish(model, chunk)
        self._session.event_log.done_without_replica(model, chunk.size, result, task.stage)

    def receive(self, message: ReplicaMessage) -> None:
        """Take a message of a replica; raises its error if that is not an engine's failure."""
        replica = self._state.replicas.get(message.replica)
        if replica is None:
            return
        if message.error is not None:
            self._receive_error(replica, message, message.error)
            return
        name, event_log, now = replica.name, self._session.event_log, time.monotonic()
        match message.kind:
            case "placed":
                event_log.replica_placed(name, message.value)
            case "started" if message.value is not None:
                self._membership.start_failed(name, message.value)
            case "started":
                self._state.replica_ready(name, now)
                event_log.replica_ready(replica)
            case "counters":
                event_log.counted(name, message.value)
                self._hang_detector.counted(name, message.value, now)
                self._state.requests_settled(name, message.value.settled, now)
            case "chunk" if message.chunk in replica.assigned:
                self._receive_chunk(replica, message.chunk, message.value, now)

    def poll_replicas(self, now: float) -> None:
        """Request counters, give up the replicas that hang, and log the counters that are there."""
        self._session.fleet.request_counters()
        for name, reason in self._hang_detector.hanging(self._state, now):
            self._membership.replica_died(name, EngineFailed(reason))
        replicas = self._state.replicas.values()
        ready = {
            replica.name: replica.model for replica in replicas if replica.ready_at is not None
        }
        self._session.event_log.tick(ready)

    def check_claimed(self, now: float) -> None:
        """Finish chunks that other drivers have committed, and run those that they released."""
        committed, free = self._units.check_claimed(now)
        for name, chunk in committed:
            self._finish(name, chunk)
            task, _ = self._tasks[chunk.unit]
            self._session.event_log.done_without_replica(name, chunk.size, ChunkDone(), task.stage)
        for name, chunk in free:
            self._state.add_chunks(name, [chunk])

    def _receive_error(
        self, replica: ReplicaState, message: ReplicaMessage, error: BaseException
    ) -> None:
        if isinstance(error, ModelStops):
            self._stop_model(replica, message.chunk, str(error))
        elif message.kind in ("placed", "started") and isinstance(error, EngineFailed):
            self._membership.start_failed(replica.name, str(error))
        elif message.died:
            self._membership.replica_died(replica.name, error)
        else:
            raise error

    def _receive_chunk(
        self, replica: ReplicaState, chunk: Chunk, result: ChunkDone, now: float
    ) -> None:
        if result.complete and not result.claimed_elsewhere:
            unit, (task, _) = self._units[chunk], self._tasks[chunk.unit]
            self._session.event_log.chunk_done(replica, unit, chunk, result, task.stage)
            self._state.chunk_done(replica.name, chunk, now)
            self._finish(replica.model, chunk)
            return
        self._state.chunk_dropped(replica.name, chunk)
        if result.claimed_elsewhere:
            self._units.add_claimed(replica.model, chunk)

    def _stop_model(self, replica: ReplicaState, chunk: Chunk | None, reason: str) -> None:
        """Stop dispatching to a model; its other chunks finish the requests in flight."""
        if chunk is not None and chunk in replica.assigned:
            self._state.chunk_dropped(replica.name, chunk)
        if self._state.models[replica.model].abandoned is None:
            self._state.stop_dispatching(replica.model, reason)
            self._session.event_log.model_abandoned(replica.model, reason)

    def _finish(self, name: str, chunk: Chunk) -> None:
        """Count a chunk as stored, and run the units that waited for its unit.

        The unit runs again if all of it is done but the shard is missing.
        """
        again = self._units.count_done(chunk)
        unit = self._units[chunk]
        if again is not None:
            self._state.add_chunks(name, [again])
            return
        for follower in self._units.followers(chunk):
            self._state.add_chunks(follower.engine, [self._units.whole(follower)])
        if chunk.size < unit.size and unit.path.exists():
            drop_parts(parts_folder(self._run, unit.path))
