"""What each event changes in the state of a sweep."""

from __future__ import annotations

import math

import pytest

from culture_ray.sweep.plan.resources import Resources
from culture_ray.sweep.schedule.chunks import Chunk
from culture_ray.sweep.schedule.nodes import Place
from culture_ray.sweep.schedule.state import State
from tests.sweep.schedule.cluster_steps import spec

SHARE = Resources(gpus=1, cpus=1)


@pytest.fixture
def state() -> State:
    state = State()
    state.node_joined("n0", Resources(gpus=4, cpus=16))
    state.add_model(spec("a", in_flight=100))
    return state


def _ready(state: State, at: float = 0.0, node: str = "n0") -> str:
    name = state.start_replica("a", (Place(node, SHARE),), 0.0)
    state.replica_ready(name, at)
    return name


def _chunk(number: int, size: int = 4, tokens: float = 10.0, deaths: int = 0) -> Chunk:
    return Chunk(f"a/{number}", 0, size, tokens, deaths)


def test_the_time_left_is_that_of_all_gpus_together(state: State) -> None:
    assert State().time_left() == math.inf
    state.add_model(spec("b", need=Resources(gpus=2, cpus=1), tokens_per_s=1.0))
    state.add_chunks("a", [_chunk(0, tokens=800.0)])
    assert state.time_left() == 8.0 / 4
    state.add_chunks("b", [_chunk(1, tokens=10.0)])
    assert state.time_left() == (8.0 + 2 * 10.0) / 4


def test_a_sweep_is_finished_when_nothing_waits_runs_or_is_left_to_report(state: State) -> None:
    assert state.finished
    chunk = _chunk(0)
    state.add_chunks("a", [chunk])
    assert not state.finished, "it waits"
    name = _ready(state)
    state.dispatch(name, state.next_chunk("a"), 0.0)
    assert not state.finished, "it runs"
    state.chunk_done(name, chunk, 1.0)
    assert state.finished
    state.new_poisoned.append(("a", chunk))
    assert not state.finished
    state.new_poisoned.clear()
    state.new_abandoned.append(("a", "no"))
    assert not state.finished


def test_chunks_wait_in_order_and_suspects_after_all_others(state: State) -> None:
    suspect, first, second = _chunk(0, deaths=2), _chunk(1), _chunk(2)
    state.add_chunks("a", [suspect, first, second])
    work = state.models["a"]
    assert (work.requests, work.tokens) == (12, 30.0)
    assert list(state.models_waiting) == list(state.to_dispatch) == ["a"]
    assert [state.next_chunk("a"), state.next_chunk("a")] == [first, second]
    assert list(state.models_waiting) == ["a"]
    assert state.next_chunk("a") == suspect
    assert list(state.models_waiting) == []
    assert (work.requests, work.tokens) == (12, 0.0)


def test_tokens_that_wait_add_up_exactly(state: State) -> None:
    state.add_chunks("a", [_chunk(i, tokens=tokens) for i, tokens in enumerate((0.1, 0.2, 0.3))])
    state.next_chunk("a")
    assert state.models["a"].tokens == pytest.approx(0.5)
    state.next_chunk("a")
    state.next_chunk("a")
    assert state.models["a"].tokens == 0.0


def test_new_work_may_need_another_replica(state: State) -> None:
    state.capacity_changed = False
    state.add_chunks("a", [_chunk(0)])
    assert state.capacity_changed


def test_reports_of_requests_only_count_upwards_and_only_of_ready_replicas(state: State) -> None:
    name = _ready(state, 10.0)
    state.dispatch(name, _chunk(0, 200), 10.0)
    state.requests_settled(name, 60, 40.0)
    replica = state.replicas[name]
    assert (replica.settled, replica.requests_per_s, replica.outstanding) == (60, 2.0, 140)
    assert list(state.models["a"].accepting) == [name]
    state.requests_settled(name, 50, 41.0)
    state.requests_settled(name, 60, 41.0)
    assert (replica.settled, replica.requests_per_s) == (60, 2.0)
    state.requests_settled("gone", 1, 41.0)
    loading = state.start_replica("a", (Place("n0", SHARE),), 0.0)
    state.requests_settled(loading, 1, 41.0)
    assert state.replicas[loading].settled == 0


def test_what_is_committed_teaches_how_long_chunks_take_and_how_fast_replicas_are(
    state: State,
) -> None:
    name = _ready(state)
    work, replica = state.models["a"], state.replicas[name]
    state.dispatch(name, _chunk(0, tokens=300.0), 0.0)
    state.chunk_done(name, _chunk(0, tokens=300.0), 10.0)
    assert (work.chunk_s, work.tokens_per_s) == (10.0, 100.0)
    state.dispatch(name, _chunk(1, tokens=700.0), 10.0)
    state.chunk_done(name, _chunk(1, tokens=700.0), 30.0)
    assert work.chunk_s == pytest.approx(0.8 * 10 + 0.2 * 20)
    assert work.tokens_per_s == pytest.approx(100 + 0.2 * (1000 / 30 - 100))
    assert (replica.finished, replica.done_tokens) == (8, 1000.0)
    assert 0.1 < replica.requests_per_s < 0.3


def test_a_rate_is_learnt_only_after_twice_the_time_of_a_chunk(state: State) -> None:
    name = _ready(state)
    for at in (10.0, 20.0):
        state.dispatch(name, _chunk(int(at)), at - 10.0)
        state.chunk_done(name, _chunk(int(at)), at)
    assert state.models["a"].tokens_per_s == 100.0, "20 s are not more than twice 10 s"


def test_a_commit_ends_the_copies_of_its_chunk(state: State) -> None:
    first, second = _ready(state), _ready(state)
    work = state.models["a"]
    state.add_chunks("a", [_chunk(0)])
    chunk = state.next_chunk("a")
    state.dispatch(first, chunk, 0.0)
    assert list(work.copyable) == [chunk]
    state.dispatch(second, chunk, 5.0, copy=True)
    assert list(work.copyable) == []
    assert work.holders[chunk] == {first: 0.0, second: 5.0}
    state.chunk_done(second, chunk, 6.0)
    assert state.superseded == [(first, chunk)]
    assert (work.holders, work.requests, sorted(work.idle)) == ({}, 0, [first, second])
    assert [state.replicas[name].finished for name in (first, second)] == [4, 4]


def test_a_suspect_is_never_copied(state: State) -> None:
    state.dispatch(_ready(state), _chunk(0, deaths=2), 0.0)
    assert list(state.models["a"].copyable) == []


def test_a_dropped_chunk_is_gone_and_teaches_nothing(state: State) -> None:
    name = _ready(state)
    state.add_chunks("a", [_chunk(0)])
    state.dispatch(name, state.next_chunk("a"), 0.0)
    state.models["a"].deaths = 3
    state.chunk_dropped(name, _chunk(0))
    work = state.models["a"]
    assert (work.requests, work.chunk_s, work.deaths, list(work.idle)) == (0, None, 3, [name])
    assert state.superseded == []


def test_a_poisoned_chunk_that_is_recorded_is_no_work_any_more(state: State) -> None:
    state.add_chunks("a", [_chunk(0), _chunk(1, size=1)])
    state.poisoned_recorded("a", _chunk(1, size=1))
    assert state.models["a"].requests == 4


def test_chunks_of_a_dead_replica_come_back_first_and_in_their_order(state: State) -> None:
    name = _ready(state)
    state.add_chunks("a", [_chunk(0), _chunk(1), _chunk(2)])
    for _ in range(2):
        state.dispatch(name, state.next_chunk("a"), 0.0)
    back = state.replica_died(name)
    assert [(chunk.unit, chunk.deaths) for chunk in back] == [("a/0", 1), ("a/1", 1)]
    work = state.models["a"]
    assert list(work.waiting) == [*back, _chunk(2)]
    assert (work.deaths, work.requests, work.holders, work.copyable) == (1, 12, {}, {})


def test_without_blame_chunks_come_back_as_they_were(state: State) -> None:
    name = _ready(state)
    state.dispatch(name, _chunk(0), 0.0)
    assert state.replica_died(name, blame=False) == [_chunk(0)]
    assert state.models["a"].deaths == 0


def test_suspects_wait_behind_those_before_them_and_poisoned_ones_are_reported(
    state: State,
) -> None:
    state.add_chunks("a", [_chunk(7, deaths=2)])
    for chunk in (_chunk(0, deaths=1), Chunk("a/1", 0, 1, 1.0, deaths=2, deaths_alone=1)):
        name = _ready(state)
        state.dispatch(name, chunk, 0.0)
        state.replica_died(name)
    assert [chunk.unit for chunk in state.models["a"].suspects] == ["a/7", "a/0"]
    ((model, poisoned),) = state.new_poisoned
    assert (model, poisoned.unit, poisoned.deaths_alone) == ("a", "a/1", 2)


def test_a_chunk_whose_copy_still_runs_stays_there_and_may_be_copied_again(state: State) -> None:
    first, second = _ready(state), _ready(state)
    state.dispatch(first, _chunk(0), 0.0)
    state.dispatch(second, _chunk(0), 1.0, copy=True)
    assert state.replica_died(first) == []
    work = state.models["a"]
    assert (list(work.waiting), work.holders) == ([], {_chunk(0): {second: 1.0}})
    assert list(work.copyable) == [_chunk(0)]


@pytest.mark.parametrize("others", [0, 3])
def test_a_model_is_abandoned_after_8_deaths_in_a_row_and_two_per_replica(
    state: State, others: int
) -> None:
    for _ in range(others):
        _ready(state)
    most = 8 + 2 * others
    for death in range(1, most + 1):
        assert state.models["a"].abandoned is None
        state.replica_died(_ready(state))
        assert state.models["a"].deaths == death
    assert state.models["a"].abandoned == f"its replicas died {most} times in a row"


def test_a_commit_ends_the_row_of_deaths(state: State) -> None:
    state.replica_died(_ready(state))
    name = _ready(state)
    state.dispatch(name, _chunk(0), 0.0)
    state.chunk_done(name, _chunk(0), 1.0)
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
    runs = _ready(state)
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
    here, there = _ready(state), _ready(state, node="n1")
    state.add_chunks("a", [_chunk(0)])
    state.dispatch(here, state.next_chunk("a"), 0.0)
    state.preempt("n0", "large", [])
    state.capacity_changed = False
    assert state.node_left("n0") == [here]
    assert list(state.replicas) == [there]
    assert list(state.models["a"].waiting) == [_chunk(0)]
    assert (state.preempted, list(state.nodes), list(state.reclaimable)) == ({}, ["n1"], ["n1"])
    assert "n0" not in state.on_node
    assert state.capacity_changed
    assert state.node_left("n0") == []


def test_an_empty_node_that_leaves_makes_places_be_looked_for_again(state: State) -> None:
    state.capacity_changed = False
    assert state.node_left("n0") == []
    assert state.capacity_changed


def test_an_abandoned_model_is_reported_once_and_gets_no_more_work(state: State) -> None:
    state.add_chunks("a", [_chunk(0)])
    state.capacity_changed = False
    state.abandon("a", "first")
    state.abandon("a", "second")
    assert state.new_abandoned == [("a", "first")]
    assert list(state.models_waiting) == []
    assert state.capacity_changed
    state.to_dispatch.clear()
    state.add_chunks("a", [_chunk(1)])
    assert list(state.models_waiting) == list(state.to_dispatch) == []


def test_a_model_that_gets_no_more_work_finishes_what_it_has_and_is_not_reported(
    state: State,
) -> None:
    name = _ready(state)
    state.add_chunks("a", [_chunk(0), _chunk(1)])
    state.dispatch(name, state.next_chunk("a"), 0.0)
    state.capacity_changed = False
    state.stop_dispatching("a", "the cap is reached")
    assert state.models["a"].abandoned == "the cap is reached"
    assert (state.new_abandoned, list(state.models_waiting)) == ([], [])
    assert state.capacity_changed
    assert not state.finished
    state.chunk_done(name, _chunk(0), 1.0)
    assert state.finished
