"""Preemption: the time and the choice of a node for a large model, and the replicas that retire."""

from __future__ import annotations

import math

import pytest

from culture_ray.sweep.plan.resources import Resources
from culture_ray.sweep.schedule.chunks import Chunk
from culture_ray.sweep.schedule.nodes import Place
from culture_ray.sweep.schedule.preemption import preempt_for
from culture_ray.sweep.schedule.state import State
from tests.sweep.schedule.cluster_steps import spec

NODE = Resources(gpus=4, cpus=16)


def _state(*, nodes: int = 2, need: float = 4, work_s: float = 1000.0) -> State:
    """Return full nodes of busy replicas of a small model, and a large one with work waiting."""
    state = State()
    state.add_model(spec("small", tokens_per_s=1.0, in_flight=1000))
    state.add_model(spec("large", need=Resources(need, 1), load_s=10.0, tokens_per_s=1.0))
    for node in range(nodes):
        state.node_joined(f"n{node}", NODE)
        for gpu in range(4):
            _busy(state, "small", Place(f"n{node}", Resources(1, 1)), f"{node}.{gpu}")
    state.add_chunks("large", [Chunk("large/0", 0, 4, work_s)])
    return state


def _busy(state: State, model: str, place: Place, unit: str) -> str:
    name = state.start_replica(model, (place,), 0.0)
    state.replica_ready(name, 0.0)
    state.dispatch(name, Chunk(unit, 0, 4, 1.0), 0.0)
    return name


def _preempted(state: State, sweep_left: float = 100.0) -> dict[str, str]:
    preempt_for(state, state.models["large"], sweep_left)
    return state.preempted


def test_a_node_is_reserved_for_a_model_that_is_behind() -> None:
    state = _state()
    assert _preempted(state) == {"n0": "large"}
    assert sorted(state.models["small"].retiring) == ["small-1", "small-2", "small-3", "small-4"]


@pytest.mark.parametrize(
    ("need", "reserved"), [(1, False), (1.5, False), (2, True), (4, True), (5, False)]
)
def test_only_for_models_that_need_several_gpus_of_one_node(need: float, reserved: bool) -> None:
    assert bool(_preempted(_state(need=need))) is reserved


@pytest.mark.parametrize(
    ("work_s", "sweep_left", "reserved"),
    [
        (989.9, 1000 / 1.03, False),  # with 10 s of loading: not behind
        (1000.1, 1000 / 1.03, True),
        (995.0, 1000 / 1.03, False),  # only the work counts for what the node would be worth
        (19.9, 1.0, False),  # twice the time of loading
        (20.0, 1.0, True),
    ],
)
def test_a_model_is_behind_by_three_percent_and_by_twice_the_time_to_load(
    work_s: float, sweep_left: float, reserved: bool
) -> None:
    assert bool(_preempted(_state(work_s=work_s), sweep_left)) is reserved


def test_the_time_of_a_chunk_counts_as_time_that_preemption_takes() -> None:
    state = _state(work_s=100.0)
    state.models["large"].chunk_s = 41.0
    assert not _preempted(state, 1.0)
    state.models["large"].chunk_s = 39.0
    assert _preempted(state, 1.0)


def test_replicas_that_are_coming_count_as_if_they_were_there() -> None:
    state = _state(nodes=3, need=2, work_s=300.0)
    state.preempt("n2", "large", [])
    assert "n0" not in _preempted(state, 200.0), "two fit there, and 150 s are less than 206"
    state.preempted["n2"] = "other"
    assert _preempted(state, 200.0)["n0"] == "large"


def test_one_node_is_reserved_at_a_time_and_none_that_is_avoided_or_reserved() -> None:
    state = _state(nodes=4)
    state.models["large"].avoid.add("n0")
    state.preempt("n1", "other", [])
    assert _preempted(state) == {"n1": "other", "n2": "large"}
    assert _preempted(state) == {"n1": "other", "n2": "large", "n3": "large"}


def test_replicas_with_less_time_left_retire_and_no_more_than_needed() -> None:
    state = _state(nodes=1, need=2)
    state.add_model(spec("tiny", tokens_per_s=1.0, in_flight=1000))
    state.add_chunks("small", [Chunk("small/0", 0, 4, 400.0)])
    state.stop_replica("small-4")
    state.next_chunk("small")
    name = _busy(state, "tiny", Place("n0", Resources(1, 1)), "tiny/0")
    assert _preempted(state) == {"n0": "large"}
    assert list(state.models["tiny"].retiring) == [name], "it has nothing left to do"
    assert len(state.models["small"].retiring) == 1


@pytest.mark.parametrize("why", ["ahead", "loading", "on two nodes", "idle"])
def test_a_node_stays_where_too_few_of_its_replicas_may_retire(why: str) -> None:
    state = _state(nodes=1)
    if why == "ahead":
        state.add_chunks("small", [Chunk("small/0", 0, 4, 1e6)])
    else:
        replica = state.replicas["small-1"]
        if why == "loading":
            replica.ready_at = None
        elif why == "on two nodes":
            replica.places = (*replica.places, Place("gone", Resources(1, 1)))
        else:
            replica.assigned.clear()
    assert not _preempted(state)


def test_a_replica_whose_model_has_just_as_much_left_stays() -> None:
    state = _state(nodes=1, work_s=1000.0)
    state.add_chunks("small", [Chunk("small/0", 0, 4, 4000.0)])
    assert state.models["small"].time_left == 1000.0
    assert not _preempted(state)


def test_a_free_node_is_not_reserved() -> None:
    state = _state(nodes=1)
    for name in list(state.replicas):
        state.stop_replica(name)
    assert not _preempted(state)
    assert state.time_left() < math.inf
