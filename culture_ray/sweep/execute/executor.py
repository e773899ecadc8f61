"""Executor: carries the policy's actions out, with replicas as actors."""

from __future__ import annotations

import math
import os
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from functools import partial
from typing import Any

from culture_ray.engines.interface import Engine
from culture_ray.engines.model import Model
from culture_ray.errors import Drained
from culture_ray.spending.billing import BillingContext
from culture_ray.store.run_directory import RunDirectory
from culture_ray.sweep.events import Listener
from culture_ray.sweep.execute.account_watch import AccountWatch
from culture_ray.sweep.execute.driver_session import DriverSession, open_session
from culture_ray.sweep.execute.gpu_memory import GpuReader, visible_gpus
from culture_ray.sweep.execute.hang_detector import HangDetector
from culture_ray.sweep.execute.membership import Membership
from culture_ray.sweep.execute.placement import gpu_share, need, spec_of
from culture_ray.sweep.execute.replica import ReplicaSettings
from culture_ray.sweep.execute.signals import StopSignals
from culture_ray.sweep.execute.stage_run import StageRun
from culture_ray.sweep.execute.unit_tracker import UnitTracker
from culture_ray.sweep.plan.cluster import Cluster
from culture_ray.sweep.plan.readiness import check_placeable
from culture_ray.sweep.plan.units import StageWork, Task, Unit
from culture_ray.sweep.schedule.actions import (
    AbandonModel,
    Action,
    Cancel,
    Dispatch,
    MarkPoisoned,
    Prefetch,
    Start,
    Stop,
)
from culture_ray.sweep.schedule.chunks import Chunk
from culture_ray.sweep.schedule.policy import decide
from culture_ray.sweep.schedule.state import State

_WAIT_S, _POLL_S, _NODES_S = 0.25, 1.0, 2.0
_FINISH_SHARE = 0.5
"""Share of the grace time for units to finish; then they are cut, and answered rows are kept."""


class Executor:
    """Runner of stages on workers; replicas stay loaded from one stage to the next."""

    def __init__(
        self,
        cluster: Cluster,
        models: Mapping[str, Model],
        make_engine: Callable[..., Engine],
        run: RunDirectory,
        listener: Listener,
        billing: BillingContext | None = None,
        gpu_reader: GpuReader = visible_gpus,
        rates: Mapping[tuple[str, str], float] | None = None,
        *,
        in_process: bool = False,
    ) -> None:
        """Take what stages need.

        `rates` are planned output tokens per second of a replica, by stage and model. `in_process`
        runs all replicas in this process, without Ray.
        """
        self._cluster, self._models, self._listener = cluster, models, listener
        self._make_engine, self._run, self._gpu_reader = make_engine, run, gpu_reader
        self._billing, self._rates = billing, dict(rates or {})
        """Rates that have not been used yet."""
        self._folder = run.folder.resolve()
        self._in_process = in_process
        self._state = State(
            math.inf if cluster.max_replicas is None else cluster.max_replicas,
            prefix=f"{os.getpid()}-",
        )
        self._state.prefetches = cluster.prefetch
        self._hang_detector = HangDetector(cluster.hang_after_s, cluster.load_timeout_s)
        self._polled_at = self._nodes_checked_at = 0.0
        self._stack = ExitStack()
        self._connected = False
        self._watch: AccountWatch | None = None
        self._session: DriverSession
        self._membership: Membership
        self._stage: StageRun

    def __enter__(self) -> Executor:
        return self

    def __exit__(self, *error: Any) -> None:
        self._stack.__exit__(*error)

    def expect(self, seconds: Mapping[str, float]) -> None:
        """Take the models that later stages ask, with the seconds that one replica will take.

        They are loaded on GPUs that are idle at the end of the next stage to run.
        """
        self._state.expect(seconds)

    def run(self, task: Task, units: Sequence[Unit]) -> dict[str, str]:
        """Run every unit of one stage; as `run_together`."""
        return self.run_together([StageWork(task, units)])

    def run_together(self, work: Sequence[StageWork]) -> dict[str, str]:
        """Run the units of stages, so that a model is loaded once for all of them.

        Returns the reason for each model that could not finish. Raises NeedsGpu or
        ModelDoesNotFit before anything is loaded, BadLedger before anything is sent, DiskProblem,
        Drained when the process is asked to stop, and any error of a task that is not an engine's
        failure.
        """
        work = [one for one in work if one.units]
        if not work:
            return {}
        if not self._connected:
            self._connect()
        units = [unit for one in work for unit in one.units]
        self._begin(work, units)
        with StopSignals() as signals:
            while not self._state.finished or self._stage.waits_for_others:
                for action in decide(self._state, time.monotonic()):
                    self._carry_out(action)
                for message in self._session.fleet.messages(_WAIT_S):
                    self._stage.receive(message)
                self._poll()
                if signals.received is not None:
                    self._stop(signals.received)
        if self._watch is not None:
            self._watch.finish()
        engines = {unit.engine for unit in units}
        abandoned = {name: self._state.models[name].abandoned for name in engines}
        return {name: reason for name, reason in abandoned.items() if reason is not None}

    # --- begin and end

    def _connect(self) -> None:
        self._session = session = self._stack.enter_context(
            open_session(
                self._cluster, self._run, self._listener, self._billing, in_process=self._in_process
            )
        )
        self._connected = True
        if session.accounts is not None:
            self._watch = AccountWatch(session.accounts, self._run, self._listener)
        self._membership = Membership(
            session.workers, self._state, session.fleet, session.event_log, self._hang_detector
        )
        for name, model in self._models.items():
            planned = (rate for (_, of), rate in self._rates.items() if of == name)
            self._state.add_model(spec_of(name, model, self._cluster, next(planned, None)))
        self._membership.update_nodes()

    def _begin(self, work: Sequence[StageWork], units: Sequence[Unit]) -> None:
        nodes = [self._state.nodes.total(node) for node in self._state.nodes]
        for name in {unit.engine for unit in units}:
            check_placeable(name, need(self._models[name]), nodes)
            planned = (self._rates.pop((one.task.stage, name), None) for one in work)
            rate = next((found for found in planned if found is not None), None)
            if rate is not None and self._models[name].gpus_per_replica:
                self._state.plan_rate(name, rate)
        self._session.event_log.stage(work[0].task.stage)
        tracker = UnitTracker(units, self._session.claims)
        self._stage = StageRun(
            self._folder,
            work,
            tracker,
            self._session,
            self._state,
            self._membership,
            self._hang_detector,
        )
        by_model: dict[str, list[Chunk]] = {}
        for unit in tracker.ready():
            by_model.setdefault(unit.engine, []).append(tracker.whole(unit))
        # Drivers that start from opposite ends want the same unit only where they meet.
        others = self._session.claims.others()
        for name, chunks in by_model.items():
            self._state.add_chunks(name, reversed(chunks) if others else chunks)

    def _stop(self, signal_name: str) -> None:
        """Dispatch no more, and commit what is answered within the grace time; raises Drained."""
        self._state.stopping = True
        began, cut = time.monotonic(), False
        while (elapsed := time.monotonic() - began) < self._cluster.grace_s:
            if not any(replica.assigned for replica in self._state.replicas.values()):
                break
            if not cut and elapsed > _FINISH_SHARE * self._cluster.grace_s:
                cut = True
                self._session.fleet.commit_answered()
            for message in self._session.fleet.messages(_WAIT_S):
                self._stage.receive(message)
            for action in decide(self._state, time.monotonic()):
                self._carry_out(action)
        self._session.event_log.stopped(signal_name)
        raise Drained(f"stopped by {signal_name}; the responses received so far are committed")

    # --- actions of the policy

    def _carry_out(self, action: Action) -> None:
        fleet, event_log = self._session.fleet, self._session.event_log
        match action:
            case Start(replica, name, _):
                engine, settings = self._engine_of(name), self._settings_of(replica, name)
                fleet.load(action, self._models[name], engine, settings)
                event_log.replica_loading(replica, name)
            case Dispatch(replica, chunk, _):
                self._stage.dispatch(replica, chunk)
            case Cancel(replica, chunk):
                fleet.cancel(replica, chunk)
            case Stop(replica):
                self._hang_detector.forget(replica)
                fleet.unload(replica, graceful=True)
            case Prefetch(name, node):
                fleet.prefetch(node, self._models[name])
            case MarkPoisoned(name, chunk):
                self._stage.mark_poisoned(name, chunk)
            case AbandonModel(name, reason):
                error = self._membership.last_errors.get(name)
                reason = reason if error is None or error in reason else f"{reason} ({error})"
                self._state.models[name].abandoned = reason
                event_log.model_abandoned(name, reason)

    def _engine_of(self, name: str) -> Callable[[], Engine]:
        model, accounts = self._models[name], self._session.accounts
        access = accounts.api_access(name) if accounts is not None else None
        return partial(self._make_engine, *((model,) if access is None else (model, access)))

    def _settings_of(self, replica: str, name: str) -> ReplicaSettings:
        return ReplicaSettings(
            self._folder,
            self._folder / "logs" / f"{replica}.log",
            self._session.claims,
            gpu_share(self._models[name]),
            self._cluster.gpu_free_wait_s,
            self._gpu_reader,
        )

    # --- regular checks

    def _poll(self) -> None:
        now = time.monotonic()
        if now - self._polled_at > max(_POLL_S, len(self._state.replicas) / 1000):
            self._polled_at = now
            if self._watch is not None:
                self._watch.poll()
            self._stage.poll_replicas(now)
        if now - self._nodes_checked_at > _NODES_S:
            self._nodes_checked_at = now
            self._membership.update_nodes()
        self._stage.check_claimed(now)
