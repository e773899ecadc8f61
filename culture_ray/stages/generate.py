"""The two stages that ask models, elicit and judge, on one executor."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from culture_ray.engines.interface import Engine
from culture_ray.engines.openai.answer_cache import clear
from culture_ray.plan.billing import keep_spending
from culture_ray.plan.cost import billing_of
from culture_ray.plan.plan import paces, with_gpus_chosen
from culture_ray.plan.requests import (
    RequestPlan,
    elicit_units,
    judge_units,
    label_path,
    request_table,
)
from culture_ray.settings.run import Settings
from culture_ray.stages.elicit.rule_labels import label_by_rule
from culture_ray.stages.elicit.task import ElicitTask
from culture_ray.stages.judge.task import JudgeTask
from culture_ray.store.probe import check_commits, check_room
from culture_ray.store.run_directory import OpenedRun
from culture_ray.store.shards import replace_table
from culture_ray.sweep.execute.executor import Executor
from culture_ray.sweep.plan.readiness import check_installed
from culture_ray.sweep.plan.units import Task, Unit
from culture_ray.sweep.progress.progress import Progress

_BYTES_PER_TOKEN = 1.0
"""Of the longest responses allowed: the quickstart's shards take 4 bytes per token made, and a
response is seldom shorter than a quarter of what it may be. Less room than this is too little.
"""


@dataclass(frozen=True)
class GenerateResult:
    """How asking went."""

    broken: Mapping[str, str]
    """Why, for each model that could not finish."""


def generate(
    settings: Settings,
    plan: RequestPlan,
    opened: OpenedRun,
    make_engine: Callable[..., Engine],
    progress: Progress,
) -> GenerateResult:
    """Run elicit and judge, as far as `settings.stages` has them and the store lacks them.

    Raises MissingKey, MissingExtra, NeedsGpu, ModelDoesNotFit, WrongValue and
    ModelFilesMissing before anything is loaded, and DiskProblem.
    """
    settings = with_gpus_chosen(settings, plan)
    elicited = list(elicit_units(settings, plan))
    engines = engine_names(settings)
    todo_elicit = _left(elicited, opened.done) if "elicit" in settings.stages else []
    models = dict(settings.models)
    if "judge" in settings.stages:
        models |= {engines[name]: judge.model for name, judge in settings.judges.items()}
    needed = {unit.engine for unit in todo_elicit}
    if "judge" in settings.stages:
        needed |= {
            engines[judge]
            for judge in settings.judges
            if any(
                label_path(settings, judge, unit) not in opened.done
                for unit in elicited
                if unit.judged
            )
        }
    check_installed({name: models[name] for name in sorted(needed)})
    if needed:
        check_commits(settings.run.folder)
        check_room(settings.run.folder, sum(unit.tokens for unit in todo_elicit) * _BYTES_PER_TOKEN)
    _write_requests(settings, plan)
    for stage, name, output, rate in paces(settings, plan):
        if stage == "judge":
            progress.expect(f"judge {name}", engines[name], output, rate)
        else:
            progress.expect(stage, name, output, rate)
    _announce(settings, engines, elicited, opened.done, progress)
    broken: dict[str, str] = {}
    purse = billing_of(settings, engines) if any(models[n].is_api for n in needed) else None
    with Executor(settings.cluster, models, make_engine, settings.run, progress, purse) as executor:
        if "elicit" in settings.stages:
            task = ElicitTask(
                settings.languages,
                {name: protocol.sampling for name, protocol in settings.protocols.items()},
                base_models(settings),
            )
            broken |= _run(executor, task, elicited, todo_elicit, progress)
        if "judge" in settings.stages:
            label_by_rule(settings, elicited, opened.done)
            for name, judge in settings.judges.items():
                units = judge_units(settings, name, engines[name], elicited)
                label = JudgeTask(name, judge, settings.languages, base_models(settings))
                broken |= _run(executor, label, units, _left(units, opened.done), progress)
    keep_spending(settings.run, purse)
    if purse is not None and not broken:
        for name in purse.terms:
            clear(purse.answers / name)
    return GenerateResult(broken)


def engine_names(settings: Settings) -> dict[str, str]:
    """Return, for each judge, the name its model has among all that are loaded.

    A judge that is one of the run's models shares its replicas.
    """
    names = {}
    for name, judge in settings.judges.items():
        same = [model for model, spec in settings.models.items() if spec == judge.model]
        names[name] = same[0] if same else f"judge-{name}"
    return names


def base_models(settings: Settings) -> frozenset[str]:
    """Return the models without a chat template."""
    return frozenset(name for name, model in settings.models.items() if not model.chat)


def _announce(
    settings: Settings,
    engines: Mapping[str, str],
    elicited: Sequence[Unit],
    done: frozenset[Path],
    progress: Progress,
) -> None:
    """Tell people of all that is to come, also of what waits for responses that are not there."""
    if "elicit" in settings.stages:
        progress.ahead("elicit", _totals((unit, unit.path in done) for unit in elicited))
    if "judge" in settings.stages:
        for name, engine in engines.items():
            read = [
                (replace(unit, engine=engine), label_path(settings, name, unit) in done)
                for unit in elicited
                if unit.judged
            ]
            progress.ahead(f"judge {name}", _totals(read))


def _run(
    executor: Executor,
    task: Task,
    units: Sequence[Unit],
    left: Sequence[Unit],
    progress: Progress,
) -> dict[str, str]:
    missing = {unit.path for unit in left}
    progress.stage(task.stage, _totals((unit, unit.path not in missing) for unit in units))
    return executor.run(task, left)


def _totals(units: Iterable[tuple[Unit, bool]]) -> dict[str, tuple[int, int]]:
    """Return requests in all and those that are done, by engine."""
    totals: dict[str, tuple[int, int]] = {}
    for unit, is_done in units:
        total, done = totals.get(unit.engine, (0, 0))
        totals[unit.engine] = (total + unit.size, done + unit.size * is_done)
    return totals


def _left(units: Sequence[Unit], done: frozenset[Path]) -> list[Unit]:
    return [unit for unit in units if unit.path not in done]


def _write_requests(settings: Settings, plan: RequestPlan) -> None:
    for model in settings.models:
        for language in settings.languages:
            path = settings.run.requests(model, language)
            if not path.exists():
                replace_table(path, request_table(settings, plan, model, language))
