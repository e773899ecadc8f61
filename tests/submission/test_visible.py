"""Results folders that only this machine can see are refused before a job is submitted."""

from __future__ import annotations

from pathlib import Path

import pytest

from culture_ray.errors import DiskProblem
from culture_ray.submission.visible import check_visible, named_folders

MOUNTS = """\
/dev/sda1 / ext4 rw 0 0
tmpfs /dev/shm tmpfs rw 0 0
server:/home /home nfs4 rw 0 0
tmpfs /home/me/fast tmpfs rw 0 0
"""


def test_a_folder_in_memory_is_refused_by_name() -> None:
    with pytest.raises(DiskProblem, match=r"cannot see /dev/shm/results/x: /dev/shm .*tmpfs"):
        check_visible(Path("/dev/shm/results/x"), MOUNTS)


def test_the_nearest_mount_decides() -> None:
    check_visible(Path("/home/me/results"), MOUNTS)
    with pytest.raises(DiskProblem):
        check_visible(Path("/home/me/fast/results"), MOUNTS)


def test_this_machines_own_table_is_read() -> None:
    check_visible(Path(__file__).parent)


def test_folders_of_models_data_and_accounts_are_found_wherever_they_are_named(
    tmp_path: Path,
) -> None:
    for name in ("weights", "data", "account", "local"):
        (tmp_path / name).mkdir()
    (tmp_path / "data/joint.csv").touch()
    content = {
        "model": {"mine": {"source": f"{tmp_path}/weights", "note": f"/\n{tmp_path}/local"}},
        "populations": {"files": [f"{tmp_path}/data/joint.csv", f"{tmp_path}/data", "data"]},
        "spending": {"account": f"{tmp_path}/account"},
        "cluster": {"slurm": {"scratch": f"{tmp_path}/local"}},
        "notes": ["/", f"{tmp_path}/not_there", f"/{'x' * 5000}"],
    }
    assert named_folders(content) == [tmp_path / name for name in ("weights", "data", "account")]
