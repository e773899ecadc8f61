"""GPUs that are idle at the end of a stage load the models of the next one."""

from __future__ import annotations

from culture_ray.sweep.plan.resources import Resources
from culture_ray.sweep.schedule.actions import Start, Stop
from tests.sweep.schedule.cluster_steps import Cluster, spec


def started(cluster: Cluster, model: str) -> int:
    cluster.decide()
    return sum(isinstance(one, Start) and one.model == model for one in cluster.said)


def cluster_of(gpus: int, judge_s: float = 1e4, models: int = 1) -> Cluster:
    """Models with one chunk each on a node, and a judge that comes next."""
    cluster = Cluster(Resources(gpus=gpus, cpus=32))
    cluster.state.add_model(spec("judge"))
    cluster.state.expect({"judge": judge_s})
    for index in range(models):
        cluster.work(spec(f"m{index}"), 1, 1e5)
    return cluster


def test_a_free_gpu_loads_the_judge_while_the_last_responses_come() -> None:
    cluster = cluster_of(3)
    assert started(cluster, "m0") == 1
    assert started(cluster, "judge") == 2
    cluster.state.capacity_changed = True
    assert started(cluster, "judge") == 2


def test_no_more_replicas_are_loaded_than_the_next_stage_is_worth() -> None:
    # A replica loads for a minute: a minute of work is not worth a second one.
    assert started(cluster_of(3, judge_s=60.0), "judge") == 1


def test_models_of_this_stage_come_first() -> None:
    cluster = cluster_of(2, models=3)
    assert started(cluster, "judge") == 0
    assert started(cluster, "m0") + started(cluster, "m1") + started(cluster, "m2") == 2


def test_an_idle_replica_gives_way_and_the_judge_does_not_push_itself_out() -> None:
    cluster = cluster_of(2, models=2)
    first, second = cluster.start()
    cluster.decide()
    (chunk,) = cluster.state.replicas[first].assigned
    cluster.state.chunk_done(first, chunk, cluster.now)
    assert started(cluster, "judge") == 1
    assert Stop(first) in cluster.said
    cluster.ready(*(name for name in cluster.state.replicas if name.startswith("judge")))
    cluster.state.capacity_changed = True
    assert started(cluster, "judge") == 1
    assert second in cluster.state.replicas


def test_work_of_this_stage_takes_its_place_back() -> None:
    cluster = cluster_of(1, models=0)
    cluster.decide()
    (judge,) = cluster.state.replicas
    cluster.ready(judge)
    cluster.work(spec("late"), 1, 1e5)
    assert started(cluster, "late") == 1
    assert Stop(judge) in cluster.said


def test_a_model_behind_an_api_is_not_loaded_early() -> None:
    cluster = Cluster(Resources(gpus=2, cpus=32))
    cluster.state.add_model(spec("api", need=Resources(), load_s=0.0, limited_outside=True))
    cluster.state.expect({"api": 1e6})
    assert started(cluster, "api") == 0
