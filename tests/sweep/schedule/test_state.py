"""Changes that each event makes in the state of a sweep."""

from __future__ import annotations

import math

import pytest

from culture_ray.sweep.plan.resources import Resources
from culture_ray.sweep.schedule.nodes import Place
from culture_ray.sweep.schedule.state import State
from tests.sweep.schedule.cluster_steps import spec
from tests.sweep.schedule.one_model import SHARE, chunk_of, ready_replica


def test_the_time_left_is_that_of_all_gpus_together(state: State) -> None:
    assert State().time_left() == math.inf
    state.add_model(spec("b", need=Resources(gpus=2, cpus=1), tokens_per_s=1.0))
    state.add_chunks("a", [chunk_of(0, tokens=800.0)])
    assert state.time_left() == 8.0 / 4
    state.add_chunks("b", [chunk_of(1, tokens=10.0)])
    assert state.time_left() == (8.0 + 2 * 10.0) / 4


def test_a_sweep_is_finished_when_nothing_waits_runs_or_is_left_to_report(state: State) -> None:
    assert state.finished
    chunk = chunk_of(0)
    state.add_chunks("a", [chunk])
    assert not state.finished, "it waits"
    name = ready_replica(state)
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
    suspect, first, second = chunk_of(0, deaths=2), chunk_of(1), chunk_of(2)
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
    state.add_chunks("a", [chunk_of(i, tokens=tokens) for i, tokens in enumerate((0.1, 0.2, 0.3))])
    state.next_chunk("a")
    assert state.models["a"].tokens == pytest.approx(0.5)
    state.next_chunk("a")
    state.next_chunk("a")
    assert state.models["a"].tokens == 0.0


def test_new_work_may_need_another_replica(state: State) -> None:
    state.capacity_changed = False
    state.add_chunks("a", [chunk_of(0)])
    assert state.capacity_changed


def test_reports_of_requests_only_count_upwards_and_only_of_ready_replicas(state: State) -> None:
    name = ready_replica(state, 10.0)
    state.dispatch(name, chunk_of(0, 200), 10.0)
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
    name = ready_replica(state)
    work, replica = state.models["a"], state.replicas[name]
    state.dispatch(name, chunk_of(0, tokens=300.0), 0.0)
    state.chunk_done(name, chunk_of(0, tokens=300.0), 10.0)
    assert (work.chunk_s, work.tokens_per_s) == (10.0, 100.0)
    state.dispatch(name, chunk_of(1, tokens=700.0), 10.0)
    state.chunk_done(name, chunk_of(1, tokens=700.0), 30.0)
    assert work.chunk_s == pytest.approx(0.8 * 10 + 0.2 * 20)
    assert work.tokens_per_s == pytest.approx(100 + 0.2 * (1000 / 30 - 100))
    assert (replica.finished, replica.done_tokens) == (8, 1000.0)
    assert 0.1 < replica.requests_per_s < 0.3


def test_a_rate_is_learnt_only_after_twice_the_time_of_a_chunk(state: State) -> None:
    name = ready_replica(state)
    for at in (10.0, 20.0):
        state.dispatch(name, chunk_of(int(at)), at - 10.0)
        state.chunk_done(name, chunk_of(int(at)), at)
    assert state.models["a"].tokens_per_s == 100.0, "20 s are not more than twice 10 s"


def test_a_commit_ends_the_copies_of_its_chunk(state: State) -> None:
    first, second = ready_replica(state), ready_replica(state)
    work = state.models["a"]
    state.add_chunks("a", [chunk_of(0)])
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
    state.dispatch(ready_replica(state), chunk_of(0, deaths=2), 0.0)
    assert list(state.models["a"].copyable) == []


def test_a_dropped_chunk_is_gone_and_teaches_nothing(state: State) -> None:
    name = ready_replica(state)
    state.add_chunks("a", [chunk_of(0)])
    state.dispatch(name, state.next_chunk("a"), 0.0)
    state.models["a"].deaths = 3
    state.chunk_dropped(name, chunk_of(0))
    work = state.models["a"]
    assert (work.requests, work.chunk_s, work.deaths, list(work.idle)) == (0, None, 3, [name])
    assert state.superseded == []


def test_a_poisoned_chunk_that_is_recorded_is_no_work_any_more(state: State) -> None:
    state.add_chunks("a", [chunk_of(0), chunk_of(1, size=1)])
    state.poisoned_recorded("a", chunk_of(1, size=1))
    assert state.models["a"].requests == 4
