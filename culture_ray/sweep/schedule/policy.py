"""What to do next: a deterministic function of the sweep's state to actions.

- Work goes to the replica that has least in hand, up to what keeps its engine from running dry.
- A replica is loaded where it ends the sweep sooner: longest remaining time first, loading counted.
- An idle replica goes when another model's replica then fits in its place.
- A late piece at the end of a model's work is given to an idle replica too; the first commit wins.
- What kills engines is told apart by `pieces`, and recorded as failed when it is alone.

`decide` counts its own actions into the state as if they were carried out. It looks at what changed
since it last looked: its time per event does not grow with the cluster. Two loops look further,
over the models with work left when a place became free, and over the replicas of one machine when
its idle ones have to go.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass

from culture_ray.sweep.plan.resources import Resources
from culture_ray.sweep.schedule.chunks import Chunk
from culture_ray.sweep.schedule.nodes import Place
from culture_ray.sweep.schedule.preemption import clear_for
from culture_ray.sweep.schedule.records import ModelWork
from culture_ray.sweep.schedule.state import State

__all__ = [
    "AbandonModel",
    "Action",
    "Cancel",
    "Dispatch",
    "MarkPoisoned",
    "Resources",
    "Start",
    "Stop",
    "decide",
]  # fmt: skip

LATE = 2.0
"""A piece is late when it is in hand this many times as long as usual."""

LATE_LEAST_S = 5.0
"""No piece is late before this."""

_LATE_LOOK_S = 0.5


@dataclass(frozen=True)
class Start:
    """Load one more replica of a model."""

    replica: str
    model: str
    places: tuple[Place, ...]


@dataclass(frozen=True)
class Dispatch:
    """Give a replica a piece of its model's work."""

    replica: str
    piece: Chunk
    copy: bool = False


@dataclass(frozen=True)
class Cancel:
    """Let a replica forget a piece that another one has committed."""

    replica: str
    piece: Chunk


@dataclass(frozen=True)
class Stop:
    """Unload a replica."""

    replica: str


@dataclass(frozen=True)
class MarkPoisoned:
    """Record a request that kills engines as failed."""

    model: str
    piece: Chunk


@dataclass(frozen=True)
class AbandonModel:
    """Tell that a model cannot go on."""

    model: str
    why: str


Action = Start | Dispatch | Cancel | Stop | MarkPoisoned | AbandonModel


def decide(state: State, now: float) -> list[Action]:
    """Return the actions that follow from `state`, in order. Deterministic.

    `now` is in seconds on the clock that the state's events were told by.
    """
    actions: list[Action] = [MarkPoisoned(model, piece) for model, piece in state.verdicts]
    state.verdicts.clear()
    for model, why in state.given_up:
        actions.append(AbandonModel(model, why))
        actions += [_stop(state, replica) for replica in list(state.models[model].replicas)]
    state.given_up.clear()
    actions += [Cancel(*late) for late in state.surplus if late[0] in state.replicas]
    state.surplus.clear()
    if state.draining:
        return actions
    for model in list(state.to_feed):
        actions += _feed(state, state.models[model], now)
    state.to_feed.clear()
    if state.room_changed:
        actions += _grow(state, now)
        state.room_changed = False
    if now - state.looked_for_late >= _LATE_LOOK_S:
        state.looked_for_late = now
        actions += _copy_late(state, now)
    return actions


def _feed(state: State, work: ModelWork, now: float) -> list[Action]:
    actions: list[Action] = []
    if work.broken is not None:
        return actions
    if work.waiting and work.hungry:
        order = [(state.replicas[name].outstanding, name) for name in work.hungry]
        heapq.heapify(order)
        fair = work.requests / work.ready
        while work.waiting and order:
            outstanding, name = heapq.heappop(order)
            if outstanding >= fair and outstanding:
                break  # the others are full: what waits is for replicas that are loading
            piece = state.take(work.spec.name)
            state.hand(name, piece, now)
            actions.append(Dispatch(name, piece))
            if name in work.hungry:
                heapq.heappush(order, (state.replicas[name].outstanding, name))
    while work.suspects and not work.waiting and (rested := _resting(work)):
        piece = state.take(work.spec.name)
        state.hand(rested, piece, now)
        actions.append(Dispatch(rested, piece))
    return actions


def _grow(state: State, now: float) -> list[Action]:
    """Start replicas, the neediest model's first; idle ones of other models go where they must."""
    actions: list[Action] = []
    for node, model in list(state.clearing.items()):
        if model not in state.wanting or not _worth(state.models[model]):
            state.keep(node)
    order = [_urgency(work) for name in state.wanting if _worth(work := state.models[name])]
    heapq.heapify(order)
    sweep_left = state.time_left()
    nowhere: set[Resources] = set()
    while order:
        *_, name = heapq.heappop(order)
        work = state.models[name]
        places = None
        if not _is_hopeless(state, work, nowhere):
            places, stops = _place(state, work)
            actions += stops
        if places is None:
            if not work.avoid:
                nowhere.add(work.spec.need)
            if len(state.replicas) < state.most_replicas:
                clear_for(state, work, sweep_left)
            continue
        actions.append(Start(state.start(name, places, now), name, places))
        state.keep(places[0].node)
        if _worth(work):
            heapq.heappush(order, _urgency(work))
    return actions


def _is_hopeless(state: State, work: ModelWork, nowhere: set[Resources]) -> bool:
    """Return whether another model with the same need found no place just now."""
    return work.spec.need in nowhere and work.spec.name not in state.clearing.values()


def _place(state: State, work: ModelWork) -> tuple[tuple[Place, ...] | None, list[Stop]]:
    """Return where one more replica fits, and the idle ones that were stopped for it."""
    full = len(state.replicas) >= state.most_replicas
    barred = state.not_for(work.spec.name)
    places = None if full else state.nodes.find(work.spec.need, barred)
    if places is not None or not state.resting:
        return places, []
    gone = _in_the_way(state, work, full=full)
    stops = [_stop(state, replica) for replica in gone]
    return (state.nodes.find(work.spec.need, barred) if gone else None), stops


def _in_the_way(state: State, work: ModelWork, *, full: bool) -> list[str]:
    """Return few idle replicas in whose place one more of `work` fits; none where none would do.

    `full` says that no more replicas may be loaded than there are.
    """
    need, nodes = work.spec.need, state.nodes
    gone: list[str] = []
    for place in state.clearable.find(need, state.not_for(work.spec.name)) or ():
        here = nodes.free(place.node)
        for replica in state.on_node[place.node]:
            one = state.replicas[replica]
            if one.name not in state.models[one.model].idle:
                continue
            if replica in gone:  # for its place on another machine, and so on this one too
                here = here.plus(next(p.takes for p in one.places if p.node == place.node))
                continue
            freed = next(p.takes for p in one.places if p.node == place.node)
            if here.lacks(place.takes, freed):
                here = here.plus(freed)
                gone.append(replica)
    if full and not gone:
        gone = [next(iter(state.models[model].idle)) for model in list(state.resting)[:1]]
    return gone if len(state.replicas) - len(gone) < state.most_replicas else []


def _stop(state: State, replica: str) -> Stop:
    state.stop(replica)
    return Stop(replica)


def _copy_late(state: State, now: float) -> list[Action]:
    actions: list[Action] = []
    for name in list(state.resting):
        work = state.models[name]
        if work.has_waiting or not work.spec.copies or work.piece_s is None:
            continue
        allowed = max(LATE * work.piece_s, LATE_LEAST_S)
        while work.single and (replica := _resting(work)):
            piece = next(iter(work.single))
            if now - next(iter(work.holders[piece].values())) <= allowed:
                break
            state.hand(replica, piece, now, copy=True)
            actions.append(Dispatch(replica, piece, copy=True))
    return actions


def _resting(work: ModelWork) -> str | None:
    return next((name for name in work.idle if name not in work.retiring), None)


def _urgency(work: ModelWork) -> tuple[float, bool, str]:
    """Return the order in which models get replicas: longest time left first."""
    return -work.time_left, bool(work.replicas), work.spec.name


def _worth(work: ModelWork) -> bool:
    """Return whether one more replica would end the model's work sooner, loading counted.

    A model without a replica needs one whatever its work; none needs more than it has pieces.
    """
    count = len(work.replicas)
    if not count:
        return True
    if count >= work.spec.most_replicas or count >= len(work.waiting) + len(work.suspects):
        return False
    return work.work_s / count > work.load_s
