"""Requests that a partition cannot meet are refused before a job is submitted, with the setting."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from culture_ray.submission.slurm.partition import (
    Demand,
    NodeKind,
    Partition,
    parsed_partitions,
    problem_of,
)

SHOWN = """\
PartitionName=gpu AllowGroups=ALL AllowAccounts=ALL Default=YES MaxNodes=4 MaxTime=1-12:30:00 \
MaxCPUsPerNode=UNLIMITED Nodes=g[1-8] State=UP TotalCPUs=512 TotalNodes=8 MaxMemPerNode=UNLIMITED
PartitionName=old Default=NO MaxNodes=UNLIMITED MaxTime=UNLIMITED MaxCPUsPerNode=16 Nodes=o1 \
State=DOWN MaxMemPerNode=64000
** read the news **
"""
NODES = """\
gpu|6|64|515000|gpu:h100:4(S:0-1),nvme:1
gpu|2|32|257000|gpu:a100:2,gpu:t4:1
old|1|48|128000+|(null)
"""
GPU, OLD = parsed_partitions(SHOWN, NODES)
FITS = Demand(nodes=2, cpus=32, minutes=60, memory_gib=200, gpus=4, gpu_type="h100")


def test_limits_and_nodes_are_read() -> None:
    assert Partition(
        "gpu", True, "UP", minutes=36 * 60 + 30, nodes=4,
        kinds=(NodeKind(6, 64, 515000, (("h100", 4),)),
               NodeKind(2, 32, 257000, (("a100", 2), ("t4", 1)))),
    ) == GPU  # fmt: skip
    assert Partition(
        "old", False, "DOWN", cpus_per_node=16, memory_mib_per_node=64000,
        kinds=(NodeKind(1, 48, 128000),),
    ) == OLD  # fmt: skip
    assert parsed_partitions("an error", "another") == []


@pytest.mark.parametrize(
    ("demand", "partition", "problem"),
    [
        (FITS, GPU, None),
        (replace(FITS, gpu_type=None, gpus=3), GPU, None),
        (replace(FITS, minutes=2191), GPU,
         "partition gpu allows 36:30 hours and the job would ask for 36:31: set "
         "cluster.slurm.time_limit_hours=36.5"),
        (replace(FITS, nodes=5), GPU, "partition gpu allows 4 nodes and the job would ask for 5"),
        (replace(FITS, cpus=65), GPU, "set cluster.slurm.cpus_per_node=64"),
        (replace(FITS, memory_gib=600), GPU, "set cluster.slurm.memory_gib_per_node=502"),
        (replace(FITS, gpus=8), GPU, "have a100:2 or h100:4 or t4:1 GPUs and the job would ask for "
         "h100:8 each: set cluster.slurm.gpu_type and cluster.gpus_per_node to match"),
        (replace(FITS, gpu_type="v100"), GPU, "would ask for v100:4 each"),
        (replace(FITS, gpu_type="a100", gpus=2, cpus=64), GPU,
         "has 0 nodes with everything that the job would ask for"),
        (replace(FITS, gpu_type="a100", gpus=2, nodes=3), GPU, "has 2 nodes with everything"),
        (Demand(1, 17, 0), OLD, "give a job up to 16 cores"),
        (Demand(1, 1, 0, memory_gib=63), OLD, "set cluster.slurm.memory_gib_per_node=62"),
        (Demand(1, 1, 0, gpus=1), OLD, "Slurm knows of no GPUs in partition old"),
        (Demand(2, 1, 0), OLD, "allows 1 nodes"),
        (Demand(1, 1, 10**6), OLD, None),
        (FITS, replace(GPU, state="INACTIVE"), "takes no jobs (state INACTIVE)"),
    ],
)  # fmt: skip
def test_the_first_thing_that_does_not_fit_is_named(
    demand: Demand, partition: Partition, problem: str | None
) -> None:
    said = problem_of(demand, partition)
    assert (said is None) if problem is None else (said is not None and problem in said)


def test_limits_that_a_qos_may_raise_are_left_to_slurm() -> None:
    assert problem_of(replace(FITS, minutes=10**6, nodes=5), GPU, limited=False) is None


@given(st.integers(1, 8), st.integers(1, 128), st.integers(1, 600), st.integers(0, 6))
def test_what_is_let_through_has_enough_nodes(
    nodes: int, cpus: int, memory: int, gpus: int
) -> None:
    demand = Demand(nodes, cpus, 60, memory, gpus)
    fitting = sum(
        kind.nodes
        for kind in GPU.kinds
        if kind.cpus >= cpus and kind.memory_mib >= memory * 1024 and kind.gpus_of(None) >= gpus
    )
    assert (problem_of(demand, GPU) is None) == (nodes <= min(4, fitting))
