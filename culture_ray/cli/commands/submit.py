"""`culture-ray submit`: a sweep as a Slurm job or a chain of jobs."""

from __future__ import annotations

import os
import shlex
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from culture_ray.cli.console import Screen
from culture_ray.config.compose import compose_and_run
from culture_ray.config.launchers import Content
from culture_ray.config.run_settings import settings_from
from culture_ray.engines.model import Model
from culture_ray.errors import CultureRayError, JobTooSmall, ModelFilesMissing, WrongValue
from culture_ray.plan.engines import is_asked, models_and_judges
from culture_ray.settings.judging import Judge
from culture_ray.settings.run import Settings
from culture_ray.stages.context import RunContext
from culture_ray.store.atomic import replace_text, saying_disk_problems
from culture_ray.store.run_directory import RunDirectory
from culture_ray.submission.chain import read_chain
from culture_ray.submission.environment import exported_names, key_notices
from culture_ray.submission.loads import asked_together, loads_of
from culture_ray.submission.part_jobs import PartJob, part_jobs
from culture_ray.submission.part_lines import part_lines
from culture_ray.submission.partition_check import check_partitions, partitions_here
from culture_ray.submission.parts import of_hardware
from culture_ray.submission.scratch import check_scratch
from culture_ray.submission.script import SETUP, batch_script, setup_script
from culture_ray.submission.slurm import client
from culture_ray.submission.slurm.command import check_installed
from culture_ray.submission.slurm.job_id import JobId
from culture_ray.submission.submit_parts import slurms_view, submit_parts
from culture_ray.submission.visible import check_visible, named_folders
from culture_ray.submission.weights import missing_weights
from culture_ray.sweep.plan.cluster import Cluster, Slurm
from culture_ray.sweep.plan.processes import one_process_suffices

_DRY_RUN = "--dry-run"


def act(overrides: list[str]) -> int:
    """Submit a sweep, or print its batch script with --dry-run; return 0."""
    words = [word for word in overrides if word != _DRY_RUN]

    def run(content: Content, experiment: str) -> None:
        command = shlex.join(["culture-ray", "submit", *words])
        settings = settings_from(content, experiment, command)
        _submit(settings, words, Screen(), dry_run=_DRY_RUN in overrides)

    compose_and_run("culture-ray submit", words, run)
    return 0


def _submit(settings: Settings, words: list[str], screen: Screen, *, dry_run: bool) -> None:
    slurm = settings.cluster.slurm
    if slurm is None:
        raise WrongValue(
            "cluster", settings.cluster.name, "one with Slurm settings, such as cluster=slurm"
        )
    context = RunContext(settings)
    context.check()
    loads = loads_of(context.plan.rows, settings.models, settings.judges, context.done)
    folder = settings.run.folder.resolve() / "slurm"
    cluster, name = settings.cluster, settings.run.name
    parts = part_jobs(of_hardware(loads, settings.hardware), cluster, slurm, name, folder)
    check_scratch(slurm.scratch, os.environ)
    # A relative results folder would be another one where the job runs.
    words = [*words, f"results={settings.run.folder.resolve().parent}"]
    account = [] if (path := settings.spending.account) is None else [Path(path).resolve()]
    bound = list(dict.fromkeys([*account, *named_folders(settings.raw)]))
    scripts = {
        part.script: batch_script(
            part.job, slurm, name, folder, [*words, *part.words], bound, settings.command,
            os.environ, part.chain,
            ray=_needs_ray(part, settings.models, settings.judges, cluster),
        )
        for part in parts
    }  # fmt: skip
    models = models_and_judges(settings.models, settings.judges)
    models = {key: model for key, model in models.items() if is_asked(model, settings.hardware)}
    options = [each for part in parts for each in part.options]
    notices = list(key_notices(models, exported_names(options[0], os.environ), slurm.setup))

    def check() -> list[str]:
        _check_weights(models, slurm, settings.command)
        there = partitions_here(options[0].get("clusters"))
        return list(dict.fromkeys(check_partitions(options, there)))

    for line in part_lines(parts, slurm):
        screen.print(f"run {name}: {line}", highlight=False)
    if dry_run:
        for text in scripts.values():
            screen.print(text, highlight=False, soft_wrap=True, end="")
        for line in [*notices, *_dry_checks(check, parts, scripts)]:
            screen.write_line(f"# {line}")
        return
    check_installed("sbatch")
    for needed in (folder, *account):
        check_visible(needed)
    _check_not_submitted(name, folder)
    notices += check()
    for line in [*notices, *_elsewhere(settings.run)]:
        screen.write_line(line)
    for needed in (folder, *account):
        with saying_disk_problems(needed):
            needed.mkdir(parents=True, exist_ok=True)
    replace_text(folder / SETUP, setup_script(slurm))
    for file, text in scripts.items():
        replace_text(file, text)
    where = f"the cluster's file (cluster={cluster.name})"
    jobs = submit_parts(parts, folder, os.environ, where)
    _print_jobs(screen, settings.run, list(scripts), jobs)


def _needs_ray(
    part: PartJob, models: Mapping[str, Model], judges: Mapping[str, Judge], cluster: Cluster
) -> bool:
    """Return False if the job's driver asks all of its models from its own process, on one node."""
    together = asked_together(part.part.loads, models, judges)
    return part.job.nodes > 1 or not one_process_suffices(together, cluster)


def _dry_checks(
    check: Callable[[], list[str]], parts: Sequence[PartJob], scripts: Mapping[Path, str]
) -> Iterator[str]:
    """Yield the notices of `check` or its refusal, and Slurm's own view of every script."""
    try:
        yield from check()
    except CultureRayError as error:
        yield f"submit would refuse: {error}"
    for part in parts:
        try:
            view = slurms_view(scripts[part.script], part.options, os.environ)
            yield f"sbatch --test-only: {view}"
        except CultureRayError as error:
            yield f"not seen by Slurm: {error}"
            return


def _check_weights(models: Mapping[str, Model], slurm: Slurm, command: str) -> None:
    missing = list(missing_weights(models, slurm, os.environ))
    if missing:
        raise ModelFilesMissing(
            f"jobs load weights without internet access, and {'; '.join(missing)}: run "
            f"{command.replace(' submit ', ' fetch ', 1)} first, with the same HF_HOME"
        )


def _check_not_submitted(run: str, folder: Path) -> None:
    jobs = dict.fromkeys(state.job.number for state in client.states(read_chain(folder)))
    if jobs:
        raise JobTooSmall(
            f"run '{run}' already has jobs ({', '.join(jobs)}): "
            f"follow them with culture-ray status run={run}, or cancel them with "
            f"culture-ray cancel run={run}"
        )


def _elsewhere(run: RunDirectory) -> Iterator[str]:
    """Yield a line if jobs of a run of this name work in another results folder."""
    here = run.folder.resolve().parent
    for place in client.results_of(run.name):
        if place != here:
            yield f"jobs of a run '{run.name}' work in {place}: this one is another, in {here}"


def _print_jobs(
    screen: Screen, chosen: RunDirectory, scripts: Sequence[Path], jobs: Sequence[JobId]
) -> None:
    run, results = chosen.name, chosen.folder.parent
    where = "" if str(results) == "results" else f" results={results}"
    for line in (
        f"submitted: {', '.join(job.number for job in jobs)}",
        *(f"script:  {script}" for script in scripts),
        f"follow:  culture-ray status run={run}{where}",
        f"         tail -f {scripts[0].parent / jobs[0].number}.log",
        f"cancel:  culture-ray cancel run={run}{where}",
    ):
        screen.write_line(line)
