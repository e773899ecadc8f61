"""The ids of a run's jobs are kept in their order, with the cluster that gave them."""

from pathlib import Path

from culture_ray.submission.chain import (
    CHAIN,
    part_chain,
    read_chain,
    read_parts,
    write_chain,
    write_part,
)
from culture_ray.submission.slurm.job_id import JobId


def test_what_is_written_is_read(tmp_path: Path) -> None:
    assert read_chain(tmp_path) == []
    write_chain(tmp_path, [JobId("12"), JobId("13")])
    jobs = [JobId("14", "alpha"), JobId("14", "beta"), JobId("16")]
    write_chain(tmp_path, jobs)
    assert read_chain(tmp_path) == jobs


def test_chains_of_earlier_versions_are_read(tmp_path: Path) -> None:
    (tmp_path / CHAIN).write_text("12\n13\n")
    assert read_chain(tmp_path) == [JobId("12"), JobId("13")]


def test_the_jobs_of_a_part_are_known_by_the_models_that_they_ask(tmp_path: Path) -> None:
    first, second = JobId("12", "alpha"), JobId("13", "alpha")
    write_part(part_chain(tmp_path, 1, "gpus"), [first])
    write_part(part_chain(tmp_path, 2, "no_gpus"), [second])
    assert read_parts(tmp_path) == {first: "models on GPUs", second: "models without GPUs"}
