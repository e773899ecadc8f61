"""Carries the policy's actions out on Ray: replicas as actors, pieces of units as calls to them.

What can happen to a unit, in one place:

- It is one shard, committed once; `store.atomic` lets the first commit win. Copies of a late
  piece and two drivers with the same unit are therefore harmless; claims only make them rare.
- A replica claims a unit before it asks (`store.claims`). A unit that another driver has is waited
  for, and taken over when that driver is gone.
- What a replica has in hand when it dies waits again. `pieces` finds out which request killed it.
- Rows that are done while their unit is not, because it was halved or the sweep was drained, are
  parts (`store.parts`); whoever completes the unit joins them to its shard.
"""

from __future__ import annotations

import math
import os
import platform
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from functools import partial
from types import TracebackType
from typing import Any

from culture_ray.engines.interface import Engine
from culture_ray.engines.model import Model
from culture_ray.errors import Drained, EngineFailed, ModelStops
from culture_ray.spending.billing import BillingContext
from culture_ray.store.claims import Claims, Presence
from culture_ray.store.parts import drop_parts, parts_folder
from culture_ray.store.run_directory import RunDirectory
from culture_ray.sweep.events import ChunkDone, Listener
from culture_ray.sweep.execute.elsewhere import ClaimedElsewhere
from culture_ray.sweep.execute.event_log import EventLog
from culture_ray.sweep.execute.fleet import Fleet, ReplicaMessage
from culture_ray.sweep.execute.governor_actor import SpendingAccounts
from culture_ray.sweep.execute.gpu_memory import Reader, visible_gpus
from culture_ray.sweep.execute.hang_detector import HangDetector
from culture_ray.sweep.execute.metrics import Metrics
from culture_ray.sweep.execute.placement import gpu_share, need, spec_of
from culture_ray.sweep.execute.ray_session import connect, machines
from culture_ray.sweep.execute.replica import ReplicaSettings, record_failed
from culture_ray.sweep.execute.signals import StopSignals
from culture_ray.sweep.execute.unit_tracker import UnitTracker
from culture_ray.sweep.plan.cluster import Cluster
from culture_ray.sweep.plan.readiness import check_placeable
from culture_ray.sweep.plan.units import Task, Unit
from culture_ray.sweep.progress.timeline import Timeline
from culture_ray.sweep.schedule.chunks import Chunk
from culture_ray.sweep.schedule.policy import (
    AbandonModel,
    Action,
    Cancel,
    Dispatch,
    MarkPoisoned,
    Start,
    Stop,
    decide,
)
from culture_ray.sweep.schedule.records import ReplicaState
from culture_ray.sweep.schedule.state import State

_WAIT_S, _POLL_S, _NODES_S = 0.25, 1.0, 2.0
_KEEP_SHARE = 0.5
"""Share of the grace time after which unfinished units are cut, and what is answered is kept."""


class Executor:
    """Ray for the length of a sweep; replicas stay loaded from one stage to the next."""

    def __init__(
        self,
        cluster: Cluster,
        models: Mapping[str, Model],
        make_engine: Callable[..., Engine],
        run: RunDirectory,
        listener: Listener,
        purse: BillingContext | None = None,
        gpu_reader: Reader = visible_gpus,
    ) -> None:
        self._cluster, self._models, self._listener = cluster, models, listener
        self._make_engine, self._run, self._gpu_reader = make_engine, run, gpu_reader
        self._purse = purse
        self._folder = run.folder.resolve()
        self._driver = f"{platform.node()}-{os.getpid()}-{uuid.uuid4().hex[:6]}"
        self._state = State(
            math.inf if cluster.max_replicas is None else cluster.max_replicas,
            prefix=f"{os.getpid()}-",
        )
        self._watch = HangDetector(cluster.hang_after_s, cluster.load_timeout_s)
        self._words: dict[str, str] = {}
        self._polled = self._looked = 0.0
        self._open = ExitStack()
        self._ray: Any = None
        self._accounts: SpendingAccounts | None = None
        self._fleet: Fleet
        self._journal: EventLog
        self._claims: Claims
        self._elsewhere: ClaimedElsewhere
        self._book: UnitTracker
        self._task: Task
        self._shared: Any

    def __enter__(self) -> Executor:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        tb: TracebackType | None,
    ) -> None:
        if self._ray is None:
            return
        with self._open:
            self._fleet.close(graceful=kind is None or kind is Drained)
            self._journal.close()

    def run(self, task: Task, units: Sequence[Unit]) -> dict[str, str]:
        """Run every unit; return why, for each model that could not finish.

        Raises NeedsGpu or ModelDoesNotFit before anything is loaded, DiskProblem, Drained when the
        process is asked to stop, and whatever a task raises that is not an engine's failure.
        """
        if not units:
            return {}
        if self._ray is None:
            self._connect()
        self._begin(task, units)
        with StopSignals() as drain:
            while not self._state.finished or len(self._elsewhere):
                for action in decide(self._state, time.monotonic()):
                    self._carry_out(action)
                for answer in self._fleet.answers(_WAIT_S):
                    self._take(answer)
                self._look_around()
                if drain.by is not None:
                    self._stop(drain.by)
        engines = {unit.engine for unit in units}
        broken = {name: self._state.models[name].broken for name in engines}
        return {name: why for name, why in broken.items() if why is not None}

    # --- beginning and ending

    def _connect(self) -> None:
        self._ray = ray = connect(self._cluster)
        if self._cluster.address is None:
            self._open.callback(ray.shutdown)
        if self._purse is not None:
            self._accounts = SpendingAccounts(ray, self._purse)
            self._open.callback(self._accounts.close)
            for sentence in self._accounts.mended:
                self._listener.say(sentence)
        self._claims = self._open.enter_context(Presence(self._folder / "claims", self._driver))
        self._elsewhere = ClaimedElsewhere(self._claims)
        self._fleet = Fleet(ray)
        self._journal = EventLog(
            self._listener,
            Timeline(self._folder, self._driver),
            Metrics(self._run.name),
        )
        for name, model in self._models.items():
            self._state.add_model(spec_of(name, model))
        self._look_for_machines()

    def _begin(self, task: Task, units: Sequence[Unit]) -> None:
        nodes = [self._state.nodes.total(node) for node in self._state.nodes]
        for name in {unit.engine for unit in units}:
            check_placeable(name, need(self._models[name]), nodes)
        self._journal.stage(task.stage)
        self._task, self._shared = task, self._ray.put(task)
        self._book = UnitTracker(units)
        by_model: dict[str, list[Chunk]] = {}
        for unit in self._book:
            by_model.setdefault(unit.engine, []).append(self._book.whole(unit))
        # Drivers that work towards each other want the same unit only where they meet.
        others = self._claims.others()
        for name, pieces in by_model.items():
            self._state.add_pieces(name, reversed(pieces) if others else pieces)

    def _stop(self, by: str) -> None:
        """Stop handing out, commit what is answered within the grace time; raises Drained."""
        self._state.draining = True
        began, cut = time.monotonic(), False
        while (late := time.monotonic() - began) < self._cluster.grace_s:
            if not any(one.hand for one in self._state.replicas.values()):
                break
            if not cut and late > _KEEP_SHARE * self._cluster.grace_s:
                cut = True
                self._fleet.drain()
            for answer in self._fleet.answers(_WAIT_S):
                self._take(answer)
            for action in decide(self._state, time.monotonic()):
                self._carry_out(action)
        self._journal.drained(by)
        raise Drained(f"stopped by {by}; what was answered is committed")

    # --- carrying out

    def _carry_out(self, action: Action) -> None:
        match action:
            case Start(replica, name, _):
                model = self._models[name]
                setting = ReplicaSettings(
                    self._folder,
                    self._folder / "logs" / f"{replica}.log",
                    self._claims,
                    gpu_share(model),
                    self._cluster.gpu_free_wait_s,
                    self._gpu_reader,
                )
                self._fleet.load(action, model, self._engine_of(name), setting)
                self._journal.loading(replica, name)
            case Dispatch(replica, piece, _):
                one = self._state.replicas[replica]
                self._journal.handed(one)
                self._watch.handed(one, time.monotonic())
                sent = self._book.send(piece)
                self._fleet.hand(replica, self._book[piece], piece, self._shared, sent)
            case Cancel(replica, piece):
                self._fleet.cancel(replica, piece)
            case Stop(replica):
                self._watch.forget(replica)
                self._fleet.unload(replica, graceful=True)
            case MarkPoisoned(name, piece):
                self._condemn(name, piece)
            case AbandonModel(name, why):
                words = self._words.get(name)
                why = why if words is None or words in why else f"{why} ({words})"
                self._state.models[name].broken = why
                self._journal.broken(name, why)

    def _engine_of(self, name: str) -> Callable[[], Engine]:
        model = self._models[name]
        paid = self._accounts.paid(name) if self._accounts is not None else None
        return partial(self._make_engine, *((model,) if paid is None else (model, paid)))

    def _condemn(self, name: str, piece: Chunk) -> None:
        words = self._words.get(name, "no words")
        why = f"the engine died each time it had this request, at last with no other ({words})"
        unit, sent = self._book[piece], self._book.sent(piece)
        end = record_failed(self._folder, unit, piece, self._task, sent, why)
        self._state.recorded(name, piece)
        self._finish(name, piece)
        self._journal.without_replica(name, piece.size, end)

    def _finish(self, name: str, piece: Chunk) -> None:
        """Count a piece as standing in the store."""
        again = self._book.done(piece)
        if again is not None:
            self._state.add_pieces(name, [again])
        elif piece.size < self._book[piece].size and self._book[piece].path.exists():
            drop_parts(parts_folder(self._folder, self._book[piece].path))

    # --- what comes back

    def _take(self, answer: ReplicaMessage) -> None:
        one = self._state.replicas.get(answer.replica)
        if one is None:
            return
        if answer.error is not None:
            if isinstance(answer.error, ModelStops):
                self._end(one, answer)
            elif answer.kind == "started" and isinstance(answer.error, EngineFailed):
                self._refuse(one.name, str(answer.error))
            elif answer.died:
                self._lose(one.name, answer.error)
            else:
                raise answer.error
            return
        now = time.monotonic()
        match answer.kind:
            case "placed":
                self._journal.placed(one.name, answer.value)
            case "started" if answer.value is not None:
                self._refuse(one.name, answer.value)
            case "started":
                self._state.ready(one.name, now)
                self._journal.ready(one)
            case "counters":
                self._journal.counted(one.name, answer.value)
                self._watch.counted(one.name, answer.value, now)
                self._state.settled(one.name, answer.value.settled, now)
            case "piece" if answer.piece in one.hand:
                self._take_piece(one.name, answer.piece, answer.value, now)

    def _take_piece(self, replica: str, piece: Chunk, end: ChunkDone, now: float) -> None:
        one = self._state.replicas[replica]
        if end.complete and not end.elsewhere:
            self._journal.done(one, self._book[piece], piece, end)
            self._state.done(replica, piece, now)
            self._finish(one.model, piece)
            return
        self._state.elsewhere(replica, piece)
        if end.elsewhere:
            self._elsewhere.add(one.model, piece)

    def _end(self, one: ReplicaState, answer: ReplicaMessage) -> None:
        """A model cannot go on; its other pieces finish what they have under way."""
        if answer.piece is not None and answer.piece in one.hand:
            self._state.elsewhere(one.name, answer.piece)
        if self._state.models[one.model].broken is None:
            self._state.stop_asking(one.model, str(answer.error))
            self._journal.broken(one.model, str(answer.error))

    def _refuse(self, replica: str, why: str) -> None:
        one = self._state.replicas[replica]
        self._journal.lost(one, why, "refusal")
        self._fleet.unload(replica, graceful=False)
        self._state.refused(replica, why)

    def _lose(self, replica: str, error: BaseException) -> None:
        """A replica died: what it had in hand goes to others."""
        alive = machines(self._ray)
        one = self._state.replicas[replica]
        gone = [place.node for place in one.places if place.node not in alive]
        if gone:
            for node in gone:
                self._leave(node)
            return
        why = _words_of(error)
        self._words[one.model] = why
        self._journal.lost(one, why)
        self._watch.forget(replica)
        self._fleet.unload(replica, graceful=False)
        self._state.died(replica)

    # --- looking around

    def _look_around(self) -> None:
        now = time.monotonic()
        if now - self._polled > max(_POLL_S, len(self._state.replicas) / 1000):
            self._polled = now
            self._fleet.poll()
            if self._accounts is not None:
                self._listener.spent(self._accounts.spent())
            for replica, why in self._watch.hanging(self._state, now):
                self._lose(replica, EngineFailed(why))
            ready = {
                one.name: one.model
                for one in self._state.replicas.values()
                if one.ready_at is not None
            }
            self._journal.tick(ready)
        if now - self._looked > _NODES_S:
            self._looked = now
            self._look_for_machines()
        done, free = self._elsewhere.look(now)
        for name, piece in done:
            self._finish(name, piece)
            self._journal.without_replica(name, piece.size, ChunkDone())
        for name, piece in free:
            self._state.add_pieces(name, [piece])

    def _look_for_machines(self) -> None:
        alive = machines(self._ray)
        for node in [node for node in self._state.nodes if node not in alive]:
            self._leave(node)
        for node, machine in alive.items():
            if node not in self._state.nodes:
                self._state.node_joined(node, machine.has)
                self._journal.joined(node, machine.address)

    def _leave(self, node: str) -> None:
        before = dict(self._state.replicas)
        for replica in self._state.node_left(node):
            self._journal.lost(before[replica], "its machine is gone")
            self._watch.forget(replica)
            self._fleet.unload(replica, graceful=False)
        self._journal.left(node)


def _words_of(error: BaseException) -> str:
    """Return what an error says in one line; of Ray's many lines the one that says why."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    detail = next((line for line in lines if "exit detail:" in line), None)
    if detail is not None:
        return detail.rpartition("exit detail:")[2].partition(". ")[0].strip()
    return lines[0][:300] if lines else type(error).__name__
