"""Outcomes of jobs that have ended: from Slurm's accounting, its memory, or the job's log."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from culture_ray.errors import NoSlurm, SlurmRefused
from culture_ray.submission.slurm.command import cluster_flag, local_cluster, run_slurm
from culture_ray.submission.slurm.job_id import JobId
from culture_ray.submission.slurm.log_file import ended_by, exit_code, last_line

_RUNNING = frozenset({"PENDING", "RUNNING", "COMPLETING", "REQUEUED", "SUSPENDED", "CONFIGURING"})
"""States that accounting may still show for a job that has left the queue."""

_NOT_A_CAUSE = frozenset(
    {"None", "", "Dependency", "Priority", "Resources", "BeginTime", "NonZeroExitCode"}
)
"""Reasons for having waited, and the one that repeats the exit code."""


@dataclass(frozen=True)
class JobOutcome:
    """End of a job, as far as it is known."""

    state: str | None
    """State as Slurm names it: COMPLETED, FAILED, TIMEOUT, ...; None if Slurm has forgotten it."""
    code: int | None = None
    """Exit code of the batch script."""
    signal: int = 0
    """Signal that ended it; 0 for none."""
    reason: str = ""
    last_line: str = ""
    """Last line of the job's log that says something."""

    @property
    def known(self) -> bool:
        """Return True if anything is known."""
        return self.state is not None or self.code is not None or bool(self.last_line)


def outcome_of(job: JobId, log: Path) -> JobOutcome:
    """Return the outcome of a job that is not in the queue; never raises for want of Slurm."""
    flag = cluster_flag(job.cluster, local_cluster() if job.cluster else None)
    fields = "--format=JobID,State,ExitCode,Reason"
    told = _asked(["sacct", *flag, f"--jobs={job.number}", "-X", "-n", "-P", fields])
    outcome = from_accounting(told)
    if outcome is None:
        outcome = from_controller(_asked(["scontrol", *flag, "-o", "show", "job", job.number]))
    line = last_line(log)
    if outcome is None:
        return JobOutcome(None, exit_code(log), 0, ended_by(log), line)
    reason = outcome.reason or ended_by(log)
    return JobOutcome(outcome.state, outcome.code, outcome.signal, reason, line)


def from_accounting(text: str) -> JobOutcome | None:
    """Return the outcome in sacct's rows of JobID|State|ExitCode|Reason.

    Of the parts of a heterogeneous job the first that did not complete counts. None if there is no
    row, or one that accounting has not closed yet.
    """
    rows = [line.strip().split("|") for line in text.splitlines()]
    rows = [row for row in rows if len(row) == 4 and re.match(r"\d", row[0])]
    return _worst([_outcome(state, codes, reason) for _, state, codes, reason in rows])


def from_controller(text: str) -> JobOutcome | None:
    """Return the outcome in the lines of `scontrol -o show job`, likewise."""
    found = []
    for line in text.splitlines():
        fields = dict(re.findall(r"\b(JobState|ExitCode|Reason)=(\S+)", line))
        if "JobState" in fields:
            codes, reason = fields.get("ExitCode", ""), fields.get("Reason", "")
            found.append(_outcome(fields["JobState"], codes, reason))
    return _worst(found)


def _worst(outcomes: Sequence[JobOutcome]) -> JobOutcome | None:
    if not outcomes or any(outcome.state in _RUNNING for outcome in outcomes):
        return None
    bad = [outcome for outcome in outcomes if outcome.state != "COMPLETED"]
    return (bad or list(outcomes))[0]


def _outcome(state: str, codes: str, reason: str) -> JobOutcome:
    """Return an outcome; sacct writes "CANCELLED by 1000", and codes are EXIT:SIGNAL."""
    match = re.fullmatch(r"(\d+):(\d+)", codes)
    code, signal = (int(match[1]), int(match[2])) if match else (None, 0)
    cause = "" if reason in _NOT_A_CAUSE else reason
    return JobOutcome(state.partition(" ")[0] or None, code, signal, cause)


def _asked(words: list[str]) -> str:
    try:
        return run_slurm(words)
    except (NoSlurm, SlurmRefused):  # no accounting, a forgotten job, or a machine without Slurm
        return ""
