"""Submission of the jobs of a run: all of them, or none."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from pathlib import Path

from culture_ray.errors import CultureRayError, NoSlurm, SlurmRefused
from culture_ray.submission.chain import write_chain, write_part
from culture_ray.submission.environment import submitting_environment
from culture_ray.submission.options import Options
from culture_ray.submission.part_jobs import PartJob
from culture_ray.submission.slurm import client
from culture_ray.submission.slurm.advice import advice_on
from culture_ray.submission.slurm.client import Dependency
from culture_ray.submission.slurm.command import completed_command, own_words
from culture_ray.submission.slurm.job_id import JobId


def submit_parts(
    parts: Sequence[PartJob], folder: Path, environment: Mapping[str, str], file: str
) -> list[JobId]:
    """Submit the chain of every part of a run, and write the ids of all jobs into `folder`.

    Within a part, a job starts if the one before it has ended without finishing; the first job of a
    part starts once all jobs of the part before it have ended. `file` names the cluster's
    configuration in the advice on a refusal. Raises NoSlurm, SlurmRefused and DiskProblem, after
    cancelling what was submitted.
    """
    submitted: list[JobId] = []
    before: list[JobId] = []
    try:
        for part in parts:
            own: list[JobId] = []
            while len(own) < part.job.jobs:
                after = Dependency("afternotok", own[-1:]) if own else None
                if not own and before:
                    after = Dependency("afterany", before)
                job = _submit(part, after, environment)
                own.append(job)
                submitted.append(job)
                write_chain(folder, submitted)
                if part.chain is not None:
                    write_part(part.chain, own)
            before = own
    except (CultureRayError, KeyboardInterrupt) as error:
        left = _cancelled(submitted)
        if isinstance(error, SlurmRefused):
            raise SlurmRefused(f"{error}: {advice_on(str(error), file)}{left}") from error
        raise
    return submitted


def slurms_view(script: str, parts: Sequence[Options], environment: Mapping[str, str]) -> str:
    """Return the words of `sbatch --test-only` on a script: when it would start, or why not.

    Raises NoSlurm.
    """
    passed = submitting_environment(parts, environment)
    completed = completed_command(["sbatch", "--test-only"], passed, script)
    return own_words(completed)


def _submit(part: PartJob, after: Dependency | None, environment: Mapping[str, str]) -> JobId:
    first, passed = part.options[0], submitting_environment(part.options, environment)
    # No other job has this name: it finds the job where `sbatch` does not tell the id.
    name = f"{first['job-name']}-{secrets.token_hex(3)}"
    return client.submit(part.script, name, after, passed, first.get("clusters"))


def _cancelled(chain: Sequence[JobId]) -> str:
    """Cancel jobs; return a sentence about those that may be left."""
    try:
        client.cancel(chain)
    except (NoSlurm, SlurmRefused):
        return f"; {', '.join(job.number for job in chain)} could not be cancelled: scancel them"
    return ""
