"""A node reads the weights of the next model while its replicas work, one model at a time."""

from __future__ import annotations

from culture_ray.sweep.plan.resources import Resources
from culture_ray.sweep.schedule.actions import Prefetch, Start
from tests.sweep.schedule.cluster_steps import Cluster, spec

NODE = Resources(gpus=1, cpus=8)


def cluster_of(*nodes: Resources) -> Cluster:
    cluster = Cluster(*nodes)
    cluster.state.prefetches = True
    return cluster


def read(cluster: Cluster) -> list[tuple[str, str]]:
    """Models that are read ahead by now, with their nodes."""
    cluster.decide()
    return [(one.model, one.node) for one in cluster.said if isinstance(one, Prefetch)]


def test_the_model_with_most_work_is_read_while_the_first_works_and_once() -> None:
    cluster = cluster_of(NODE)
    for name, count in (("first", 40), ("small", 10), ("next", 20)):
        cluster.work(spec(name), count, 1000.0)
    assert read(cluster) == []  # the first is loading, and reads itself
    (first,) = cluster.state.replicas
    cluster.ready(first)
    assert read(cluster) == [("next", "n0")]
    cluster.state.capacity_changed = True
    assert read(cluster) == [("next", "n0")]


def test_another_model_is_read_once_that_one_is_loaded() -> None:
    cluster = cluster_of(NODE)
    for name, tokens in (("a", 3e6), ("b", 2e6), ("c", 1e6)):
        cluster.work(spec(name), 1, tokens)
    (first,) = cluster.start()
    assert read(cluster) == [("b", "n0")]
    (chunk,) = cluster.state.replicas[first].assigned
    cluster.state.chunk_done(first, chunk, cluster.now)
    assert read(cluster) == [("b", "n0")]  # b is loading now, and reads itself
    (second,) = cluster.state.replicas
    cluster.ready(second)
    assert read(cluster) == [("b", "n0"), ("c", "n0")]


def test_nodes_read_different_models_and_none_that_is_loaded_or_needs_no_gpu() -> None:
    cluster = cluster_of(NODE, NODE)
    for name in "abcde":
        cluster.work(spec(name), 20, 1e5)
    cluster.work(spec("cpu", need=Resources(cpus=100)), 4, 1e9)
    cluster.start()
    assert sorted(read(cluster)) == [("c", "n0"), ("d", "n1")]


def test_a_model_of_the_next_stage_is_read_after_those_of_this_one() -> None:
    cluster = cluster_of(NODE)
    cluster.state.add_model(spec("judge"))
    cluster.state.expect({"judge": 1e6})
    cluster.work(spec("a"), 20, 1e5)
    cluster.start()
    assert read(cluster) == [("judge", "n0")]


def test_nothing_is_read_ahead_where_the_cluster_says_so() -> None:
    cluster = Cluster(NODE)
    for name in "ab":
        cluster.work(spec(name), 20, 1e5)
    cluster.start()
    assert read(cluster) == []
    assert any(isinstance(one, Start) for one in cluster.said)
