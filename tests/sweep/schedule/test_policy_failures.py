"""The policy finds the request that kills engines, and gives up models that never start."""

from __future__ import annotations

from culture_ray.sweep.schedule.actions import (
    AbandonModel,
    MarkPoisoned,
    Start,
)
from culture_ray.sweep.schedule.state import MAX_DEATHS
from tests.sweep.schedule.cluster_steps import GPU, SIZE, Cluster, kinds, spec


def test_a_poison_request_is_found_and_nothing_else_is_poisoned() -> None:
    cluster = Cluster(GPU)
    cluster.work(spec("a"), 5)
    poison, done, deaths = ("a/3", 2), [], 0
    for _ in range(200):
        cluster.start()
        cluster.decide()
        if cluster.state.finished:
            break
        (one,) = cluster.state.replicas.values()
        guilty = [
            p for p in one.assigned if p.unit == poison[0] and p.start <= 2 < p.start + p.size
        ]
        if guilty:
            deaths += 1
            cluster.state.replica_died(one.name)
        else:
            done += list(one.assigned)
            for chunk in list(one.assigned):
                cluster.state.chunk_done(one.name, chunk, cluster.now)
    poisoned = [a.chunk for a in cluster.said if isinstance(a, MarkPoisoned)]
    assert [(chunk.unit, chunk.start, chunk.size) for chunk in poisoned] == [(*poison, 1)]
    assert sorted((p.unit, p.start + i) for p in done for i in range(p.size)) == sorted(
        {(f"a/{u}", row) for u in range(5) for row in range(SIZE)} - {poison}
    )
    assert deaths <= 7


def test_a_suspect_runs_alone() -> None:
    cluster = Cluster(GPU)
    cluster.work(spec("a"), 2)
    for _ in range(2):
        (one,) = cluster.start()
        cluster.decide()
        cluster.state.replica_died(one)
    (one,) = cluster.start()
    assert len(cluster.decide()) == 0 or len(cluster.state.replicas[one].assigned) == 1
    assert len(cluster.state.replicas[one].assigned) == 1


def test_a_machine_that_leaves_blames_nobody() -> None:
    cluster = Cluster(GPU)
    cluster.work(spec("a"), 2)
    for number in range(1, 8):
        cluster.start()
        cluster.decide()
        cluster.state.node_left(f"n{number - 1}")
        cluster.state.node_joined(f"n{number}", GPU)
    cluster.start()
    assert len(cluster.decide()) + len(next(iter(cluster.state.replicas.values())).assigned) >= 2
    assert cluster.state.models["a"].deaths == 0
    assert not cluster.state.models["a"].suspects


def test_a_model_whose_replicas_only_die_is_abandoned() -> None:
    cluster = Cluster(GPU)
    cluster.work(spec("a"), 50)
    for _ in range(MAX_DEATHS):
        (one,) = cluster.start()
        cluster.decide()
        cluster.state.replica_died(one)
    assert kinds(cluster.decide()) == ["AbandonModel"]
    assert cluster.state.finished


def test_an_engine_that_cannot_start_is_tried_twice_and_others_go_on() -> None:
    cluster = Cluster(GPU)
    cluster.work(spec("bad", load_s=99.0), 5)
    cluster.work(spec("good"), 1)
    for _ in range(2):
        start = cluster.decide()[-1]
        assert isinstance(start, Start)
        assert start.model == "bad"
        cluster.state.start_failed(start.replica, "not for me")
    actions = cluster.decide()
    assert actions[0] == AbandonModel("bad", "not for me")
    assert isinstance(actions[1], Start)
    assert actions[1].model == "good"


def test_a_machine_where_a_proven_engine_cannot_start_is_avoided() -> None:
    cluster = Cluster(GPU, GPU)
    cluster.work(spec("a"), 50, 1e4)
    one, other = (a for a in cluster.decide() if isinstance(a, Start))
    cluster.ready(one.replica)
    cluster.state.start_failed(other.replica, "memory is taken")
    again = [a for a in cluster.decide(10.0) if isinstance(a, Start | AbandonModel)]
    assert again == []
    cluster.state.replica_died(one.replica)
    (start,) = (a for a in cluster.decide(10.0) if isinstance(a, Start))
    assert start.places[0].node == one.places[0].node
