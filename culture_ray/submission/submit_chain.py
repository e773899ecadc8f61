"""Submission of a chain of jobs: all of them, or none."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from pathlib import Path

from culture_ray.errors import CultureRayError, NoSlurm, SlurmRefused
from culture_ray.submission import client
from culture_ray.submission.advice import advice_on
from culture_ray.submission.chain import write_chain
from culture_ray.submission.command import completed_command, own_words
from culture_ray.submission.environment import submitting_environment
from culture_ray.submission.job_id import JobId
from culture_ray.submission.options import Options


def submit_chain(
    script: Path, jobs: int, parts: Sequence[Options], environment: Mapping[str, str], file: str
) -> list[JobId]:
    """Submit a script as a chain of so many jobs, and write their ids beside it.

    `parts` are the options of the script's parts; `file` names the cluster's configuration in the
    advice on a refusal. Raises NoSlurm, SlurmRefused and DiskProblem, after cancelling what was
    submitted.
    """
    first, passed = parts[0], submitting_environment(parts, environment)
    chain: list[JobId] = []
    try:
        while len(chain) < jobs:
            # No other job has this name: it finds the job where `sbatch` does not tell the id.
            name = f"{first['job-name']}-{secrets.token_hex(3)}"
            after = chain[-1] if chain else None
            chain.append(client.submit(script, name, after, passed, first.get("clusters")))
            write_chain(script.parent, chain)
    except (CultureRayError, KeyboardInterrupt) as error:
        left = _cancelled(chain)
        if isinstance(error, SlurmRefused):
            raise SlurmRefused(f"{error}: {advice_on(str(error), file)}{left}") from error
        raise
    return chain


def slurms_view(script: str, parts: Sequence[Options], environment: Mapping[str, str]) -> str:
    """Return the words of `sbatch --test-only` on a script: when it would start, or why not.

    Raises NoSlurm.
    """
    passed = submitting_environment(parts, environment)
    completed = completed_command(["sbatch", "--test-only"], passed, script)
    return own_words(completed)


def _cancelled(chain: Sequence[JobId]) -> str:
    """Cancel jobs; return a sentence about those that may be left."""
    try:
        client.cancel(chain)
    except (NoSlurm, SlurmRefused):
        return f"; {', '.join(job.number for job in chain)} could not be cancelled: scancel them"
    return ""
