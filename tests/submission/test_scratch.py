"""A scratch folder in which Ray's sockets do not fit is refused before a job waits for it."""

from __future__ import annotations

import pytest

from culture_ray.errors import WrongValue
from culture_ray.submission.scratch import LONGEST, check_scratch


def test_ray_and_the_jobs_folder_fit_into_a_sockets_path() -> None:
    own = f"{'x' * LONGEST}/ray-12345678-d"
    session = "/session_2026-11-30_01-02-03_123456_1234567/sockets/plasma_store"
    assert len(own + session) == 107


@pytest.mark.parametrize(
    "scratch",
    [None, "/tmp", "/local/$USER", "/local/${USER}/$SLURM_JOB_ID", "/x" * 40 + "/$DISK",
     "/" + "x" * 27],
)  # fmt: skip
def test_short_paths_and_those_that_only_a_node_knows_are_taken(scratch: str | None) -> None:
    check_scratch(scratch, {"USER": "me"})


@pytest.mark.parametrize("scratch", ["/" + "x" * 28, "/local/scratch/$USER", "/l/${USER}/"])
def test_long_paths_are_refused(scratch: str) -> None:
    with pytest.raises(WrongValue, match=r"cluster\.slurm\.scratch=.*at most 28 characters"):
        check_scratch(scratch, {"USER": "firstname.lastname.university"})
