"""What to do next: a pure function of the sweep's state to actions.

Longest remaining work first. A replica is kept fed beyond what its engine runs at once, so that it
never waits for the next unit; a replica without work goes when another model needs its place.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

LOADING_TOKENS = 20_000.0
"""Output tokens a replica could have made while it loads: less work than this is not worth one."""

FEED = 1.5
"""Requests in hand over requests the engine runs at once."""


@dataclass(frozen=True)
class Resources:
    """What a replica takes, or what is free."""

    gpus: float = 0.0
    cpus: float = 0.0
    memory_gib: float = 0.0

    def holds(self, need: Resources) -> bool:
        """Return whether `need` fits into this."""
        return (
            need.gpus <= self.gpus and need.cpus <= self.cpus and need.memory_gib <= self.memory_gib
        )

    def minus(self, need: Resources) -> Resources:
        """Return what is left after `need` is taken."""
        return Resources(
            self.gpus - need.gpus, self.cpus - need.cpus, self.memory_gib - need.memory_gib
        )

    def plus(self, freed: Resources) -> Resources:
        """Return what is there after `freed` comes back."""
        return Resources(
            self.gpus + freed.gpus, self.cpus + freed.cpus, self.memory_gib + freed.memory_gib
        )


@dataclass(frozen=True)
class ModelState:
    """One model's work that no replica has in hand yet."""

    name: str
    need: Resources
    in_flight: int
    """Requests one replica runs at once."""
    units: int
    tokens: float
    """Expected output tokens of those units."""
    largest_unit: int = 1
    """Requests in its largest unit."""
    broken: bool = False


@dataclass(frozen=True)
class ReplicaState:
    """One replica, ready or loading."""

    name: str
    model: str
    ready: bool
    requests: int
    """Requests in hand and not yet done."""


@dataclass(frozen=True)
class State:
    """All that a decision depends on."""

    models: Sequence[ModelState]
    replicas: Sequence[ReplicaState]
    free: Resources


@dataclass(frozen=True)
class Start:
    """Load one more replica of a model."""

    model: str


@dataclass(frozen=True)
class Hand:
    """Give a replica the next unit of its model."""

    replica: str


@dataclass(frozen=True)
class Stop:
    """Unload a replica."""

    replica: str


Action = Start | Hand | Stop


def decide(state: State) -> list[Action]:
    """Return the actions that follow from `state`, in order. Deterministic."""
    waiting = {m.name: m for m in state.models if m.units and not m.broken}
    handed, waiting = _feed(state, waiting)
    stops, free = _make_room(state, waiting)
    starts = _grow(state, waiting, free, gone={stop.replica for stop in stops})
    return [*handed, *stops, *starts]


def _feed(
    state: State, waiting: dict[str, ModelState]
) -> tuple[list[Action], dict[str, ModelState]]:
    left = dict(waiting)
    requests = {r.name: r.requests for r in state.replicas if r.ready}
    actions: list[Action] = []
    ready = [r for r in state.replicas if r.ready]
    while True:
        hungry = [
            r
            for r in ready
            if r.model in left and requests[r.name] < FEED * left[r.model].in_flight
        ]
        if not hungry:
            return actions, left
        replica = min(hungry, key=lambda r: (requests[r.name], r.name))
        model = left[replica.model]
        requests[replica.name] += model.largest_unit
        actions.append(Hand(replica.name))
        if model.units == 1:
            del left[replica.model]
        else:
            rest = model.tokens * (model.units - 1) / model.units
            left[replica.model] = replace(model, units=model.units - 1, tokens=rest)


def _make_room(state: State, waiting: dict[str, ModelState]) -> tuple[list[Stop], Resources]:
    """Stop idle replicas, but only those whose place a waiting model without replicas needs."""
    needs = {m.name: m.need for m in state.models}
    served = {r.model for r in state.replicas}
    stops: list[Stop] = []
    free = state.free
    idle = [r for r in state.replicas if r.ready and not r.requests and r.model not in waiting]
    for model in _longest_first(waiting):
        if model.name in served:
            continue
        while idle and not free.holds(model.need):
            replica = idle.pop(0)
            stops.append(Stop(replica.name))
            free = free.plus(needs[replica.model])
    return stops, free


def _grow(
    state: State, waiting: dict[str, ModelState], free: Resources, gone: set[str]
) -> list[Start]:
    count: dict[str, int] = {}
    for replica in state.replicas:
        if replica.name not in gone:
            count[replica.model] = count.get(replica.model, 0) + 1
    starts: list[Start] = []
    while True:
        able = [
            m
            for m in _longest_first(waiting)
            if free.holds(m.need)
            and (not count.get(m.name) or m.tokens / (count[m.name] + 1) > LOADING_TOKENS)
        ]
        if not able:
            return starts
        model = max(able, key=lambda m: (m.tokens / (count.get(m.name, 0) + 1), m.name))
        starts.append(Start(model.name))
        count[model.name] = count.get(model.name, 0) + 1
        free = free.minus(model.need)
        if count[model.name] > model.units:
            del waiting[model.name]


def _longest_first(waiting: dict[str, ModelState]) -> list[ModelState]:
    return sorted(waiting.values(), key=lambda m: (-m.tokens, m.name))
