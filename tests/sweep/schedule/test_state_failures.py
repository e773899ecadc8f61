"""Deaths, failed starts and nodes that leave, and what they change in the state of a sweep."""

from __future__ import annotations

import pytest

from culture_ray.sweep.plan.resources import Resources
from culture_ray.sweep.schedule.chunks import Chunk
from culture_ray.sweep.schedule.nodes import Place
from culture_ray.sweep.schedule.state import State
from tests.sweep.schedule.one_model import SHARE, chunk_of, ready_replica


def test_chunks_of_a_dead_replica_come_back_first_and_in_their_order(state: State) -> None:
    name = ready_replica(state)
    state.add_chunks("a", [chunk_of(0), chunk_of(1), chunk_of(2)])
    for _ in range(2):
        state.dispatch(name, state.next_chunk("a"), 0.0)
    back = state.replica_died(name)
    assert [(chunk.unit, chunk.deaths) for chunk in back] == [("a/0", 1), ("a/1", 1)]
    work = state.models["a"]
    assert list(work.waiting) == [*back, chunk_of(2)]
    assert (work.deaths, work.requests, work.holders, work.copyable) == (1, 12, {}, {})


def test_without_blame_chunks_come_back_as_they_were(state: State) -> None:
    name = ready_replica(state)
    state.dispatch(name, chunk_of(0), 0.0)
    assert state.replica_died(name, blame=False) == [chunk_of(0)]
    assert state.models["a"].deaths == 0


def test_suspects_wait_behind_those_before_them_and_poisoned_ones_are_reported(
    state: State,
) -> None:
    state.add_chunks("a", [chunk_of(7, deaths=2)])
    for chunk in (chunk_of(0, deaths=1), Chunk("a/1", 0, 1, 1.0, deaths=2, deaths_alone=1)):
        name = ready_replica(state)
        state.dispatch(name, chunk, 0.0)
        state.replica_died(name)
    assert [chunk.unit for chunk in state.models["a"].suspects] == ["a/7", "a/0"]
    ((model, poisoned),) = state.new_poisoned
    assert (model, poisoned.unit, poisoned.deaths_alone) == ("a", "a/1", 2)


def test_a_chunk_whose_copy_still_runs_stays_there_and_may_be_copied_again(state: State) -> None:
    first, second = ready_replica(state), ready_replica(state)
    state.dispatch(first, chunk_of(0), 0.0)
    state.dispatch(second, chunk_of(0), 1.0, copy=True)
    assert state.replica_died(first) == []
    work = state.models["a"]
    assert (list(work.waiting), work.holders) == ([], {chunk_of(0): {second: 1.0}})
    assert list(work.copyable) == [chunk_of(0)]


@pytest.mark.parametrize("others", [0, 3])
def test_a_model_is_abandoned_after_8_deaths_in_a_row_and_two_per_replica(
    state: State, others: int
) -> None:
    for _ in range(others):
        ready_replica(state)
    most = 8 + 2 * others
    for death in range(1, most + 1):
        assert state.models["a"].abandoned is None
        state.replica_died(ready_replica(state))
        assert state.models["a"].deaths == death
    assert state.models["a"].abandoned == f"its replicas died {most} times in a row"


def test_a_commit_ends_the_row_of_deaths(state: State) -> None:
    state.replica_died(ready_replica(state))
    name = ready_replica(state)
    state.dispatch(name, chunk_of(0), 0.0)
    state.chunk_done(name, chunk_of(0), 1.0)
    assert state.models["a"].deaths == 0


def _fails(state: State, node: str = "n0") -> None:
    state.start_failed(state.start_replica("a", (Place(node, SHARE),), 0.0), "no memory")


def test_an_engine_that_never_started_is_tried_twice(state: State) -> None:
    _fails(state)
    assert state.models["a"].abandoned is None
    _fails(state)
    assert state.models["a"].abandoned == "no memory"
    assert state.models["a"].avoid == set()


def test_an_engine_that_ran_before_is_abandoned_only_when_all_nodes_are_avoided(
    state: State,
) -> None:
    state.node_joined("n1", Resources(gpus=4, cpus=16))
    runs = ready_replica(state)
    for node in ("n0", "n0", "n1", "n1"):
        _fails(state, node)
        assert state.models["a"].abandoned is None, "one still runs"
    state.stop_replica(runs)
    state.node_joined("n2", Resources(gpus=4, cpus=16))
    _fails(state)
    assert state.models["a"].abandoned is None, "n2 is left"
    state.node_left("n2")
    _fails(state)
    assert state.models["a"].abandoned == "no memory"


def test_a_node_that_leaves_takes_its_replicas_and_reservation_with_it(state: State) -> None:
    state.node_joined("n1", Resources(gpus=4, cpus=16))
    here, there = ready_replica(state), ready_replica(state, node="n1")
    state.add_chunks("a", [chunk_of(0)])
    state.dispatch(here, state.next_chunk("a"), 0.0)
    state.preempt("n0", "large", [])
    state.capacity_changed = False
    assert state.node_left("n0") == [here]
    assert list(state.replicas) == [there]
    assert list(state.models["a"].waiting) == [chunk_of(0)]
    assert (state.preempted, list(state.nodes), list(state.reclaimable)) == ({}, ["n1"], ["n1"])
    assert "n0" not in state.on_node
    assert state.capacity_changed
    assert state.node_left("n0") == []


def test_an_empty_node_that_leaves_makes_places_be_looked_for_again(state: State) -> None:
    state.capacity_changed = False
    assert state.node_left("n0") == []
    assert state.capacity_changed


def test_an_abandoned_model_is_reported_once_and_gets_no_more_work(state: State) -> None:
    state.add_chunks("a", [chunk_of(0)])
    state.capacity_changed = False
    state.abandon("a", "first")
    state.abandon("a", "second")
    assert state.new_abandoned == [("a", "first")]
    assert list(state.models_waiting) == []
    assert state.capacity_changed
    state.to_dispatch.clear()
    state.add_chunks("a", [chunk_of(1)])
    assert list(state.models_waiting) == list(state.to_dispatch) == []


def test_a_model_that_gets_no_more_work_finishes_what_it_has_and_is_not_reported(
    state: State,
) -> None:
    name = ready_replica(state)
    state.add_chunks("a", [chunk_of(0), chunk_of(1)])
    state.dispatch(name, state.next_chunk("a"), 0.0)
    state.capacity_changed = False
    state.stop_dispatching("a", "the cap is reached")
    assert state.models["a"].abandoned == "the cap is reached"
    assert (state.new_abandoned, list(state.models_waiting)) == ([], [])
    assert state.capacity_changed
    assert not state.finished
    state.chunk_done(name, chunk_of(0), 1.0)
    assert state.finished
