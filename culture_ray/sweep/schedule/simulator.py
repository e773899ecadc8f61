"""Simulator of a sweep: the real policy on a simulated cluster, in simulated time.

A replica behaves like an engine that batches: chunks leave it at its throughput, and none sooner
than the latency of one response. All randomness comes from the scenario's seed.
"""

from __future__ import annotations

import heapq
import math
import random
from dataclasses import dataclass, field

from culture_ray.sweep.schedule.actions import Cancel, Dispatch, MarkPoisoned, Start, Stop
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
    poisoned: int = 0
    requests_done: dict[str, int] = field(default_factory=dict)
    abandoned: dict[str, str] = field(default_factory=dict)

    @property
    def ratio(self) -> float:
        """Return the makespan over the lower bound."""
        return self.makespan_s / self.lower_bound_s


def simulate(scenario: Scenario) -> Outcome:
    """Run a scenario to its end; raises RuntimeError when some work can never be done."""
    return Simulation(scenario).run()


class Simulation:
    """One run of a scenario: a queue of events, each followed by a decision of the policy."""

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        self.random = random.Random(scenario.seed)
        self.state = State()
        self.models = {model.spec.name: model for model in scenario.models}
        self.events: list[tuple[float, int, str, str, Chunk | None]] = []
        self.scheduled = 0
        self.busy_until: dict[str, float] = {}
        self.speed: dict[str, float] = {}
        self.outcome = Outcome(lower_bound_s=lower_bound(scenario))
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
        now = 0.0
        self._decide(now)
        while not self.state.finished:
            if not self.events:
                raise RuntimeError(f"{self.scenario.name}: work is left that no replica can take")
            now = self.events[0][0]
            while self.events and self.events[0][0] == now:
                _, _, kind, replica, chunk = heapq.heappop(self.events)
                self._apply(kind, replica, chunk, now)
            self._decide(now)
        self.outcome.makespan_s = now
        return self.outcome

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
        elif name in state.replicas:
            replica = state.replicas[name]
            if kind == "ready":
                state.replica_ready(name, now)
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
                case Start(replica, model, _):
                    self._start(replica, self.models[model], now)
                case Dispatch(replica, chunk, copy):
                    self.outcome.copies += copy
                    self._dispatch(replica, chunk, now)
                case MarkPoisoned(model, chunk):
                    self.outcome.poisoned += chunk.size
                    self.state.poisoned_recorded(model, chunk)
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

    def _start(self, replica: str, model: SimulatedModel, now: float) -> None:
        self.outcome.loads += 1
        scenario = self.scenario
        self.speed[replica] = math.exp(self.random.gauss(0.0, scenario.speed_sd))
        if self.random.random() < scenario.slow:
            self.speed[replica] /= 5
        if self.random.random() < scenario.dying:
            dies_after = self.random.uniform(0.0, scenario.dying_within_s)
            self._schedule(now + dies_after, "die", replica)
        self._schedule(now + model.load_s, "ready", replica)

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
