"""Results that only this machine sees are refused before a job is submitted."""

from __future__ import annotations

from pathlib import Path

import pytest

from culture_ray.errors import DiskProblem
from culture_ray.submission.visible import check_visible

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
