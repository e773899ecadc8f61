"""`culture-ray submit`: a sweep as a Slurm job, or as a chain of them."""

from __future__ import annotations

import shlex
from pathlib import Path

from rich.console import Console

from culture_ray.cli.console import Screen
from culture_ray.config.compose import compose_and_run
from culture_ray.config.launchers import Content
from culture_ray.config.run_settings import settings_from
from culture_ray.errors import JobTooSmall, SlurmRefused, WrongValue
from culture_ray.report.formatting import counted
from culture_ray.settings.run import Settings
from culture_ray.stages.context import RunContext
from culture_ray.store.atomic import replace_text, saying_disk_problems
from culture_ray.store.run_directory import RunDirectory
from culture_ray.submission import client
from culture_ray.submission.chain import read_chain, write_chain
from culture_ray.submission.loads import loads_of
from culture_ray.submission.script import SCRIPT, SETUP, batch_script, setup_script
from culture_ray.submission.sizing import Job, size
from culture_ray.submission.visible import check_visible, named_folders
from culture_ray.sweep.plan.cluster import Slurm

_DRY_RUN = "--dry-run"


def act(overrides: list[str]) -> int:
    """Submit, or show what would be submitted; return 0."""
    words = [word for word in overrides if word != _DRY_RUN]

    def run(content: Content, experiment: str) -> None:
        command = shlex.join(["culture-ray", "sweep", *words])
        settings = settings_from(content, experiment, command)
        _submit(settings, words, Screen(), dry=_DRY_RUN in overrides)

    compose_and_run("culture-ray submit", words, run)
    return 0


def _submit(settings: Settings, words: list[str], console: Console, *, dry: bool) -> None:
    slurm = settings.cluster.slurm
    if slurm is None:
        raise WrongValue(
            "cluster", settings.cluster.name, "one with Slurm settings, such as cluster=slurm"
        )
    context = RunContext(settings)
    context.check()
    loads = loads_of(context.plan.rows, settings.models, settings.judges)
    job = size(loads, settings.cluster, slurm)
    folder = settings.run.folder.resolve() / "slurm"
    # Where the job runs, results=results would be somewhere else.
    words = [*words, f"results={settings.run.folder.resolve().parent}"]
    account = [] if (paid := settings.spending.account) is None else [Path(paid).resolve()]
    beside = list(dict.fromkeys([*account, *named_folders(settings.raw)]))
    script = batch_script(job, slurm, settings.run.name, folder, words, beside)
    _show(console, settings.run.name, job, slurm)
    if dry:
        console.print(script, highlight=False, markup=False, soft_wrap=True, end="")
        return
    for needed in (folder, *account):
        check_visible(needed)
    _check_none_is_there(settings.run.name, folder)
    for needed in (folder, *account):
        with saying_disk_problems(needed):
            needed.mkdir(parents=True, exist_ok=True)
    replace_text(folder / SETUP, setup_script(slurm))
    replace_text(folder / SCRIPT, script)
    jobs = _chain(folder / SCRIPT, job)
    write_chain(folder, jobs)
    _tell(console, settings.run, folder, jobs)


def _chain(script: Path, job: Job) -> list[str]:
    jobs: list[str] = []
    try:
        while len(jobs) < job.jobs:
            jobs.append(client.submit(script, after=jobs[-1] if jobs else None))
    except SlurmRefused:
        client.cancel(jobs)  # half a chain is not what was asked for
        raise
    return jobs


def _check_none_is_there(run: str, folder: Path) -> None:
    there = dict.fromkeys(state.job for state in client.states(read_chain(folder)))
    if there:
        raise JobTooSmall(
            f"run '{run}' has jobs already ({', '.join(there)}): "
            f"follow them with culture-ray status run={run}, or end them with "
            f"culture-ray cancel run={run}"
        )


def _show(console: Console, run: str, job: Job, slurm: Slurm) -> None:
    gpus = f" x {job.gpus_per_node} {slurm.gpu_type or 'GPU'}" if job.gpus_per_node else ""
    memory = f", {job.memory_gib_per_node:g} GiB" if job.memory_gib_per_node else ""
    hours, minutes = divmod(job.minutes, 60)
    chain = f", {job.jobs} jobs in a chain" if job.jobs > 1 else ""
    console.print(
        f"run {run}: {counted(job.nodes, 'node')}{gpus}, {job.cpus_per_node} cores"
        f"{memory} each, {hours}:{minutes:02d} hours{chain}",
        highlight=False,
    )
    if job.head is not None:
        console.print(
            f"and one node with {job.head.cpus} cores, {job.head.memory_gib:g} GiB for the driver",
            highlight=False,
        )


def _tell(console: Console, chosen: RunDirectory, folder: Path, jobs: list[str]) -> None:
    run, results = chosen.name, chosen.folder.parent
    where = "" if str(results) == "results" else f" results={results}"
    for line in (
        f"submitted: {', '.join(jobs)}",
        f"script:  {folder / SCRIPT}",
        f"follow:  culture-ray status run={run}{where}",
        f"         tail -f {folder / jobs[0]}.log",
        f"cancel:  culture-ray cancel run={run}{where}",
    ):
        console.print(line, highlight=False, soft_wrap=True)
