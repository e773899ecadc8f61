"""A job is compared with the partitions it names, or with the default one."""

from __future__ import annotations

import pytest

from culture_ray.errors import JobTooSmall
from culture_ray.submission.options import Options
from culture_ray.submission.partition_check import check_partitions, demand_of, partitions_here
from culture_ray.submission.slurm.partition import Demand, parsed_partitions
from tests.submission.standin_slurm import StandInSlurm

SHOWN = """\
PartitionName=short Default=YES MaxTime=01:00:00 State=DOWN
PartitionName=long Default=NO MaxTime=2-00:00:00 State=UP
PartitionName=off Default=NO MaxTime=2-00:00:00 State=DOWN
"""
THERE = parsed_partitions(SHOWN, "")
PART = {"nodes": "1", "cpus-per-task": "4", "time": "120"}


def notices(**more: str) -> list[str]:
    return list(check_partitions([PART | more], THERE))


def test_any_of_the_named_partitions_will_do() -> None:
    assert notices(partition="short,long") == []
    with pytest.raises(JobTooSmall, match="partition short allows 1:00 hours"):
        notices(partition="short")


def test_a_default_partition_that_is_down_is_refused_and_a_named_one_told() -> None:
    with pytest.raises(JobTooSmall, match=r"default partition, short, is down: .*\(long: up now\)"):
        notices(time="30")
    assert notices(partition="off") == ["partition off is down: the job waits until it is up"]


def test_what_slurm_does_not_list_is_left_to_slurm() -> None:
    assert notices(partition="hidden") == []
    assert notices(partition="hidden,short") == []
    assert list(check_partitions([PART], [])) == []


@pytest.mark.parametrize(
    ("options", "demand"),
    [
        (PART | {"gpus-per-node": "h100:4", "mem": "64G"}, Demand(1, 4, 120, 64, 4, "h100")),
        (PART | {"gpus-per-node": "2", "mem": "512"}, Demand(1, 4, 120, 0.5, 2, None)),
        (PART | {"gres": "lscratch:5,gpu:a100:2"}, Demand(1, 4, 120, None, 2, "a100")),
        (PART | {"nodes": "2", "gpus": "8"}, Demand(2, 4, 120, None, 4, None)),
        (PART | {"ntasks-per-node": "2", "mem": "0"}, Demand(1, 8, 120, 0)),
        ({"nodes": "2", "cpus-per-gpu": "8", "mem": "all"}, Demand(2, 1, 0)),
    ],
)
def test_demands_are_counted_from_the_options(options: Options, demand: Demand) -> None:
    assert demand_of(options) == demand


def test_partitions_are_asked_of_the_cluster_that_is_named(slurm_bin: StandInSlurm) -> None:
    assert partitions_here() == []
    slurm_bin.says(scontrol=SHOWN, sinfo="long|1|4|1000|(null)")
    assert [partition.name for partition in partitions_here("beta")] == ["short", "long", "off"]
    assert "--clusters=beta" in slurm_bin.calls[-1]
    before = len(slurm_bin.calls)
    assert partitions_here("alpha,beta") == []
    assert len(slurm_bin.calls) == before
