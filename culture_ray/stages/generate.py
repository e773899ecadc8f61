"""The stages that send requests to models, run by one executor: answers first, then judging."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from culture_ray.engines.adapters import SharedEngines, shared_engines
from culture_ray.engines.interface import Engine
from culture_ray.engines.openai.answer_cache import clear_cache
from culture_ray.plan.benchmarks.units import benchmark_units
from culture_ray.plan.billing import keep_spending
from culture_ray.plan.engines import base_models, is_asked
from culture_ray.plan.plan import expected_rates
from culture_ray.plan.requests import RequestPlan, request_table
from culture_ray.plan.stage_units import label_path
from culture_ray.plan.unit_totals import not_done, through, totals_of
from culture_ray.settings.stages import Stage
from culture_ray.stages.announce import announce
from culture_ray.stages.benchmark.put import (
    PutUnits,
    benchmark_task,
    without_followers,
    write_items,
)
from culture_ray.stages.context import RunContext
from culture_ray.stages.elicit.task import ElicitTask
from culture_ray.stages.judge_all import expected_seconds, judge_all
from culture_ray.store.probe import check_commits, check_room
from culture_ray.store.run_directory import (
    OpenedRun,
    RunDirectory,
    rating_path,
    response_of,
    set_aside_shard,
)
from culture_ray.store.shards import replace_table
from culture_ray.sweep.execute.executor import Executor
from culture_ray.sweep.plan.processes import one_process_suffices
from culture_ray.sweep.plan.readiness import check_installed
from culture_ray.sweep.plan.units import StageWork, Unit, following_lost
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

    A session that is limited to some hardware runs the units of its models. Returns the reason for
    each model that could not finish. Raises MissingExtra, NeedsGpu, ModelDoesNotFit, WrongValue and
    ModelFilesMissing before anything is loaded, and DiskProblem.
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
    elicited = [through(shared, unit) for unit in context.elicited]
    if Stage.ELICIT in settings.stages:
        done = _without_followers(settings.run, elicited, opened.done, progress)
        opened = replace(opened, done=done)
    here = {name for name, model in models.items() if is_asked(model, settings.hardware)}
    own = [unit for unit in elicited if unit.engine in here]
    missing = not_done(own, opened.done) if Stage.ELICIT in settings.stages else []
    every = _benchmark_units(context, shared, opened.done, progress)
    put = PutUnits([unit for unit in every.units if unit.unit.engine in here], every.done)
    to_run = [*missing, *put.left]
    judges_here = engines if Stage.JUDGE in settings.stages else {}
    judging = {name: engine for name, engine in judges_here.items() if engine in here}
    rated = [one.unit for one in every.units if one.rated]
    needed = {unit.engine for unit in to_run}
    needed |= _judges_needed(settings.run, judging, elicited, rated, opened.done)
    check_installed({name: models[name] for name in sorted(needed)})
    if needed:
        check_commits(settings.run.folder)
        check_room(settings.run.folder, sum(unit.tokens for unit in to_run) * _BYTES_PER_TOKEN)
    _write_requests(settings.run, settings.models, context.requests)
    write_items(settings.run, context.benchmarks, list(settings.models))
    _set_plans(context, engines, shared, progress)
    announce(settings.run, settings.stages, judging, elicited, rated, opened.done, progress, here)
    if put.units:
        progress.announce(Stage.BENCHMARK, put.totals())
    billing = context.billing if any(models[name].is_api for name in needed) else None
    failed: dict[str, str] = {}
    rates = _planned_rates(context, engines, shared)
    together = [
        {unit.engine for unit in to_run},
        *({one} for one in set(judging.values()) & needed),
    ]
    alone = one_process_suffices(
        [[models[n] for n in names] for names in together], settings.cluster
    )
    with Executor(
        settings.cluster, models, make_engine, settings.run, progress, billing, rates=rates,
        in_process=alone,
    ) as run:  # fmt: skip
        run.expect(
            expected_seconds(settings.run, settings.judges, judging, elicited, opened.done, rates)
        )
        failed |= _answer(run, context, own, missing, put, progress)
        run.expect({})
        if Stage.JUDGE in settings.stages:
            failed |= judge_all(run, context, shared, judging, elicited, opened.done, progress)
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
    announce(
        settings.run, settings.stages, judging, context.elicited, [], opened.done, progress,
        list(settings.models),
    )  # fmt: skip
    return {}


def _planned_rates(
    context: RunContext, engines: Mapping[str, str], shared: SharedEngines
) -> dict[tuple[str, str], float]:
    """Return the planned output tokens per second of a replica, by stage and engine.

    `engines` are those of judges, each of which has a stage of its own.
    """
    rates: dict[tuple[str, str], float] = {}
    for row in context.plan.rows:
        judged = row.stage == Stage.JUDGE
        engine = engines[row.model] if judged else shared.engines[row.model]
        stage = f"judge {row.model}" if judged else row.stage
        if row.estimate.expected is not None:
            rates.setdefault((stage, engine), row.estimate.expected)
    return rates


def _set_plans(
    context: RunContext, engines: Mapping[str, str], shared: SharedEngines, progress: Progress
) -> None:
    """Set the planned rates, from which progress is estimated; `engines` are those of judges."""
    for stage, name, output, rate in expected_rates(context.plan.rows):
        if stage == Stage.JUDGE:
            progress.set_plan(f"judge {name}", engines[name], output, rate)
        else:
            progress.set_plan(stage, shared.engines[name], output, rate)


def _without_followers(
    run: RunDirectory, units: Sequence[Unit], done: frozenset[Path], progress: Progress
) -> frozenset[Path]:
    """Set aside answers in conversations whose earlier answers are not there, and their labels.

    Returns the shards that are left. Raises DiskProblem.
    """
    there = {path for unit in units for path in unit.needs if path in done or path.exists()}
    for path in following_lost(units, done, there):
        labels = [label for label in run.shards("labels") if response_of(run, label) == path]
        for shard in (*labels, path):
            set_aside_shard(run, shard)
        done = done.difference((*labels, path))
        progress.say(f"set aside: {path.name} follows from answers that are not there")
    return done


def _benchmark_units(
    context: RunContext, shared: SharedEngines, done: frozenset[Path], progress: Progress
) -> PutUnits:
    """Return the units of the benchmark stage; answers that follow from lost ones are set aside."""
    settings = context.sized
    units = [
        replace(unit, unit=through(shared, unit.unit))
        for items in context.benchmarks.values()
        for unit in benchmark_units(
            settings.run, items, settings.models, settings.cluster.unit_size
        )
    ]
    done, followers = without_followers(settings.run, units, done)
    for path in followers:
        progress.say(f"set aside: {path.name} follows from answers that are not there")
    return PutUnits(units, done)


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


def _answer(
    executor: Executor,
    context: RunContext,
    elicited: Sequence[Unit],
    missing: Sequence[Unit],
    put: PutUnits,
    progress: Progress,
) -> dict[str, str]:
    """Elicit responses and put benchmarks, both by one loading of each model."""
    settings = context.sized
    work: list[StageWork] = []
    totals: dict[str, dict[str, tuple[int, int]]] = {}
    if Stage.ELICIT in settings.stages:
        sampling = {name: protocol.sampling for name, protocol in settings.protocols.items()}
        person = settings.persona.person if settings.persona else "first"
        task = ElicitTask(settings.languages, sampling, base_models(settings.models), person)
        left = {unit.path for unit in missing}
        totals[task.stage] = totals_of((unit, unit.path not in left) for unit in elicited)
        work.append(StageWork(task, missing))
    if put.units:
        task_of_items = benchmark_task(context.benchmarks, settings.models)
        totals[task_of_items.stage] = put.totals()
        work.append(StageWork(task_of_items, put.left))
    progress.begin_stages(totals)
    return executor.run_together(work)


def _write_requests(run: RunDirectory, models: Iterable[str], plan: RequestPlan) -> None:
    for model in models:
        for language in dict.fromkeys(language for _, language in plan.designs):
            path = run.requests(model, language)
            if not path.exists():
                replace_table(path, request_table(plan, model, language))
