"""Slurm jobs of a run: their states and outcomes, as lines for the screen."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

from culture_ray.errors import ExitCode, NoSlurm, SlurmRefused
from culture_ray.submission.chain import read_chain, read_parts
from culture_ray.submission.slurm import client
from culture_ray.submission.slurm.job_id import JobId
from culture_ray.submission.slurm.outcomes import JobOutcome, outcome_of

_NEVER_STARTS = {
    "PartitionTimeLimit": "longer than its partition allows; lower cluster.slurm.time_limit_hours",
    "PartitionNodeLimit": "more nodes than its partition allows; lower cluster.nodes",
    "PartitionDown": "its partition is down",
    "PartitionInactive": "its partition is inactive",
    "BadConstraints": "no node has what cluster.slurm.options.constraint asks for",
    "JobHeldAdmin": "held by the cluster's staff",
    "JobHeldUser": "held; release it with scontrol release",
    "launch failed requeued held": "held after a failed start; release it with scontrol release",
}
"""Reasons for which a job waits until somebody changes something."""


def job_is_there(folder: Path) -> bool:
    """Return True if a job of the run is waiting or running; raises NoSlurm, SlurmRefused."""
    return bool(client.states(read_chain(folder)))


def is_known_to_run(folder: Path) -> bool:
    """Return True if Slurm says that a job of the run is waiting or running; else False."""
    try:
        return job_is_there(folder)
    except (NoSlurm, SlurmRefused):
        return False


def ended(folder: Path) -> bool:
    """Return True if Slurm says that no job of the run is waiting or running."""
    try:
        return not job_is_there(folder)
    except (NoSlurm, SlurmRefused):
        return False


def job_lines(folder: Path) -> Iterator[str]:
    """Yield a line per job of a run; none for a run that was not submitted.

    Waiting and running jobs are shown with their states, others with their outcomes. Jobs that wait
    for the same reason share a line.
    """
    jobs = read_chain(folder)
    if not jobs:
        return
    try:
        states = client.states(jobs)
    except (NoSlurm, SlurmRefused) as error:  # the run may be viewed on a machine without Slurm
        yield f"Slurm jobs {_names(jobs)}: their state is not known here ({error})"
        return
    asks = {job: f" ({models})" for job, models in read_parts(folder).items()}
    there = {state.job for state in states}
    unknown, never = [], []
    for position, job in enumerate(jobs):
        if job in there:
            continue
        log = folder / f"{job.number}.log"
        outcome = outcome_of(job, log)
        if outcome.state == "CANCELLED" and not outcome.reason and not log.exists():
            never.append(f"{job.number}{asks.get(job, '')}")
        elif outcome.known:
            after = "the next job resumes the run" if there else ""
            if any((folder / f"{later.number}.log").exists() for later in jobs[position + 1 :]):
                after = "a later job resumed the run"
            yield f"Slurm job {job.number}{asks.get(job, '')}: {_sentence(outcome, log, after)}"
        else:
            unknown.append(job)
    if never:
        yield f"Slurm job{'s'[: len(never) > 1]} {', '.join(never)}: cancelled before the start"
    yield from _queue_lines(sorted(states, key=lambda state: jobs.index(state.job)), asks)
    if unknown:
        yield (
            f"Slurm jobs {_names(unknown)}: ended; logs in {folder}, and neither they nor Slurm "
            f"say how"
        )


def _names(jobs: list[JobId]) -> str:
    return ", ".join(job.number for job in jobs)


def _queue_lines(states: list[client.JobState], asks: dict[JobId, str]) -> Iterator[str]:
    def ending(state: client.JobState) -> str:
        return f"{asks.get(state.job, '')}: {_state(state)}"

    for text, same in groupby(states, ending):
        parts = [state.part for state in same]
        yield f"Slurm job{'s'[: len(parts) > 1]} {', '.join(parts)}{text}"


def _state(state: client.JobState) -> str:
    if state.state != "PENDING":
        return f"{state.state.lower()} for {state.elapsed}, {state.where}"
    why = next((text for reason, text in _NEVER_STARTS.items() if reason in state.where), "")
    when = f", expected to start at {state.starts.replace('T', ' ')}" if state.starts else ""
    return f"pending {state.where}{when}{f': {why}' if why else ''}"


def _sentence(outcome: JobOutcome, log: Path, after: str) -> str:
    """Return a sentence on an outcome; `after` says which job continues after one that stopped."""
    if outcome.state == "COMPLETED" or (outcome.state is None and outcome.code == 0):
        return "completed"
    # To Slurm every code but 0 is a failure: this one is that of a link of a chain.
    stopped = outcome.state == "FAILED" and outcome.code == ExitCode.STOPPED
    if stopped and after:
        return f"stopped before the end; {after} (log: {log})"
    parts = ["ended" if stopped else (outcome.state or "ended").lower().replace("_", " ")]
    if outcome.code:
        known = next((code for code in ExitCode if code == outcome.code), None)
        meaning = "" if known is None else f" ({known.meaning})"
        parts.append(f"exit code {outcome.code}{meaning}")
    if outcome.signal:
        parts.append(f"signal {outcome.signal}")
    if outcome.reason:
        parts.append(outcome.reason)
    if not outcome.last_line:
        return f"{', '.join(parts)}; it left no log"
    return f"{', '.join(parts)}: {outcome.last_line} (log: {log})"
