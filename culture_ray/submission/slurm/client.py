"""Client of Slurm's queue: submit jobs, list them, cancel them."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from culture_ray.errors import NoSlurm, SlurmRefused
from culture_ray.submission.slurm.command import (
    cluster_flag,
    completed_command,
    local_cluster,
    own_words,
    run_slurm,
)
from culture_ray.submission.slurm.job_id import JobId, parsed_id, printed_ids


@dataclass(frozen=True)
class Dependency:
    """Condition on other jobs of the same cluster, with which a job starts."""

    kind: Literal["afternotok", "afterany"]
    """`afternotok`: once they have ended without success; `afterany`: once they have ended."""
    jobs: Sequence[JobId]

    @property
    def cluster(self) -> str | None:
        """Return the cluster of the jobs."""
        return self.jobs[0].cluster

    @property
    def option(self) -> str:
        """Return the condition as an option of sbatch."""
        return f"--dependency={self.kind}:{':'.join(job.number for job in self.jobs)}"


@dataclass(frozen=True)
class JobState:
    """State of a job in Slurm's queue."""

    part: str
    """Job id; the parts of a heterogeneous job have their own, such as 12+0 and 12+1."""
    state: str
    """State as Slurm names it: PENDING, RUNNING, COMPLETING, ..."""
    elapsed: str
    where: str
    """Nodes of the job, or the reason why it is waiting."""
    cluster: str | None = None
    starts: str | None = None
    """Time at which a waiting job is expected to start; None if Slurm does not say."""

    @property
    def job(self) -> JobId:
        """Return the id that `submit` returned, which is the same for all parts."""
        return JobId(self.part.partition("+")[0], self.cluster)


def submit(
    script: Path,
    name: str,
    after: Dependency | None = None,
    environment: Mapping[str, str] | None = None,
    clusters: str | None = None,
) -> JobId:
    """Submit a batch script under a name that no other job has, and return the job's id.

    With `after`, the job is on the same cluster as those before it, and Slurm drops it if the
    condition can no longer be met. Where `sbatch` prints more than an id, fails or does
    not answer, the job's name decides which it is, on one of `clusters` if they are named.
    Raises NoSlurm, SlurmRefused.
    """
    words = ["sbatch", "--parsable", f"--chdir={Path.cwd()}", f"--job-name={name}"]
    local = local_cluster()
    if after is not None:
        words += [*cluster_flag(after.cluster, local), after.option]
        words += ["--kill-on-invalid-dep=yes"]
        clusters = after.cluster if after.cluster != local else None
    try:
        completed = completed_command([*words, str(script)], environment)
    except NoSlurm:
        # Slurm may have accepted the job without a timely answer.
        if found := _named(name, clusters, local):
            return found
        raise
    printed = printed_ids(completed.stdout)
    if completed.returncode and not printed:
        raise SlurmRefused(f"Slurm refused (sbatch): {own_words(completed)}")
    job = None if completed.returncode else parsed_id(completed.stdout)
    job = job or _named(name, clusters, local) or _confirmed(printed, name, local)
    if job is None:
        text = " ".join(f"{completed.stderr} {completed.stdout}".split())
        raise SlurmRefused(
            f"sbatch printed no job id ({text[:400] or 'nothing'}), and Slurm knows no job named "
            f"{name}: if one appears later, end it with scancel --name={name}"
        )
    return JobId(job.number, job.cluster or local)


def states(jobs: Sequence[JobId]) -> list[JobState]:
    """Return the state of each part of the jobs that are waiting or running.

    The parts of a heterogeneous job end together, so each is listed until all have ended. Raises
    NoSlurm, SlurmRefused.
    """
    found = []
    for cluster, numbers in by_cluster(jobs).items():
        flag = cluster_flag(cluster, local_cluster() if cluster else None)
        output = run_slurm(["squeue", "--noheader", "--me", *flag, "--format=%i|%T|%M|%S|%R"])
        for line in output.splitlines():
            if not re.fullmatch(r"\d+(\+\d+)?(\|.*){4}", line.strip()):
                continue  # names of clusters, and a site's messages
            part, state, elapsed, start, where = line.strip().split("|", 4)
            starts = start if state == "PENDING" and start != "N/A" else None
            row = JobState(part, state, elapsed, where, cluster, starts)
            found += [row] if row.job.number in numbers else []
    return found


def cancel(jobs: Sequence[JobId]) -> None:
    """Cancel jobs; jobs that have ended are ignored. Raises NoSlurm, SlurmRefused."""
    for cluster, numbers in by_cluster(jobs).items():
        flag = cluster_flag(cluster, local_cluster() if cluster else None)
        run_slurm(["scancel", *flag, *numbers])


def by_cluster(jobs: Sequence[JobId]) -> dict[str | None, list[str]]:
    """Return the numbers of jobs by cluster; two clusters may have a number in common."""
    groups: dict[str | None, list[str]] = defaultdict(list)
    for job in jobs:
        groups[job.cluster].append(job.number)
    return groups


def results_of(run: str) -> list[Path]:
    """Return the results folders of this user's waiting or running jobs of a run of that name.

    Empty where Slurm cannot be asked.
    """
    ending = re.compile(rf"/{re.escape(run)}/slurm/sweep(-\d+)?\.sbatch$")
    try:
        output = run_slurm(["squeue", "--noheader", "--me", "--format=%i|%o"])
    except (NoSlurm, SlurmRefused):
        return []
    scripts = [line.partition("|")[2].strip() for line in output.splitlines()]
    found = [Path(script).parents[2] for script in scripts if ending.search(script)]
    return list(dict.fromkeys(found))


def _named(name: str, clusters: str | None, local: str | None) -> JobId | None:
    """Return the id of the job of that name, None if there is none or Slurm does not answer."""
    for cluster in clusters.split(",") if clusters else [None]:
        words = ["squeue", "--noheader", "--me", f"--name={name}", "--format=%i|"]
        try:
            output = run_slurm([*words, *cluster_flag(cluster, local)])
        except (NoSlurm, SlurmRefused):
            continue
        if row := re.search(r"^\s*(\d+)(\+\d+)?\|\s*$", output, re.MULTILINE):
            return JobId(row[1], cluster)
    return None


def _confirmed(printed: Sequence[JobId], name: str, local: str | None) -> JobId | None:
    """Return the printed id whose job has that name; the job may have left the queue already."""
    for job in printed:
        words = ["scontrol", *cluster_flag(job.cluster, local), "-o", "show", "job", job.number]
        try:
            told = run_slurm(words)
        except (NoSlurm, SlurmRefused):
            continue
        if f" JobName={name} " in told:
            return job
    return None
