"""A Ray that is started here has its own folder, and no more than a Slurm job was given."""

from __future__ import annotations

from pathlib import Path

import pytest

from culture_ray.sweep.execute.local_ray import adapt, new_folder, options, remove_folder

GIB = 2**30


def test_every_ray_has_a_folder_of_its_own_with_room_for_sockets(tmp_path: Path) -> None:
    folders = [new_folder({"RAY_TMPDIR": str(tmp_path / ("x" * 60))}) for _ in range(2)]
    assert len({*folders}) == 2
    for folder in folders:
        assert len(str(folder)) <= 43
        remove_folder(folder)
        assert not folder.exists()


def test_outside_slurm_ray_finds_out_itself_what_the_machine_has() -> None:
    found = options({}, Path("/tmp/ray-x"))
    assert found["address"] == "local"
    assert found["_temp_dir"] == "/tmp/ray-x"
    assert not {"num_cpus", "_memory"} & set(found)


@pytest.mark.parametrize("given", [{"SLURM_MEM_PER_NODE": "4096"}, {"SLURM_MEM_PER_CPU": "2048"}])
def test_a_job_of_slurm_has_its_cores_and_memory(given: dict[str, str]) -> None:
    slurm = {"SLURM_JOB_ID": "1", "SLURM_CPUS_ON_NODE": "2", **given}
    found = options(slurm, Path("/tmp/ray-x"))
    assert found["num_cpus"] == 2
    assert found["_memory"] + found["object_store_memory"] == 4 * GIB


def test_all_memory_of_a_node_is_not_a_limit() -> None:
    slurm = {"SLURM_JOB_ID": "1", "SLURM_CPUS_ON_NODE": "2", "SLURM_MEM_PER_NODE": "0"}
    assert "_memory" not in options(slurm, Path("/tmp/ray-x"))


def test_amd_gpus_of_a_job_get_the_name_that_ray_reads() -> None:
    job = {"SLURM_JOB_ID": "1", "ROCR_VISIBLE_DEVICES": "0,1"}
    adapt(job)
    assert job["HIP_VISIBLE_DEVICES"] == "0,1"
    assert "ROCR_VISIBLE_DEVICES" not in job
    both = {"SLURM_JOB_ID": "1", "ROCR_VISIBLE_DEVICES": "0", "CUDA_VISIBLE_DEVICES": "0"}
    adapt(both)
    assert "HIP_VISIBLE_DEVICES" not in both


def test_a_job_is_not_ended_for_the_memory_of_others_on_its_node() -> None:
    job = {"SLURM_JOB_ID": "1"}
    adapt(job)
    assert job["RAY_memory_monitor_refresh_ms"] == "0"
    own: dict[str, str] = {}
    adapt(own)
    assert own == {}
