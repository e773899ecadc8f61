"""Carries the policy's actions out on Ray: replicas as actors, units as calls to them."""

from __future__ import annotations

import math
import os
import secrets
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any

from culture_ray.engines.interface import Engine
from culture_ray.engines.model import Model
from culture_ray.errors import CultureRayError, EngineFailed, ModelStops
from culture_ray.spending.terms import Purse
from culture_ray.sweep.cluster import Cluster
from culture_ray.sweep.governor import Accounts
from culture_ray.sweep.listener import Listener
from culture_ray.sweep.placing import cluster_resources, environment, need
from culture_ray.sweep.policy import (
    Action,
    Hand,
    ModelState,
    ReplicaState,
    Start,
    State,
    Stop,
    decide,
)
from culture_ray.sweep.readiness import check_placeable
from culture_ray.sweep.replica import Counters, Replica, UnitDone
from culture_ray.sweep.units import Task, Unit

MAX_DEATHS = 5
"""Replicas of a model that may die in a row without committing a unit."""

MAX_STARTS = 2
"""Times in a row that a model's engine may fail to start: the first may be the machine's fault."""

_WAIT_S, _POLL_S = 0.25, 1.0


@dataclass
class _Placed:
    """A replica on the cluster."""

    name: str
    model: str
    actor: Any
    group: Any = None
    ready: bool = False
    units: dict[Any, Unit] = field(default_factory=dict)
    counters: Counters = field(default_factory=Counters)
    poll: Any = None


@dataclass
class _Work:
    """One model's part of a stage."""

    queue: deque[Unit]
    deaths: int = 0
    refusals: int = 0
    broken: str | None = None
    attempts: dict[Path, int] = field(default_factory=dict)


class Executor:
    """Ray for the length of a sweep; replicas stay loaded from one stage to the next."""

    def __init__(
        self,
        cluster: Cluster,
        models: Mapping[str, Model],
        make_engine: Callable[..., Engine],
        logs: Path,
        listener: Listener,
        purse: Purse | None = None,
    ) -> None:
        self._cluster, self._models, self._listener = cluster, models, listener
        self._purse = purse
        self._accounts: Accounts | None = None
        self._make_engine, self._logs = make_engine, logs
        self._placed: dict[str, _Placed] = {}
        self._work: dict[str, _Work] = {}
        self._started = 0
        self._ray: Any = None

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
        for name in list(self._placed):
            self._unload(name, graceful=kind is None)
        if self._accounts is not None:
            self._accounts.close()
        if self._cluster.address is None:
            self._ray.shutdown()

    def run(self, task: Task, units: Sequence[Unit]) -> dict[str, str]:
        """Run every unit; return why, for each model that could not finish.

        A unit is committed by the replica that ran it. Raises NeedsGpu or ModelDoesNotFit before
        anything is loaded, DiskProblem, and whatever a task raises that is not an engine's failure.
        """
        if not units:
            return {}
        if self._ray is None:
            self._ray = _connect(self._cluster)
            if self._purse is not None:
                self._accounts = Accounts(self._ray, self._purse)
                for sentence in self._accounts.mended:
                    self._listener.say(sentence)
        total = cluster_resources(self._ray.cluster_resources())
        for name in {unit.engine for unit in units}:
            check_placeable(name, need(self._models[name]), total)
        shared = self._ray.put(task)
        self._work = {}
        for unit in units:
            self._work.setdefault(unit.engine, _Work(deque())).queue.append(unit)
        polled = 0.0
        while self._unfinished():
            for action in decide(self._state()):
                self._carry_out(action, shared)
            self._collect()
            if time.monotonic() - polled > _POLL_S:
                polled = time.monotonic()
                self._poll()
        return {name: work.broken for name, work in self._work.items() if work.broken}

    # --- what the policy sees

    def _unfinished(self) -> bool:
        return any(w.queue and not w.broken for w in self._work.values()) or any(
            placed.units for placed in self._placed.values()
        )

    def _state(self) -> State:
        free = cluster_resources(self._ray.cluster_resources())
        for placed in self._placed.values():
            free = free.minus(need(self._models[placed.model]))
        limit = self._cluster.max_replicas
        slots = math.inf if limit is None else limit - len(self._placed)
        models = [
            ModelState(
                name=name,
                need=need(model),
                in_flight=model.at_once,
                units=len(work.queue) if (work := self._work.get(name)) else 0,
                tokens=sum(u.tokens for u in work.queue) if work else 0.0,
                largest_unit=max((u.size for u in work.queue), default=1) if work else 1,
                broken=bool(work and work.broken),
                most_replicas=model.replicas_at_most,
            )
            for name, model in self._models.items()
        ]
        replicas = [
            ReplicaState(p.name, p.model, p.ready, sum(u.size for u in p.units.values()))
            for p in self._placed.values()
        ]
        return State(models, replicas, free, slots)

    # --- carrying out

    def _carry_out(self, action: Action, task: Any) -> None:
        match action:
            case Start(model):
                self._load(model)
            case Hand(replica):
                placed = self._placed[replica]
                work = self._work[placed.model]
                unit = work.queue.popleft()
                attempts = work.attempts[unit.path] = work.attempts.get(unit.path, 0) + 1
                placed.units[placed.actor.run.remote(unit, task, attempts)] = unit
            case Stop(replica):
                self._unload(replica, graceful=True)

    def _load(self, name: str) -> None:
        model = self._models[name]
        self._started += 1
        replica = f"{name}-{os.getpid()}-{self._started}"
        options, group = _placement(self._ray, model)
        paid = self._accounts.paid(name) if self._accounts is not None else None
        given = (model,) if paid is None else (model, paid)
        actor = (
            self._ray.remote(Replica)
            .options(
                max_concurrency=max(1000, 2 * model.at_once),
                runtime_env={"env_vars": environment(model)},
                **options,
            )
            .remote(replica, partial(self._make_engine, *given), self._logs / f"{replica}.log")
        )
        placed = _Placed(replica, name, actor, group)
        placed.poll = actor.start.remote()
        self._placed[replica] = placed
        self._listener.loading(name, replica)

    def _unload(self, replica: str, graceful: bool) -> None:
        placed = self._placed.pop(replica)
        if graceful:
            # An engine that does not close in time is killed; there is nothing left in it to lose.
            self._ray.wait([placed.actor.close.remote()], timeout=30)
        self._ray.kill(placed.actor)
        if placed.group is not None:
            self._ray.util.remove_placement_group(placed.group)

    # --- what comes back

    def _collect(self) -> None:
        owners: dict[Any, _Placed] = {}
        for placed in self._placed.values():
            owners.update(dict.fromkeys(placed.units, placed))
            if not placed.ready:
                owners[placed.poll] = placed
        if not owners:
            time.sleep(_WAIT_S)
            return
        refs = list(owners)
        first, _ = self._ray.wait(refs, timeout=_WAIT_S)
        if not first:
            return
        arrived, _ = self._ray.wait(refs, num_returns=len(refs), timeout=0)
        for ref in arrived:
            placed = owners[ref]
            if placed.name not in self._placed:
                continue
            try:
                self._take(placed, ref)
            except ModelStops as why:
                self._end(placed, ref, str(why))
            except (self._ray.exceptions.RayActorError, EngineFailed) as error:
                self._lose(placed, error)

    def _take(self, placed: _Placed, ref: Any) -> None:
        try:
            result = self._ray.get(ref)
        except self._ray.exceptions.RayTaskError as error:
            # Ray wraps what a replica raises in a traceback; people get the words alone.
            raise (error.cause if isinstance(error.cause, CultureRayError) else error) from None
        if not placed.ready:
            placed.poll = None
            if result is None:
                placed.ready = True
                self._work_of(placed).refusals = 0
                self._listener.ready(placed.model, placed.name)
            else:
                self._refuse(placed, result)
            return
        done: UnitDone = result
        unit = placed.units.pop(ref)
        self._work[placed.model].deaths = 0
        self._listener.unit_done(placed.model, unit.size, done.failed, done.output_tokens)

    def _refuse(self, placed: _Placed, why: str) -> None:
        """An engine could not start: try once more, then give its model up."""
        work = self._work_of(placed)
        work.refusals += 1
        if work.refusals < MAX_STARTS:
            self._unload(placed.name, graceful=False)
            self._listener.lost(placed.model, placed.name)
        else:
            self._break(placed, why)

    def _work_of(self, placed: _Placed) -> _Work:
        return self._work.setdefault(placed.model, _Work(deque()))

    def _break(self, placed: _Placed, why: str) -> None:
        self._work_of(placed).broken = why
        self._listener.broken(placed.model, why)
        for other in [p for p in self._placed.values() if p.model == placed.model]:
            self._unload(other.name, graceful=False)

    def _end(self, placed: _Placed, ref: Any, why: str) -> None:
        """A model cannot go on; its other units finish what they have under way."""
        placed.units.pop(ref, None)
        work = self._work_of(placed)
        if work.broken is None:
            work.broken = why
            self._listener.broken(placed.model, why)

    def _lose(self, placed: _Placed, error: Exception) -> None:
        """A replica died: its units go back, and another replica will take them."""
        work = self._work_of(placed)
        work.queue.extendleft(reversed(placed.units.values()))
        work.deaths += 1
        self._unload(placed.name, graceful=False)
        self._listener.lost(placed.model, placed.name)
        if work.deaths >= MAX_DEATHS:
            words = str(error).strip().splitlines()
            self._break(placed, f"its replicas died {work.deaths} times in a row ({words[0]})")

    def _poll(self) -> None:
        for placed in self._placed.values():
            if not placed.ready:
                continue
            if placed.poll is not None:
                arrived, _ = self._ray.wait([placed.poll], timeout=0)
                if not arrived:
                    continue
                try:
                    placed.counters = self._ray.get(placed.poll)
                except self._ray.exceptions.RayActorError:
                    continue  # its units tell the same, and are acted on
            placed.poll = placed.actor.counters.remote()
        if self._accounts is not None:
            self._listener.spent(self._accounts.spent())
        self._listener.tick(
            {p.name: (p.model, p.counters) for p in self._placed.values() if p.ready}
        )


def _placement(ray: Any, model: Model) -> tuple[dict[str, Any], Any]:
    wanted = need(model)
    if model.gpus_per_replica <= 1:
        options = {"num_gpus": wanted.gpus, "num_cpus": wanted.cpus}
        return options | {"memory": int(wanted.memory_gib * 2**30) or None}, None
    from ray.util.scheduling_strategies import PlacementGroupSchedulingStrategy

    bundle = {"GPU": 1.0, "CPU": max(1.0, wanted.cpus / model.gpus_per_replica)}
    group = ray.util.placement_group([bundle] * model.gpus_per_replica, strategy="PACK")
    strategy = PlacementGroupSchedulingStrategy(group, placement_group_capture_child_tasks=True)
    return {"num_gpus": 0, "num_cpus": 0, "scheduling_strategy": strategy}, group


def _connect(cluster: Cluster) -> Any:
    # Ray 2.60 turns token authentication on by itself and keeps the token in the home directory.
    # A Ray of our own gets a token of its own, in the environment only, before Ray is imported.
    if cluster.address is None and "RAY_AUTH_MODE" not in os.environ:
        os.environ["RAY_AUTH_MODE"] = "token"
        os.environ["RAY_AUTH_TOKEN"] = secrets.token_hex(32)
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    # Ray runs its workers at niceness 15; an engine then starves beside anything else that runs.
    os.environ.setdefault("RAY_worker_niceness", "0")
    os.environ.setdefault("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")
    import ray

    options: dict[str, Any] = {"address": cluster.address}
    if cluster.address is None:
        # "local": without it Ray joins whatever cluster somebody else has on this machine.
        options = {"address": "local", "include_dashboard": False}
        options["object_store_memory"] = 256 * 2**20
    ray.init(log_to_driver=False, logging_level="ERROR", configure_logging=True, **options)
    return ray
