"""A sweep on a cluster that is not there: the policy's own decisions, with time that is counted.

A replica works like an engine that batches: its pieces leave it at its throughput, and none sooner
than the latency of one response. Everything is drawn from the scenario's seed.
"""

from __future__ import annotations

import heapq
import math
import random
from collections.abc import Sequence
from dataclasses import dataclass, field

from culture_ray.sweep.plan.resources import Resources
from culture_ray.sweep.schedule.chunks import Chunk
from culture_ray.sweep.schedule.policy import Cancel, Dispatch, MarkPoisoned, Start, Stop, decide
from culture_ray.sweep.schedule.records import ModelSpec
from culture_ray.sweep.schedule.state import State

_TICK_S = 5.0


@dataclass(frozen=True)
class SimulatedModel:
    """A model with its work, and how fast it truly is (`spec` says what the policy believes)."""

    spec: ModelSpec
    units: int
    unit_size: int = 32
    tokens_per_request: float = 500.0
    load_s: float = 60.0
    tokens_per_s: float = 1000.0
    """Of one replica with a full engine."""
    latency_s: float = 10.0
    """Of one response."""
    poison: tuple[int, ...] = ()
    """Units with a request that kills its engine."""

    @property
    def work_s(self) -> float:
        """Return how long one replica needs for all of it, in seconds."""
        return self.units * self.unit_size * self.tokens_per_request / self.tokens_per_s


@dataclass(frozen=True)
class Scenario:
    """A cluster, what is to be done on it, and what goes wrong."""

    name: str
    nodes: Sequence[Resources]
    models: Sequence[SimulatedModel]
    seed: int = 0
    dying: float = 0.0
    """Share of replicas that die, at any moment of their first `dying_within_s`."""
    dying_within_s: float = 3600.0
    slow: float = 0.0
    """Share of replicas that work at a fifth of their pace."""
    joining: Sequence[tuple[float, Resources]] = ()
    """Machines that come later: (when, what they have)."""
    leaving: Sequence[float] = ()
    """When the first, second, ... machine goes away."""
    pace_varies: float = 0.0
    """Standard deviation of the logarithm of a replica's pace."""


@dataclass
class Outcome:
    """How a simulated sweep went."""

    makespan_s: float = 0.0
    lower_bound_s: float = 0.0
    decisions: int = 0
    loads: int = 0
    deaths: int = 0
    copies: int = 0
    condemned: int = 0
    requests_done: dict[str, int] = field(default_factory=dict)
    broken: dict[str, str] = field(default_factory=dict)

    @property
    def ratio(self) -> float:
        """Return the makespan over the lower bound."""
        return self.makespan_s / self.lower_bound_s


def simulate(scenario: Scenario) -> Outcome:
    """Run a scenario to its end; raises RuntimeError when work is left that nothing works at."""
    return _Run(scenario).whole()


def lower_bound(scenario: Scenario) -> float:
    """Return a makespan in seconds that no schedule beats, failures left out.

    Every session of a replica loads first, so at most (T - load) of any T seconds on its GPUs is
    work: T is at least the least for which sum_m gpus_m work_m / (T - load_m) <= GPUs, and every
    model has to load once and to answer once. Machines count from when they join until they leave.
    """
    models = [model for model in scenario.models if model.units]
    least = max((m.load_s + m.latency_s for m in models), default=0.0)
    for kind in ("gpus", "cpus"):
        using = [m for m in models if getattr(m.spec.need, kind) and not (
            kind == "cpus" and m.spec.need.gpus)]  # fmt: skip
        if using:
            low, high = max(m.load_s for m in using), 1e9
            for _ in range(80):
                middle = (low + high) / 2
                wanted = sum(
                    getattr(m.spec.need, kind) * m.work_s / (middle - m.load_s) for m in using
                )
                low, high = (
                    (low, middle) if wanted * middle <= _supply(scenario, kind, middle)
                    else (middle, high)
                )  # fmt: skip
            least = max(least, high)
    return least


def _supply(scenario: Scenario, kind: str, until: float) -> float:
    total: float = sum(getattr(node, kind) for node in scenario.nodes) * until
    for at, node in scenario.joining:
        total += getattr(node, kind) * max(0.0, until - at)
    for at, node in zip(scenario.leaving, scenario.nodes, strict=False):
        total -= getattr(node, kind) * max(0.0, until - at)
    return total


class _Run:
    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        self.chance = random.Random(scenario.seed)
        self.state = State()
        self.truth = {model.spec.name: model for model in scenario.models}
        self.events: list[tuple[float, int, str, str, Chunk | None]] = []
        self.count = 0
        self.busy_until: dict[str, float] = {}
        self.pace: dict[str, float] = {}
        self.outcome = Outcome(lower_bound_s=lower_bound(scenario))
        self.poison: set[tuple[str, int]] = set()
        self.ticking = False

    def whole(self) -> Outcome:
        for index, node in enumerate(self.scenario.nodes):
            self.state.node_joined(f"n{index}", node)
        for index, (at, _) in enumerate(self.scenario.joining):
            self._later(at, "join", str(index))
        for index, at in enumerate(self.scenario.leaving):
            self._later(at, "leave", f"n{index}")
        for model in self.scenario.models:
            self._add(model)
        now = 0.0
        self._decide(now)
        while not self.state.finished:
            if not self.events:
                raise RuntimeError(f"{self.scenario.name}: work is left that nothing works at")
            now = self.events[0][0]
            while self.events and self.events[0][0] == now:
                _, _, kind, replica, piece = heapq.heappop(self.events)
                self._happen(kind, replica, piece, now)
            self._decide(now)
        self.outcome.makespan_s = now
        return self.outcome

    def _add(self, model: SimulatedModel) -> None:
        name, tokens = model.spec.name, model.unit_size * model.tokens_per_request
        self.state.add_model(model.spec)
        self.state.add_pieces(
            name, (Chunk(f"{name}/{i}", 0, model.unit_size, tokens) for i in range(model.units))
        )
        for unit in model.poison:
            self.poison.add((f"{name}/{unit}", self.chance.randrange(model.unit_size)))

    def _later(self, at: float, kind: str, replica: str, piece: Chunk | None = None) -> None:
        self.count += 1
        heapq.heappush(self.events, (at, self.count, kind, replica, piece))

    def _happen(self, kind: str, replica: str, piece: Chunk | None, now: float) -> None:
        state = self.state
        if kind == "join":
            state.node_joined(f"late{replica}", self.scenario.joining[int(replica)][1])
        elif kind == "leave":
            state.node_left(replica)
        elif kind == "tick":
            self.ticking = False
        elif replica in state.replicas:
            one = state.replicas[replica]
            if kind == "ready":
                state.ready(replica, now)
                self.busy_until[replica] = now
            elif kind == "die":
                self.outcome.deaths += 1
                state.died(replica)
            elif piece is not None and piece in one.hand:
                state.done(replica, piece, now)
                done = self.outcome.requests_done
                done[one.model] = done.get(one.model, 0) + piece.size

    def _decide(self, now: float) -> None:
        self.outcome.decisions += 1
        for action in decide(self.state, now):
            match action:
                case Start(replica, model, _):
                    self._start(replica, self.truth[model], now)
                case Dispatch(replica, piece, copy):
                    self.outcome.copies += copy
                    self._hand(replica, piece, now)
                case MarkPoisoned(model, piece):
                    self.outcome.condemned += piece.size
                    self.state.recorded(model, piece)
                case Stop() | Cancel():
                    pass
                case _:
                    self.outcome.broken[action.model] = action.why
        if (
            self.state.resting
            and not self.ticking
            and any(work.single for work in self.state.models.values())
        ):
            self.ticking = True
            self._later(now + _TICK_S, "tick", "")

    def _start(self, replica: str, model: SimulatedModel, now: float) -> None:
        self.outcome.loads += 1
        scenario, chance = self.scenario, self.chance
        self.pace[replica] = math.exp(chance.gauss(0.0, scenario.pace_varies))
        if chance.random() < scenario.slow:
            self.pace[replica] /= 5
        if chance.random() < scenario.dying:
            self._later(now + chance.uniform(0.0, scenario.dying_within_s), "die", replica)
        self._later(now + model.load_s, "ready", replica)

    def _hand(self, replica: str, piece: Chunk, now: float) -> None:
        model = self.truth[self.state.replicas[replica].model]
        if self._kills(piece):
            self._later(now + model.latency_s / 2, "die", replica)
            return
        pace = self.pace[replica]
        work = piece.size * model.tokens_per_request / model.tokens_per_s / pace
        # The last of a piece leaves at the engine's throughput; the first after one latency.
        ends = max(self.busy_until[replica], now) + work
        self.busy_until[replica] = ends
        self._later(max(ends, now + model.latency_s / pace), "done", replica, piece)

    def _kills(self, piece: Chunk) -> bool:
        return any(
            unit == piece.unit and piece.start <= row < piece.start + piece.size
            for unit, row in self.poison
        )
