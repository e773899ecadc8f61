"""Options of a cluster's file win over computed ones, and none contradicts another."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from culture_ray.errors import WrongValue
from culture_ray.submission.options import Options, job_options, option_lines, own_options
from culture_ray.submission.sizing import Job
from culture_ray.sweep.plan.cluster import HeadNode, Slurm

JOB = Job(nodes=2, gpus_per_node=4, cpus_per_node=32, memory_gib_per_node=200, minutes=90, jobs=1)
FOLDER = Path("/shared/results/paper/slurm")


def options(job: Job = JOB, **own: str | int) -> Options:
    named = {name.replace("_", "-"): value for name, value in own.items()}
    (part,) = job_options(job, Slurm(options=named), "paper", FOLDER)
    return part


@pytest.mark.parametrize(
    ("own", "gone"),
    [
        ({"cpus_per_gpu": 8}, {"cpus-per-task"}),
        ({"mem_per_gpu": "40G"}, {"mem"}),
        ({"mem_per_cpu": "4G"}, {"mem"}),
        ({"gres": "gpu:a100:4"}, {"gpus-per-node"}),
        ({"gpus": 8}, {"gpus-per-node"}),
        ({"gpus_per_task": 4}, {"gpus-per-node"}),
        ({"ntasks": 2}, {"ntasks-per-node"}),
        ({"no_requeue": ""}, {"requeue"}),
        ({"gres": "lscratch:100"}, set()),
        ({"gpu_bind": "closest"}, set()),
        ({"exclusive": ""}, set()),
    ],
)
def test_what_says_the_same_is_not_written_twice(own: dict[str, str], gone: set[str]) -> None:
    plain, found = options(), options(**own)
    assert set(plain) - set(found) == gone
    assert {name.replace("_", "-") for name in own} <= set(found)


def test_own_values_replace_computed_ones() -> None:
    assert options(mem="64G", partition="fast")["mem"] == "64G"
    assert options(job_name="mine")["job-name"] == "mine"


def test_several_tasks_share_the_cores_of_a_node() -> None:
    assert options(ntasks_per_node=4)["cpus-per-task"] == "8"
    assert options(ntasks=4)["cpus-per-task"] == "16"
    assert options(ntasks_per_node=4, cpus_per_task=3)["cpus-per-task"] == "3"
    assert options(ntasks_per_node=64)["cpus-per-task"] == "1"


def test_a_job_without_gpus_leaves_out_what_is_per_gpu() -> None:
    job = replace(JOB, gpus_per_node=0)
    found = options(job, cpus_per_gpu=8, mem_per_gpu="40G", gres="gpu:4", constraint="ib")
    assert found["cpus-per-task"] == "32"
    assert found["mem"] == "200G"
    assert found["constraint"] == "ib"
    assert not [name for name in found if "gpu" in name or name == "gres"]


def test_names_are_taken_as_people_write_them() -> None:
    own = own_options({"C": "ib", "mail_type": "END", "--comment": "x", "exclusive": 1, "hold": 0})
    assert own == {"constraint": "ib", "mail-type": "END", "comment": "x", "exclusive": ""}
    assert own_options({"exclusive": "user"}) == {"exclusive": "user"}
    assert list(option_lines(own)) == [
        "--constraint=ib", "--mail-type=END", "--comment=x", "--exclusive",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "instead"),
    [
        ("time", "cluster.slurm.time_limit_hours"),
        ("t", "cluster.slurm.time_limit_hours"),
        ("nodes", "cluster.slurm.nodes"),
        ("signal", "cluster.slurm.drain_s"),
        ("output", "results/RUN/slurm/JOB.log"),
        ("array", "one run per submit"),
    ],
)
def test_an_option_that_a_job_cannot_have_names_the_setting(name: str, instead: str) -> None:
    with pytest.raises(WrongValue, match=rf"cluster\.slurm\.options\.{name}=.*{instead}"):
        own_options({name: "1"})


def test_options_that_slurm_refuses_together_are_refused_before() -> None:
    with pytest.raises(WrongValue, match="mem-per-cpu, mem-per-gpu"):
        own_options({"mem-per-gpu": "1G", "mem-per-cpu": "1G"})
    with pytest.raises(WrongValue, match=r"cluster\.slurm\.head\.options"):
        own_options({"requeue": "", "no-requeue": ""}, "head.")


def test_parts_of_a_heterogeneous_job_have_their_own_options() -> None:
    head = HeadNode(partition="cpu", cpus=4, memory_gib=16, options={"mail-type": "END"})
    slurm = Slurm(partition="gpu", head=head, options={"cpus-per-gpu": 8})
    first, second = job_options(replace(JOB, head=head), slurm, "paper", FOLDER)
    assert (first["partition"], first["cpus-per-task"], first["mail-type"]) == ("cpu", "4", "END")
    assert (second["partition"], second["cpus-per-gpu"]) == ("gpu", "8")
    assert "cpus-per-task" not in second
    assert "time" not in second


GROUPS = (("cpus-per-task", "cpus-per-gpu"), ("mem", "mem-per-cpu", "mem-per-gpu"),
          ("requeue", "no-requeue"))  # fmt: skip
CHOICES = st.fixed_dictionaries(
    {}, optional={group[i]: st.just(4) for group in GROUPS for i in range(len(group))}
)


@given(CHOICES)
def test_no_two_options_contradict_each_other(own: dict[str, int]) -> None:
    try:
        (found,) = job_options(JOB, Slurm(options=own), "paper", FOLDER)
    except WrongValue:
        assert any(len(set(group) & set(own)) > 1 for group in GROUPS)
        return
    assert all(len(set(group) & set(found)) <= 1 for group in GROUPS)
