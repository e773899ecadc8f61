"""The policy starts and stops replicas where that ends the work sooner."""

from __future__ import annotations

from culture_ray.sweep.plan.resources import Resources
from culture_ray.sweep.schedule.actions import (
    Cancel,
    Dispatch,
    Start,
    Stop,
)
from culture_ray.sweep.schedule.copies import LATE
from tests.sweep.schedule.cluster_steps import GPU, Cluster, kinds, spec


def test_an_idle_replica_of_a_finished_model_goes_when_another_needs_its_place() -> None:
    cluster = Cluster(GPU)
    cluster.work(spec("a"), 2)
    (first,) = cluster.start()
    dispatches = cluster.decide()
    cluster.finish(first, dispatches)
    cluster.work(spec("b"), 2)
    actions = cluster.decide()
    assert actions[0] == Stop(first)
    assert isinstance(actions[1], Start)
    assert actions[1].model == "b"


def test_an_idle_replica_stays_when_the_other_fits_beside_it_or_nothing_has_work() -> None:
    cluster = Cluster(Resources(gpus=2, cpus=8))
    cluster.work(spec("a"), 2)
    (first,) = cluster.start()
    cluster.finish(first, cluster.decide())
    assert cluster.decide() == []
    cluster.work(spec("b"), 2)
    assert kinds(cluster.decide()) == ["Start"]


def test_an_idle_replica_stays_when_its_place_would_not_be_enough() -> None:
    cluster = Cluster(Resources(gpus=2, cpus=8), Resources(gpus=2, cpus=8))
    cluster.work(spec("a"), 1)
    (first,) = cluster.start()
    cluster.finish(first, cluster.decide())
    cluster.work(spec("large", need=Resources(gpus=5, cpus=5)), 2)
    assert cluster.decide() == []


def test_only_replicas_that_free_what_is_missing_are_stopped() -> None:
    cluster = Cluster(Resources(gpus=1, cpus=8, memory_gib=5))
    cluster.work(spec("on_cpu", need=Resources(cpus=2, memory_gib=5)), 1)
    cluster.work(spec("on_gpu"), 1)
    both = cluster.start()
    dispatches = cluster.decide()
    for replica in both:
        cluster.finish(replica, dispatches)
    cluster.work(spec("next"), 1)
    assert [a.replica for a in cluster.decide() if isinstance(a, Stop)] == [
        name for name in both if name.startswith("on_gpu")
    ]


def test_as_many_idle_replicas_of_one_machine_go_as_a_large_model_needs() -> None:
    cluster = Cluster(*[Resources(gpus=4, cpus=16)] * 2)
    cluster.work(spec("a", load_s=0.1), 200)
    replicas = cluster.start()
    assert len(replicas) == 8
    while dispatches := cluster.decide(10.0):
        for replica in replicas:
            cluster.finish(replica, dispatches)
    cluster.work(spec("large", need=Resources(gpus=3, cpus=3)), 1)
    actions = cluster.decide()
    assert kinds(actions) == ["Stop"] * 3 + ["Start"]
    stopped = {action.replica for action in actions if isinstance(action, Stop)}
    (start,) = (action for action in actions if isinstance(action, Start))
    assert len(start.places) == 1, "on one machine"
    assert stopped <= set(replicas)


def test_what_no_machine_holds_is_spread_over_few() -> None:
    cluster = Cluster(*[Resources(gpus=8, cpus=64)] * 4)
    cluster.work(spec("huge", need=Resources(gpus=16, cpus=16)), 1)
    (start,) = cluster.decide()
    assert isinstance(start, Start)
    assert sorted(place.takes.gpus for place in start.places) == [8, 8]


def test_a_limit_on_replicas_holds_and_an_idle_one_gives_its_place() -> None:
    cluster = Cluster(Resources(gpus=8, cpus=8), max_replicas=2)
    for name in "abc":
        cluster.work(spec(name), 50, 1e5)
    replicas = cluster.start()
    assert len(replicas) == 2
    cluster = Cluster(Resources(gpus=8, cpus=8), max_replicas=1)
    cluster.work(spec("a"), 1)
    (first,) = cluster.start()
    cluster.finish(first, cluster.decide())
    cluster.work(spec("b"), 1)
    assert kinds(cluster.decide()) == ["Stop", "Start"]


def test_free_gpus_are_shared_by_the_time_that_is_left() -> None:
    cluster = Cluster(Resources(gpus=4, cpus=8))
    cluster.work(spec("long"), 90, 9e4)
    cluster.work(spec("short"), 30, 9e4)
    started = [a.model for a in cluster.decide() if isinstance(a, Start)]
    assert sorted(started) == ["long", "long", "long", "short"]


def test_loading_counts_as_remaining_time() -> None:
    cluster = Cluster(GPU)
    cluster.work(spec("quick", load_s=1.0), 2, 1000.0)
    cluster.work(spec("slow", load_s=100.0), 2, 500.0)
    (start,) = cluster.decide()
    assert isinstance(start, Start)
    assert start.model == "slow"


def test_no_more_replicas_are_loaded_than_end_the_work_sooner() -> None:
    for tokens, replicas in ((20.0, 1), (2400.0, 2), (1e6, 4)):
        cluster = Cluster(Resources(gpus=8, cpus=8))
        cluster.work(spec("a"), 4, tokens)
        assert len(cluster.decide()) == replicas


def test_a_late_chunk_goes_to_an_idle_replica_too_and_the_first_commit_ends_the_other() -> None:
    cluster = Cluster(Resources(gpus=2, cpus=8))
    cluster.work(spec("a"), 4, 1e5)
    quick, slow = cluster.start()
    dispatches = [action for action in cluster.decide() if isinstance(action, Dispatch)]
    cluster.now += 10.0
    cluster.finish(quick, dispatches)
    late = next(dispatch.chunk for dispatch in dispatches if dispatch.replica == slow)
    assert cluster.decide(LATE * 10.0 - 11.0) == []
    copy, *_ = cluster.decide(2.0)
    assert copy == Dispatch(quick, late, copy=True)
    cluster.state.chunk_done(quick, late, cluster.now)
    assert Cancel(slow, late) in cluster.decide()
    assert late not in cluster.state.replicas[slow].assigned


def test_places_are_looked_for_again_only_when_something_changed() -> None:
    cluster = Cluster(GPU)
    cluster.work(spec("a"), 5)
    assert cluster.state.capacity_changed
    cluster.decide()
    assert not cluster.state.capacity_changed


def test_a_machine_is_cleared_for_a_large_model_that_is_behind() -> None:
    cluster = Cluster(*[Resources(gpus=4, cpus=16)] * 2)
    cluster.work(spec("small", load_s=1.0), 400, 1e3)
    replicas = cluster.start(after=1.0)
    assert len(replicas) == 8
    cluster.decide()
    cluster.work(spec("large", need=Resources(gpus=4, cpus=4)), 40, 1e5)
    assert not any(isinstance(a, Start) for a in cluster.decide())
    for _ in range(20):
        for one in [cluster.state.replicas[r] for r in replicas if r in cluster.state.replicas]:
            for chunk in list(one.assigned):
                cluster.state.chunk_done(one.name, chunk, cluster.now + 1)
        starts = [a for a in cluster.decide(1.0) if isinstance(a, Start)]
        if starts:
            break
    assert starts[0].model == "large"
    assert starts[0].places[0].node not in cluster.state.preempted
    assert cluster.state.models["small"].waiting, "it did not wait for the small one's end"


def test_a_sweep_that_is_drained_starts_and_hands_out_nothing() -> None:
    cluster = Cluster(GPU)
    cluster.work(spec("a"), 5)
    cluster.start()
    cluster.state.stopping = True
    assert cluster.decide() == []
