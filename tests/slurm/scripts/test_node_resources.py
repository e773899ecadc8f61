"""Ray is told the job's memory and GPUs, not the machine's."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.slurm.scripts.shell import bash, program

GIB = 2**30


def memory(root: Path, given: str = "") -> int:
    said = bash(f"node_memory {root}", {"CULTURE_RAY_MEMORY_MIB": given}, "node_resources.sh")
    assert said.stderr == ""
    return int(said.stdout)


def machine(root: Path, cgroup: str, limits: Mapping[str, str]) -> Path:
    (root / "proc/self").mkdir(parents=True)
    (root / "proc/meminfo").write_text("MemTotal:       67108864 kB\nMemFree:  1 kB\n")
    (root / "proc/self/cgroup").write_text(cgroup)
    for path, limit in limits.items():
        (root / "sys/fs/cgroup" / path).parent.mkdir(parents=True, exist_ok=True)
        (root / "sys/fs/cgroup" / path).write_text(f"{limit}\n")
    return root


def test_without_limits_a_job_has_the_machines_memory(tmp_path: Path) -> None:
    assert memory(machine(tmp_path, "0::/\n", {"memory.max": "max"})) == 64 * GIB


def test_what_slurm_gave_is_a_limit(tmp_path: Path) -> None:
    root = machine(tmp_path, "0::/\n", {})
    assert memory(root, "2048") == 2 * GIB
    assert memory(root, "0") == 64 * GIB
    assert memory(root, "999999") == 64 * GIB


@pytest.mark.parametrize("where", ["slurm/job_7", "slurm", "slurm/job_7/step_0/user/task_0"])
def test_a_control_group_limits_everything_below_it(tmp_path: Path, where: str) -> None:
    group = "/slurm/job_7/step_0/user/task_0"
    limits = {f"{where}/memory.max": str(3 * GIB), f"{group[1:]}x/memory.max": "5"}
    assert memory(machine(tmp_path, f"0::{group}\n", limits)) == 3 * GIB


def test_the_first_version_of_control_groups_is_read_as_well(tmp_path: Path) -> None:
    cgroup = "9:cpu,cpuacct:/slurm/uid_1\n4:memory:/slurm/uid_1/job_7\n1:name=systemd:/\n"
    limits = {
        "memory/slurm/uid_1/job_7/memory.limit_in_bytes": "9223372036854771712",
        "memory/slurm/uid_1/memory.limit_in_bytes": str(4 * GIB),
    }
    assert memory(machine(tmp_path, cgroup, limits), "8192") == 4 * GIB


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, "0"),
        ({"SLURM_GPUS_ON_NODE": "4", "CUDA_VISIBLE_DEVICES": "0,1"}, "4"),
        ({"SLURM_STEP_GPUS": "0,1,2"}, "3"),
        ({"CUDA_VISIBLE_DEVICES": "NoDevFiles"}, "0"),
        ({"ROCR_VISIBLE_DEVICES": "0,1,2,3,4,5,6,7"}, "8"),
        ({"CULTURE_RAY_GPUS": "count"}, "2"),
        ({"CULTURE_RAY_GPUS": "count", "CUDA_VISIBLE_DEVICES": "3"}, "1"),
        ({"CULTURE_RAY_GPUS": "6", "SLURM_GPUS_ON_NODE": "4"}, "6"),
    ],
)
def test_gpus_are_counted_where_slurm_does_not_tell(
    tmp_path: Path, given: dict[str, str], expected: str
) -> None:
    program(tmp_path, "nvidia-smi", "printf 'GPU 0: NVIDIA A (UUID: x)\\nGPU 1: NVIDIA A (U)\\n'")
    path = {"PATH": f"{tmp_path}:{os.environ['PATH']}"}
    assert bash("node_gpus", given | path, "node_resources.sh").stdout.strip() == expected


_NAMES = 'name_gpus; for n in HIP ROCR CUDA; do v=${n}_VISIBLE_DEVICES; echo "$n=${!v-}"; done'
_ASK_RAY = (
    "from ray._private.accelerators.amd_gpu import AMDGPUAcceleratorManager as Manager;"
    "print(Manager.get_current_process_visible_accelerator_ids())"
)


@pytest.mark.slow
def test_amd_gpus_are_named_as_ray_and_pytorch_read_them() -> None:
    slurm = {"ROCR_VISIBLE_DEVICES": "2,3"}
    assert bash(_NAMES, slurm, "node_resources.sh").stdout.split() == ["HIP=2,3", "ROCR=", "CUDA="]
    ask = f"{sys.executable} -c '{_ASK_RAY}'"
    said = bash(f"{ask}; name_gpus; {ask}", slurm, "node_resources.sh")
    assert "use HIP_VISIBLE_DEVICES instead of ROCR_VISIBLE_DEVICES" in said.stderr
    assert said.stdout.strip() == "['2', '3']"


def test_where_slurm_names_gpus_for_every_maker_only_the_right_variable_is_left() -> None:
    slurm = {f"{maker}_VISIBLE_DEVICES": "0,1" for maker in ("ROCR", "CUDA")}
    amd = bash(f"is_amd_node() {{ true; }}; {_NAMES}", slurm, "node_resources.sh").stdout.split()
    assert amd == ["HIP=0,1", "ROCR=", "CUDA="]
    nvidia = bash(f"is_amd_node() {{ false; }}; {_NAMES}", slurm, "node_resources.sh").stdout
    assert nvidia.split() == ["HIP=", "ROCR=0,1", "CUDA=0,1"]


def test_a_node_without_gpus_is_left_as_it_is() -> None:
    assert bash(_NAMES, {}, "node_resources.sh").stdout.split() == ["HIP=", "ROCR=", "CUDA="]
