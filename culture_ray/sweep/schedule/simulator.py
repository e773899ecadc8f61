"""Simulator of a sweep: the real policy on a simulated cluster, in simulated time.

A replica behaves like an engine that batches: chunks leave it at its throughput, and none sooner
than the latency of one response. All randomness comes from the scenario's seed.
"""

from __future__ import annotations

import heapq
import math
import random
from collections.abc import Sequence
from dataclasses import dataclass, field

from culture_ray.sweep.schedule.actions import (
    Cancel,
    Dispatch,
    MarkPoisoned,
    Prefetch,
    Start,
    Stop,
)
from culture_ray.sweep.schedule.chunks import Chunk
from culture_ray.sweep.schedule.policy import decide
from culture_ray.sweep.schedule.scenario import Scenario, SimulatedModel, lower_bound
from culture_ray.sweep.schedule.state import State

_TICK_S = 5.0


@dataclass
class Outcome:
    """Result of a simulated sweep: its makespan, and counts of events."""

    makespan_s: float = 0.0
    lower_bound_s: float = 0.0
    decisions: int = 0
    loads: int = 0
    deaths: int = 0
    copies: int = 0
    work_s: float = 0.0
    """GPU-seconds of answering, at the models' true rates."""
    gpus: float = 0.0
    """GPUs of the nodes that are there from the start."""
    poisoned: int = 0
    requests_done: dict[str, int] = field(default_factory=dict)
    abandoned: dict[str, str] = field(default_factory=dict)

    @property
    def ratio(self) -> float:
        """Return the makespan over the lower bound."""
        return self.makespan_s / self.lower_bound_s

    @property
    def busy(self) -> float:
        """Return the share of the GPUs' time in which they answer."""
        return self.work_s / (self.gpus * self.makespan_s)


def simulate(scenario: Scenario) -> Outcome:
    """Run a scenario to its end; raises RuntimeError when some work can never be done."""
    return Simulation(scenario).run()


class Simulation:
    """One run of a scenario: a queue of events, each followed by a decision of the policy."""

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        self.random = random.Random(scenario.seed)
        self.state = State()
        self.state.prefetches = scenario.looks_ahead
        everything = (*scenario.models, *scenario.then)
        self.models = {model.spec.name: model for model in scenario.models}
        self.in_memory: set[tuple[str, str]] = set()
        """Models whose weights a node has in memory: (model, node)."""
        self.compiled: set[str] = set()
        self.events: list[tuple[float, int, str, str, Chunk | None]] = []
        self.scheduled = 0
        self.busy_until: dict[str, float] = {}
        self.speed: dict[str, float] = {}
        self.outcome = Outcome(
            lower_bound_s=lower_bound(scenario),
            work_s=sum(model.spec.need.gpus * model.work_s for model in everything),
            gpus=sum(node.gpus for node in scenario.nodes),
        )
        self.poison: set[tuple[str, int]] = set()
        self.ticking = False

    def run(self) -> Outcome:
        """Run until nothing is left to do."""
        for index, node in enumerate(self.scenario.nodes):
            self.state.node_joined(f"n{index}", node)
        for index, (at, _) in enumerate(self.scenario.joining):
            self._schedule(at, "join", str(index))
        for index, at in enumerate(self.scenario.leaving):
            self._schedule(at, "leave", f"n{index}")
        for model in self.scenario.models:
            self._add(model)
        for model in self.scenario.then:
            self.state.add_model(model.spec)
        if self.scenario.looks_ahead:
            self.state.expect({model.spec.name: model.work_s for model in self.scenario.then})
        now = self._run_stage(0.0)
        if self.scenario.then:
            self.state.expect({})
            for model in self.scenario.then:
                self.models[model.spec.name] = model
                self.state.plan_rate(model.spec.name, model.spec.tokens_per_s)
                self._add(model)
            now = self._run_stage(now)
        self.outcome.makespan_s = now
        return self.outcome

    def _run_stage(self, now: float) -> float:
        """Run until no work of the stage is left; return the time."""
        self._decide(now)
        while not self.state.finished:
            if not self.events:
                raise RuntimeError(f"{self.scenario.name}: work is left that no replica can take")
            now = self.events[0][0]
            while self.events and self.events[0][0] == now:
                _, _, kind, replica, chunk = heapq.heappop(self.events)
                self._apply(kind, replica, chunk, now)
            self._decide(now)
        return now

    def _add(self, model: SimulatedModel) -> None:
        name, tokens = model.spec.name, model.unit_size * model.tokens_per_request
        self.state.add_model(model.spec)
        self.state.add_chunks(
            name, (Chunk(f"{name}/{i}", 0, model.unit_size, tokens) for i in range(model.units))
        )
        for unit in model.poison:
            self.poison.add((f"{name}/{unit}", self.random.randrange(model.unit_size)))

    def _schedule(self, at: float, kind: str, replica: str, chunk: Chunk | None = None) -> None:
        self.scheduled += 1
        heapq.heappush(self.events, (at, self.scheduled, kind, replica, chunk))

    def _apply(self, kind: str, name: str, chunk: Chunk | None, now: float) -> None:
        state = self.state
        if kind == "join":
            state.node_joined(f"late{name}", self.scenario.joining[int(name)][1])
        elif kind == "leave":
            state.node_left(name)
        elif kind == "tick":
            self.ticking = False
        elif kind == "read":
            model, _, node = name.partition("@")
            self.in_memory.add((model, node))
        elif name in state.replicas:
            replica = state.replicas[name]
            if kind == "ready":
                state.replica_ready(name, now)
                self.in_memory.update((replica.model, place.node) for place in replica.places)
                self.compiled.add(replica.model)
                self.busy_until.setdefault(name, now)
            elif kind == "die":
                self.outcome.deaths += 1
                state.replica_died(name)
            elif chunk is not None and chunk in replica.assigned:
                state.chunk_done(name, chunk, now)
                done = self.outcome.requests_done
                done[replica.model] = done.get(replica.model, 0) + chunk.size

    def _decide(self, now: float) -> None:
        self.outcome.decisions += 1
        for action in decide(self.state, now):
            match action:
                case Start(replica, model, places):
                    load_s = self._load_s(self._model(model), [place.node for place in places])
                    self._start(replica, load_s, now)
                case Dispatch(replica, chunk, copy):
                    self.outcome.copies += copy
                    self._dispatch(replica, chunk, now)
                case MarkPoisoned(model, chunk):
                    self.outcome.poisoned += chunk.size
                    self.state.poisoned_recorded(model, chunk)
                case Prefetch(model, node):
                    read_s = self._model(model).read_s
                    self._schedule(now + read_s, "read", f"{model}@{node}")
                case Stop() | Cancel():
                    pass
                case _:
                    self.outcome.abandoned[action.model] = action.reason
        if (
            self.state.models_idle
            and not self.ticking
            and any(work.copyable for work in self.state.models.values())
        ):
            self.ticking = True
            self._schedule(now + _TICK_S, "tick", "")

    def _model(self, name: str) -> SimulatedModel:
        """Return a model of this stage, else of the next."""
        if name in self.models:
            return self.models[name]
        return next(model for model in self.scenario.then if model.spec.name == name)

    def _load_s(self, model: SimulatedModel, nodes: Sequence[str]) -> float:
        """Return the seconds that a replica loads, without what is there already."""
        load_s = model.load_s
        if all((model.spec.name, node) in self.in_memory for node in nodes):
            load_s -= model.read_s
        if self.scenario.shares_kernels and model.spec.name in self.compiled:
            load_s -= model.compile_s
        return load_s

    def _start(self, replica: str, load_s: float, now: float) -> None:
        self.outcome.loads += 1
        scenario = self.scenario
        self.speed[replica] = math.exp(self.random.gauss(0.0, scenario.speed_sd))
        if self.random.random() < scenario.slow:
            self.speed[replica] /= 5
        if self.random.random() < scenario.dying:
            dies_after = self.random.uniform(0.0, scenario.dying_within_s)
            self._schedule(now + dies_after, "die", replica)
        self._schedule(now + load_s, "ready", replica)

    def _dispatch(self, replica: str, chunk: Chunk, now: float) -> None:
        model = self.models[self.state.replicas[replica].model]
        if self._is_poisoned(chunk):
            self._schedule(now + model.latency_s / 2, "die", replica)
            return
        speed = self.speed[replica]
        work_s = chunk.size * model.tokens_per_request / model.tokens_per_s / speed
        # The last of a chunk leaves at the engine's throughput; the first after one latency.
        worker = model.spec.name if model.shared_rate else replica
        ends = max(self.busy_until.get(worker, now), now) + work_s
        self.busy_until[worker] = ends
        self._schedule(max(ends, now + model.latency_s / speed), "done", replica, chunk)

    def _is_poisoned(self, chunk: Chunk) -> bool:
        return any(
            unit == chunk.unit and chunk.start <= row < chunk.start + chunk.size
            for unit, row in self.poison
        )
