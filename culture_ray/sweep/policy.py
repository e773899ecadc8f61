"""What to do next: a pure function of the sweep's state to actions.

Longest remaining work first. A replica is kept fed beyond what its engine runs at once, so that it
never waits for the next unit; a replica without work goes when another model needs its place.
"""

from __future__ import annotations

import math
from collections import Counter
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

    def lacks(self, need: Resources, freed: Resources) -> bool:
        """Return whether `freed` would bring something that `need` wants and this has not."""
        return (
            (need.gpus > self.gpus and freed.gpus > 0)
            or (need.cpus > self.cpus and freed.cpus > 0)
            or (need.memory_gib > self.memory_gib and freed.memory_gib > 0)
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
    most_replicas: float = math.inf


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
    slots: float = math.inf
    """Replicas that may be started beside those there are."""


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
    count = Counter(replica.model for replica in state.replicas)
    fed = {hand.replica for hand in handed}
    idle = [r for r in state.replicas if r.ready and not r.requests and r.name not in fed]
    stops = _make_room(state, waiting, count, idle)
    starts = _grow(_without(state, stops), waiting, count)
    return [*handed, *stops, *starts]


def _feed(state: State, waiting: dict[str, ModelState]) -> tuple[list[Hand], dict[str, ModelState]]:
    left = dict(waiting)
    requests = {r.name: r.requests for r in state.replicas if r.ready}
    actions: list[Hand] = []
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


def _make_room(
    state: State,
    waiting: dict[str, ModelState],
    count: Counter[str],
    idle: list[ReplicaState],
) -> list[Stop]:
    """Stop idle replicas, but only those in whose place a waiting model's replica then fits."""
    need = {m.name: m.need for m in state.models}
    stops: list[Stop] = []
    free, slots = state.free, state.slots
    for model in _neediest_first(waiting, count):
        gone: list[ReplicaState] = []
        room, places = free, slots
        for replica in idle:
            if room.holds(model.need) and places >= 1:
                break
            if places < 1 or room.lacks(model.need, need[replica.model]):
                gone.append(replica)
                room, places = room.plus(need[replica.model]), places + 1
        if room.holds(model.need) and places >= 1:
            stops += [Stop(replica.name) for replica in gone]
            idle = [replica for replica in idle if replica not in gone]
            free, slots = room.minus(model.need), places - 1  # its place is taken
    return stops


def _without(state: State, stops: list[Stop]) -> State:
    need = {m.name: m.need for m in state.models}
    model = {r.name: r.model for r in state.replicas}
    free = state.free
    for stop in stops:
        free = free.plus(need[model[stop.replica]])
    return replace(state, free=free, slots=state.slots + len(stops))


def _grow(state: State, waiting: dict[str, ModelState], count: Counter[str]) -> list[Start]:
    starts: list[Start] = []
    free, slots, count = state.free, state.slots, count.copy()
    while slots >= 1:
        able = [m for m in _neediest_first(waiting, count) if free.holds(m.need)]
        if not able:
            break
        starts.append(Start(able[0].name))
        count[able[0].name] += 1
        free, slots = free.minus(able[0].need), slots - 1
    return starts


def _neediest_first(waiting: dict[str, ModelState], count: Counter[str]) -> list[ModelState]:
    """Return the models for which one more replica is worth loading, most work per replica first.

    A model without a replica needs one whatever its work; none needs more than it has units.
    """
    worth = [
        m
        for m in waiting.values()
        if not count[m.name]
        or (
            count[m.name] < min(m.units, m.most_replicas)
            and m.tokens / (count[m.name] + 1) > LOADING_TOKENS
        )
    ]
    return sorted(worth, key=lambda m: (-m.tokens / (count[m.name] + 1), m.name))
