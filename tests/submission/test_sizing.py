"""A job is as large as its sweep needs, within the limits of the cluster's configuration."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from culture_ray.errors import JobTooSmall
from culture_ray.submission.sizing import JobLoad, size
from culture_ray.sweep.plan.cluster import Cluster, HeadNode, Slurm

CLUSTER = Cluster(nodes=4, gpus_per_node=4)
SLURM = Slurm(cpus_per_node=32, time_limit_hours=24)
BIG = JobLoad("big", gpus_per_replica=2, cpus_per_replica=2, memory_gib=0, hours=10.0)
EMBEDDED = JobLoad("tiny", gpus_per_replica=0, cpus_per_replica=2, memory_gib=5, hours=0.2)
API = JobLoad("api", gpus_per_replica=0, cpus_per_replica=1, memory_gib=0, hours=3.0)


def test_a_short_sweep_asks_for_one_node_and_little_time() -> None:
    job = size([BIG], CLUSTER, SLURM)
    # 10 h on 2 of 4 GPUs, twice: 5 h, and 0.1 h to load, with half as much again, and a start.
    assert (job.nodes, job.gpus_per_node, job.jobs) == (1, 4, 1)
    assert job.minutes == math.ceil((1.5 * (5 + 0.1) + 0.25) * 60 / 15) * 15


def test_nodes_grow_before_a_chain_is_made() -> None:
    long = replace(BIG, hours=80.0)
    assert (size([long], CLUSTER, SLURM).nodes, size([long], CLUSTER, SLURM).jobs) == (3, 1)
    longer = size([replace(BIG, hours=400.0)], CLUSTER, SLURM)
    assert longer.nodes == 4
    assert longer.jobs == math.ceil((1.5 * (50 + 0.1) + 0.25) / (24 - 0.05 - 0.1))
    assert longer.minutes == 24 * 60


def test_a_chain_is_never_longer_than_allowed() -> None:
    assert size([replace(BIG, hours=1e6)], CLUSTER, SLURM).jobs == SLURM.max_jobs


def test_a_model_of_unknown_duration_asks_for_the_whole_time() -> None:
    job = size([replace(BIG, hours=None)], CLUSTER, SLURM)
    assert (job.minutes, job.jobs) == (24 * 60, 1)


def test_sweeps_without_gpus_ask_for_none() -> None:
    job = size([EMBEDDED], CLUSTER, SLURM)
    assert (job.nodes, job.gpus_per_node, job.cpus_per_node) == (1, 0, 3)
    assert job.memory_gib_per_node == pytest.approx(12)
    api = size([API], CLUSTER, SLURM)
    assert (api.gpus_per_node, api.cpus_per_node, api.memory_gib_per_node) == (0, 4, 16.0)


def test_api_models_of_a_stage_are_asked_together_and_those_of_one_limit_in_turn() -> None:
    one = replace(API, pool="a", load_hours=0.0)
    other, judge = replace(one, name="b", pool="b", hours=2.0), replace(one, stage="judge")
    for loads, hours in (([one, other], 3.0), ([one, one, other], 6.0), ([one, judge], 6.0)):
        assert size(loads, CLUSTER, SLURM).minutes == (1.5 * hours + 0.25) * 60


def test_gpu_hours_are_those_of_the_whole_chain() -> None:
    job = size([replace(BIG, hours=400.0)], CLUSTER, SLURM)
    assert job.gpu_hours == job.jobs * 4 * 4 * 24
    assert size([API], CLUSTER, SLURM).gpu_hours == 0


def test_a_cluster_without_gpus_is_asked_for_none() -> None:
    job = size([EMBEDDED], replace(CLUSTER, gpus_per_node=0), SLURM)
    assert (job.nodes, job.gpus_per_node) == (1, 0)
    with pytest.raises(JobTooSmall, match=r"needs 2 GPUs, and a job can have 0 \(4 x 0\)"):
        size([BIG], replace(CLUSTER, gpus_per_node=0), SLURM)


def test_a_head_is_beside_gpu_nodes_and_alone_where_every_model_has_an_api() -> None:
    slurm = replace(SLURM, memory_gib_per_node=500.0, head=HeadNode(cpus=2, memory_gib=8.0))
    beside, alone = size([BIG], CLUSTER, slurm), size([API], CLUSTER, slurm)
    assert (beside.head, beside.memory_gib_per_node) == (slurm.head, 500.0)
    assert alone.head is None
    assert (alone.nodes, alone.cpus_per_node, alone.memory_gib_per_node) == (1, 2, 8.0)


def test_nodes_that_are_asked_for_are_given() -> None:
    assert size([BIG], CLUSTER, replace(SLURM, nodes=3)).nodes == 3


def test_a_model_larger_than_a_job_is_refused_with_the_setting_to_change() -> None:
    with pytest.raises(JobTooSmall, match=r"needs 32 GPUs, and a job can have 16 \(4 x 4\)"):
        size([replace(BIG, gpus_per_replica=32)], CLUSTER, SLURM)
    with pytest.raises(JobTooSmall, match="needs 64 cores, and a node has 32"):
        size([replace(EMBEDDED, cpus_per_replica=64)], CLUSTER, SLURM)


def test_a_time_limit_under_the_time_to_load_is_refused() -> None:
    with pytest.raises(JobTooSmall, match=r"time_limit_hours=0\.1 ends before big has loaded"):
        size([BIG], CLUSTER, replace(SLURM, time_limit_hours=0.1))


loads = st.lists(
    st.builds(
        JobLoad,
        name=st.just("m"),
        gpus_per_replica=st.sampled_from([0, 1, 2, 4, 8]),
        cpus_per_replica=st.integers(1, 32),
        memory_gib=st.floats(0, 100),
        hours=st.none() | st.floats(0, 1000),
    ),
    min_size=1,
    max_size=6,
)


@given(loads)
def test_no_job_passes_what_the_cluster_allows_and_every_model_has_a_place(
    these: list[JobLoad],
) -> None:
    job = size(these, CLUSTER, SLURM)
    assert 1 <= job.nodes <= CLUSTER.nodes
    assert 0 < job.minutes <= SLURM.time_limit_hours * 60
    assert 1 <= job.jobs <= SLURM.max_jobs
    assert job.cpus_per_node <= SLURM.cpus_per_node
    assert job.nodes * job.gpus_per_node >= max(load.gpus_per_replica for load in these)
