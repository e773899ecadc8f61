"""The stages that send requests to models, elicit, benchmark and judge, run by one executor."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from culture_ray.benchmarks.items.read import Items
from culture_ray.engines.adapters import SharedEngines, shared_engines
from culture_ray.engines.interface import Engine
from culture_ray.engines.openai.answer_cache import clear_cache
from culture_ray.plan.benchmark_units import benchmark_units
from culture_ray.plan.billing import keep_spending
from culture_ray.plan.engines import base_models
from culture_ray.plan.plan import expected_rates
from culture_ray.plan.rating_units import rating_units, with_rubric
from culture_ray.plan.requests import RequestPlan, request_table
from culture_ray.plan.stage_units import judge_units, label_path
from culture_ray.settings.stages import Stage
from culture_ray.stages.benchmark.put import (
    PutUnits,
    benchmark_task,
    without_followers,
    write_items,
)
from culture_ray.stages.context import RunContext
from culture_ray.stages.elicit.rule_labels import label_by_rule
from culture_ray.stages.elicit.task import ElicitTask
from culture_ray.stages.judge.task import JudgeTask
from culture_ray.stages.rate.rate import rating_task
from culture_ray.stages.totals import announce, totals
from culture_ray.store.probe import check_commits, check_room
from culture_ray.store.run_directory import OpenedRun, RunDirectory, rating_path
from culture_ray.store.shards import replace_table
from culture_ray.sweep.execute.executor import Executor
from culture_ray.sweep.plan.readiness import check_installed
from culture_ray.sweep.plan.units import Task, Unit
from culture_ray.sweep.progress.progress import Progress

_BYTES_PER_TOKEN = 1.0
"""Free disk space required per token of the longest responses allowed. Shards of the quickstart
take 4 bytes per token, and responses are seldom shorter than a quarter of their limit.
"""


def generate(
    context: RunContext,
    opened: OpenedRun,
    make_engine: Callable[..., Engine],
    progress: Progress,
) -> dict[str, str]:
    """Run the missing units of elicit, benchmark and judge, if the run's stages include them.

    Returns the reason for each model that could not finish. Raises MissingExtra, NeedsGpu,
    ModelDoesNotFit, WrongValue and ModelFilesMissing before anything is loaded, and DiskProblem.
    """
    if context.answered(opened.done.__contains__):
        return _nothing_left(context, opened, progress)
    settings = context.sized
    models = dict(settings.models)
    if Stage.JUDGE in settings.stages:
        of_judges = context.engines
        models |= {of_judges[name]: judge.model for name, judge in settings.judges.items()}
    shared = shared_engines(models)
    models = dict(shared.models)
    engines = {name: shared.engines.get(e, e) for name, e in context.engines.items()}
    elicited = [_through(shared, unit) for unit in context.elicited]
    missing = _not_done(elicited, opened.done) if Stage.ELICIT in settings.stages else []
    put = _benchmark_units(context, shared, opened.done, progress)
    to_run = [*missing, *put.left]
    judging = engines if Stage.JUDGE in settings.stages else {}
    rated = [one.unit for one in put.units if one.rated]
    needed = {unit.engine for unit in to_run}
    needed |= _judges_needed(settings.run, judging, elicited, rated, opened.done)
    check_installed({name: models[name] for name in sorted(needed)})
    if needed:
        check_commits(settings.run.folder)
        check_room(settings.run.folder, sum(unit.tokens for unit in to_run) * _BYTES_PER_TOKEN)
    _write_requests(settings.run, settings.models, context.requests)
    write_items(settings.run, context.benchmarks, list(settings.models))
    for stage, name, output, rate in expected_rates(context.plan.rows):
        if stage == Stage.JUDGE:
            progress.set_plan(f"judge {name}", engines[name], output, rate)
        else:
            progress.set_plan(stage, shared.engines[name], output, rate)
    announce(settings.run, settings.stages, engines, elicited, rated, opened.done, progress)
    if put.units:
        progress.announce(Stage.BENCHMARK, put.totals())
    billing = context.billing if any(models[name].is_api for name in needed) else None
    failed: dict[str, str] = {}
    with Executor(settings.cluster, models, make_engine, settings.run, progress, billing) as run:
        if Stage.ELICIT in settings.stages:
            sampling = {name: protocol.sampling for name, protocol in settings.protocols.items()}
            task = ElicitTask(settings.languages, sampling, base_models(settings.models))
            failed |= _run(run, task, elicited, missing, progress)
        if put.units:
            failed |= put.run(run, benchmark_task(context.benchmarks, settings.models), progress)
        if Stage.JUDGE in settings.stages:
            failed |= _judge_all(run, context, shared, elicited, opened.done, progress)
    keep_spending(settings.run, billing)
    if billing is not None and not failed:
        for name in billing.models:
            clear_cache(billing.answers / name)
    return failed


def _nothing_left(context: RunContext, opened: OpenedRun, progress: Progress) -> dict[str, str]:
    """Show a run in which everything is answered; return no model that could not finish.

    Neither tokenizers nor prices are read, which take longer than all else of such a sweep.
    """
    settings = context.settings
    _write_requests(settings.run, settings.models, context.requests)
    judging = context.engines if Stage.JUDGE in settings.stages else {}
    announce(settings.run, settings.stages, judging, context.elicited, [], opened.done, progress)
    return {}


def _benchmark_units(
    context: RunContext, shared: SharedEngines, done: frozenset[Path], progress: Progress
) -> PutUnits:
    """Return the units of the benchmark stage; answers that follow from lost ones are set aside."""
    settings = context.sized
    units = [
        replace(unit, unit=_through(shared, unit.unit))
        for items in context.benchmarks.values()
        for unit in benchmark_units(
            settings.run, items, settings.models, settings.cluster.unit_size
        )
    ]
    done, followers = without_followers(settings.run, units, done)
    for path in followers:
        progress.say(f"set aside: {path.name} follows from answers that are not there")
    return PutUnits(units, done)


def _through(shared: SharedEngines, unit: Unit) -> Unit:
    """Return a unit with the engine and the adapter of the model that answers it."""
    engine, adapter = shared.engines[unit.engine], shared.adapters.get(unit.engine, "")
    return replace(unit, engine=engine, adapter=adapter)


def _judges_needed(
    run: RunDirectory,
    engines: Mapping[str, str],
    elicited: Sequence[Unit],
    rated: Sequence[Unit],
    done: frozenset[Path],
) -> set[str]:
    """Return the engines of judges with labels or ratings to do; `engines` is by judge."""
    judged = [unit for unit in elicited if unit.judged]
    return {
        engine
        for judge, engine in engines.items()
        if any(label_path(run, judge, unit) not in done for unit in judged)
        or any(rating_path(run, judge, unit.path) not in done for unit in rated)
    }


def _run(
    executor: Executor,
    task: Task,
    units: Sequence[Unit],
    remaining: Sequence[Unit],
    progress: Progress,
) -> dict[str, str]:
    missing = {unit.path for unit in remaining}
    progress.begin_stage(task.stage, totals((unit, unit.path not in missing) for unit in units))
    return executor.run(task, remaining)


def _judge_all(
    run: Executor,
    context: RunContext,
    shared: SharedEngines,
    elicited: Sequence[Unit],
    done: frozenset[Path],
    progress: Progress,
) -> dict[str, str]:
    """Label the responses, and rate the answers to benchmarks with a rubric, by every judge."""
    settings = context.sized
    failed: dict[str, str] = {}
    rubrics = with_rubric(context.benchmarks)
    scales = {topic.id: topic.scale for topic in settings.topics}
    label_by_rule(settings.run, settings.languages, scales, elicited, done)
    for name, judge in settings.judges.items():
        asked = context.engines[name]
        units = judge_units(settings.run, name, judge, asked, elicited)
        units = [_through(shared, unit) for unit in units]
        label = JudgeTask(
            name, judge, settings.languages, base_models(settings.models), settings.phrases
        )
        ratings = []
        for items in rubrics:
            own = rating_units(settings.run, name, judge, asked, items, settings.models)
            ratings.append((items, [_through(shared, unit) for unit in own]))
        missing = _not_done(units, done)
        failed |= _judge(run, label, units, missing, ratings, progress)
    return failed


def _judge(
    executor: Executor,
    label: JudgeTask,
    units: Sequence[Unit],
    remaining: Sequence[Unit],
    ratings: Sequence[tuple[Items, Sequence[Unit]]],
    progress: Progress,
) -> dict[str, str]:
    """Label responses and rate answers to benchmarks by one judge, as one stage."""
    left = {unit.path for unit in remaining}
    rated = [unit for _, own in ratings for unit in own]
    there = [(unit, unit.path not in left) for unit in units]
    there += [(unit, unit.path.exists()) for unit in rated]
    progress.begin_stage(label.stage, totals(there))
    failed = executor.run(label, remaining) if units or not rated else {}
    for items, own in ratings:
        unrated = [unit for unit in own if not unit.path.exists()]
        if unrated:
            failed |= executor.run(rating_task(label.name, label.judge, items), unrated)
    return failed


def _not_done(units: Sequence[Unit], done: frozenset[Path]) -> list[Unit]:
    return [unit for unit in units if unit.path not in done]


def _write_requests(run: RunDirectory, models: Iterable[str], plan: RequestPlan) -> None:
    for model in models:
        for language in dict.fromkeys(language for _, language in plan.designs):
            path = run.requests(model, language)
            if not path.exists():
                replace_table(path, request_table(plan, model, language))
