"""The ids of a run's jobs are kept in their order, with the cluster that gave them."""

from pathlib import Path

from culture_ray.submission.chain import read_chain, write_chain
from culture_ray.submission.job_id import JobId
from culture_ray.submission.script import CHAIN


def test_what_is_written_is_read(tmp_path: Path) -> None:
    assert read_chain(tmp_path) == []
    write_chain(tmp_path, [JobId("12"), JobId("13")])
    jobs = [JobId("14", "alpha"), JobId("14", "beta"), JobId("16")]
    write_chain(tmp_path, jobs)
    assert read_chain(tmp_path) == jobs


def test_chains_of_earlier_versions_are_read(tmp_path: Path) -> None:
    (tmp_path / CHAIN).write_text("12\n13\n")
    assert read_chain(tmp_path) == [JobId("12"), JobId("13")]
