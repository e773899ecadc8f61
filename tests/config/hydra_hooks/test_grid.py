"""A grid of runs ends with one error, which names every run that failed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hydra.core.utils import JobReturn, JobStatus
from omegaconf import OmegaConf

from culture_ray.config.hydra_hooks.grid import all_jobs_awaited
from culture_ray.errors import CultureRayError, JobLost

core = pytest.importorskip("submitit.core.core", reason="the extra slurm is not installed")
utils = pytest.importorskip("submitit.core.utils")

LOST = utils.UncompletedJobError("Job 7_2 (task: 0)\nhas not produced any output (state: TIMEOUT)")


def ended(seed: int, error: Exception | None = None) -> JobReturn:
    """Return the outcome of a run as Hydra writes it in its job."""
    found = JobReturn(cfg=OmegaConf.create({"run": "grid_${seed}", "seed": seed}))
    found.status = JobStatus.COMPLETED if error is None else JobStatus.FAILED
    found.return_value = error
    return found


def refused(seed: int, code: int = 2) -> JobReturn:
    error = CultureRayError(f"run 'grid_{seed}': too little memory")
    error.exit_code = code
    return ended(seed, error)


@pytest.fixture
def jobs(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, JobReturn | Exception]]:
    """Outcomes of jobs by their ids."""
    outcomes: dict[str, JobReturn | Exception] = {}

    def results(job: Any) -> list[JobReturn]:
        outcome = outcomes[job.job_id]
        if isinstance(outcome, Exception):
            raise outcome
        return [outcome]

    monkeypatch.setattr(core.Job, "results", results)
    yield outcomes
    assert core.Job.results is results


def read_as_hydra_does(jobs: Mapping[str, JobReturn | Exception]) -> None:
    """Read the results of all jobs in the way of Hydra's launcher and sweeper."""
    folder = Path("multirun/.submitit")
    returned = [
        core.Job.results(SimpleNamespace(job_id=job, paths=SimpleNamespace(folder=folder / job)))[0]
        for job in jobs
    ]
    for one in returned:
        _ = one.return_value


def failure(jobs: Mapping[str, JobReturn | Exception]) -> CultureRayError:
    with pytest.raises(CultureRayError) as told, all_jobs_awaited([].append):
        read_as_hydra_does(jobs)
    return told.value


def test_all_runs_that_failed_are_named_lost_ones_by_their_jobs(
    jobs: dict[str, JobReturn | Exception],
) -> None:
    jobs |= {"7_0": ended(0), "7_1": refused(1, 3), "7_2": LOST, "7_3": refused(3), "7_4": ended(4)}
    error = failure(jobs)
    assert str(error) == (
        "3 of 5 runs failed: grid_1, job 7_2, grid_3. The first: run 'grid_1': too little memory"
    )
    assert error.exit_code == 2  # the input has to be changed, whatever else can be resumed


def test_a_run_that_alone_failed_is_told_by_its_own_error(
    jobs: dict[str, JobReturn | Exception],
) -> None:
    jobs |= {"7_1": refused(1, 3), "7_2": ended(2)}
    error = failure(jobs)
    assert (str(error), error.exit_code) == ("run 'grid_1': too little memory", 3)
    jobs |= {"7_1": ended(1), "7_2": LOST}
    assert isinstance(failure(jobs), JobLost)


def test_the_submission_and_the_end_of_every_run_are_told(
    jobs: dict[str, JobReturn | Exception],
) -> None:
    jobs |= {"7_0": ended(0), "7_1": refused(1), "7_2": LOST}
    said: list[str] = []
    with pytest.raises(CultureRayError), all_jobs_awaited(said.append):
        read_as_hydra_does(jobs)
    assert said == [
        "submitted, from job 7_0 on; output in multirun/.submitit/JOB/; a run's progress: "
        "culture-ray status run=RUN",
        "run grid_0: done",
        "run grid_1: failed",
        "job 7_2: failed",
    ]


def test_the_first_twenty_of_many_are_named(jobs: dict[str, JobReturn | Exception]) -> None:
    jobs |= {f"7_{seed}": refused(seed) for seed in range(300)}
    error = str(failure(jobs))
    assert error.startswith("300 of 300 runs failed: grid_0, ")
    assert ", grid_19 and 280 more. The first: " in error
    assert "grid_20" not in error


def test_a_grid_without_failures_and_a_bug_are_as_hydra_has_them(
    jobs: dict[str, JobReturn | Exception],
) -> None:
    jobs |= {"7_1": ended(1), "7_2": ended(2)}
    with all_jobs_awaited([].append):
        read_as_hydra_does(jobs)
    jobs |= {"7_1": ended(1, RuntimeError("a bug")), "7_2": refused(2)}
    with pytest.raises(RuntimeError, match="a bug"), all_jobs_awaited([].append):
        read_as_hydra_does(jobs)
