"""Runs of a grid: each is told when it has ended, and one error names those that failed.

Hydra's launcher takes the results of jobs in turn, and raises the first error that it comes to: for
a job that Slurm has ended, while later ones still run.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, cast

from culture_ray.config.launchers import problem_of_launcher
from culture_ray.errors import CultureRayError

_SHOWN = 20
"""Failed runs that the message names."""


@dataclass
class Failures:
    """Failed runs of a grid, by name, with their errors."""

    runs: int = 0
    """Runs that have ended, failed or not."""
    failed: list[tuple[str, CultureRayError]] = field(default_factory=list)

    @property
    def error(self) -> CultureRayError | None:
        """Return the error of the grid: that of its failed run, or one that names several.

        Its exit code is the lowest: a fault of ours or of the input comes before what resumes.
        """
        if len(self.failed) < 2:
            return self.failed[0][1] if self.failed else None
        names = _listed([name for name, _ in self.failed])
        first = self.failed[0][1]
        error = CultureRayError(
            f"{len(self.failed)} of {self.runs} runs failed: {names}. The first: {first}"
        )
        error.exit_code = min(problem.exit_code for _, problem in self.failed)
        return error


@contextmanager
def all_jobs_awaited(say: Callable[[str], None]) -> Iterator[None]:
    """Raise one error at the end of the body for all jobs of submitit that failed in it.

    `say` is called with a line when the jobs are submitted, and with one for every run that ends.

    Errors that are no CultureRayError are left to Hydra, which raises the first of them.
    """
    try:
        from submitit.core import core
    except ImportError:  # not installed, so no job is one of submitit's
        yield
        return
    failures, job_class = Failures(), cast("Any", core.Job)
    results = job_class.results

    def tolerant(job: Any) -> list[Any]:
        if not failures.runs:  # results are read once all jobs are submitted
            say(_submitted(job))
        failures.runs += 1
        try:
            returned = list(results(job))
        except Exception as error:
            problem = problem_of_launcher(error)
            if problem is None:
                raise
            failures.failed.append((f"job {job.job_id}", problem))
            say(f"job {job.job_id}: failed")
            return [_nothing()]
        return [_taken(one, failures, say) for one in returned]

    job_class.results = tolerant
    try:
        yield
    finally:
        job_class.results = results
    if failures.error is not None:
        raise failures.error


def _submitted(first: Any) -> str:
    logs = first.paths.folder.parent
    return (
        f"submitted, from job {first.job_id} on; output in {logs}/JOB/; a run's progress: "
        f"culture-ray status run=RUN"
    )


def _taken(returned: Any, failures: Failures, say: Callable[[str], None]) -> Any:
    """Return the outcome of a run for Hydra; an error of ours goes into `failures` instead."""
    error = returned._return_value
    say(f"run {returned.cfg.run}: {'failed' if isinstance(error, Exception) else 'done'}")
    if not isinstance(error, CultureRayError):
        return returned
    failures.failed.append((str(returned.cfg.run), error))
    return _nothing()


def _nothing() -> Any:
    from hydra.core.utils import JobReturn, JobStatus

    return JobReturn(status=JobStatus.COMPLETED)


def _listed(names: Sequence[str]) -> str:
    more = len(names) - _SHOWN
    return ", ".join(names[:_SHOWN]) + (f" and {more} more" if more > 0 else "")
