"""The policy gives each replica as much work as it can use, and late work to a second one."""

from __future__ import annotations

from culture_ray.sweep.plan.resources import Resources
from culture_ray.sweep.schedule.actions import (
    Cancel,
    Dispatch,
)
from culture_ray.sweep.schedule.chunks import Chunk
from tests.sweep.schedule.cluster_steps import GPU, SIZE, Cluster, kinds, spec


def test_an_engine_has_in_hand_more_than_it_runs_at_once_and_work_is_shared_evenly() -> None:
    cluster = Cluster(Resources(gpus=2, cpus=8))
    cluster.work(spec("a"), 100, 1e4)
    one, other = cluster.start()
    cluster.decide()
    assert [cluster.state.replicas[r].outstanding for r in (one, other)] == [12, 12]
    cluster = Cluster(Resources(gpus=2, cpus=8))
    cluster.work(spec("a"), 4, 1e5)
    one, other = cluster.start()
    cluster.decide()
    assert [cluster.state.replicas[r].outstanding for r in (one, other)] == [8, 8]


def test_requests_that_are_done_make_room_before_their_unit_is() -> None:
    cluster = Cluster(GPU)
    cluster.state.add_model(spec("a", in_flight=100))
    cluster.state.add_chunks("a", [Chunk(f"a/{i}", 0, 200, 1e4) for i in range(9)])
    (one,) = cluster.start()
    assert kinds(cluster.decide()) == ["Dispatch"], "200 requests are enough for an engine of 100"
    cluster.state.requests_settled(one, 60, cluster.now + 30)
    assert kinds(cluster.decide(30.0)) == ["Dispatch"], "140 left are too few"


def test_a_fast_engine_has_seconds_of_its_pace_in_hand() -> None:
    cluster = Cluster(GPU)
    cluster.work(spec("a"), 1000)
    (one,) = cluster.start()
    cluster.finish(one, cluster.decide(0.1))
    cluster.decide()
    rate = cluster.state.replicas[one].requests_per_s
    assert rate > 50
    assert cluster.state.replicas[one].outstanding >= 8 + 2 * rate


def test_a_copy_on_a_replica_that_is_gone_is_not_cancelled() -> None:
    cluster = Cluster(Resources(gpus=2, cpus=8))
    cluster.work(spec("a"), 4, 1e5)
    quick, slow = cluster.start()
    dispatches = [action for action in cluster.decide() if isinstance(action, Dispatch)]
    cluster.now += 10.0
    cluster.finish(quick, dispatches)
    copy = cluster.decide(30.0)[0]
    assert isinstance(copy, Dispatch)
    cluster.state.chunk_done(quick, copy.chunk, cluster.now)
    cluster.state.replica_died(slow)
    assert not [action for action in cluster.decide() if isinstance(action, Cancel)]


def test_no_chunk_is_late_within_5_s_or_at_its_very_time() -> None:
    for usual, in_time, late in ((1.0, 5.0, 5.6), (10.0, 20.0, 20.6)):
        cluster = Cluster(Resources(gpus=2, cpus=8))
        cluster.work(spec("a"), 2, 1e5)
        quick, slow = cluster.start()
        dispatches = cluster.decide()
        assert {a.replica for a in dispatches if isinstance(a, Dispatch)} == {quick, slow}
        began = cluster.now
        cluster.now += usual
        cluster.finish(quick, dispatches)
        cluster.decide()
        cluster.now = began + in_time
        assert cluster.decide() == []
        cluster.now = began + late
        assert kinds(cluster.decide()) == ["Dispatch"]


def test_lateness_is_looked_at_every_half_second() -> None:
    cluster = Cluster(GPU)
    for now, checked in ((0.0, 0.0), (0.4, 0.0), (0.5, 0.5), (0.9, 0.5)):
        cluster.now = now
        cluster.decide()
        assert cluster.state.late_checked_at == checked


def test_a_replica_that_is_retiring_gets_no_copy_and_no_suspect() -> None:
    cluster = Cluster(Resources(gpus=2, cpus=8))
    cluster.work(spec("a"), 2, 1e5)
    quick, _ = cluster.start()
    dispatches = cluster.decide()
    cluster.now += 1.0
    cluster.finish(quick, dispatches)
    cluster.state.models["a"].retiring[quick] = None
    assert not [a for a in cluster.decide(100.0) if isinstance(a, Dispatch)]
    suspect = Chunk("a/9", 0, SIZE, 1.0, deaths=2)
    cluster.state.add_chunks("a", [suspect])
    assert not [a for a in cluster.decide() if isinstance(a, Dispatch)]
    del cluster.state.models["a"].retiring[quick]
    cluster.state.to_dispatch["a"] = None
    assert cluster.decide() == [Dispatch(quick, suspect)]


def test_what_costs_money_is_never_given_to_two() -> None:
    cluster = Cluster(Resources(gpus=2, cpus=8))
    cluster.work(spec("a", copies=False), 4, 1e5)
    quick, _ = cluster.start()
    dispatches = cluster.decide()
    cluster.now += 10.0
    cluster.finish(quick, dispatches)
    assert cluster.decide(1e4) == []
