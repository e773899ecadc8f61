"""Judging of a run: labels of responses and ratings of answers, by one judge after the other."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

from culture_ray.benchmarks.items.read import Items
from culture_ray.engines.adapters import SharedEngines
from culture_ray.plan.benchmarks.rating_units import rating_units, with_rubric
from culture_ray.plan.engines import base_models
from culture_ray.plan.stage_units import judge_units, label_path
from culture_ray.plan.unit_totals import not_done, through, totals_of
from culture_ray.settings.judging import Judge
from culture_ray.stages.context import RunContext
from culture_ray.stages.elicit.rule_labels import label_by_rule
from culture_ray.stages.judge.task import JudgeTask
from culture_ray.stages.rate.rate import rating_task
from culture_ray.store.run_directory import RunDirectory
from culture_ray.sweep.execute.executor import Executor
from culture_ray.sweep.plan.units import StageWork, Unit
from culture_ray.sweep.progress.progress import Progress


def judge_all(
    run: Executor,
    context: RunContext,
    shared: SharedEngines,
    judges: Collection[str],
    elicited: Sequence[Unit],
    done: frozenset[Path],
    progress: Progress,
) -> dict[str, str]:
    """Label the responses, and rate the answers to benchmarks with a rubric, by the `judges`.

    Returns the reason for each model that could not finish.
    """
    settings = context.sized
    failed: dict[str, str] = {}
    rubrics = with_rubric(context.benchmarks)
    scales = {topic.id: topic.scale for topic in settings.topics}
    label_by_rule(settings.run, settings.languages, scales, elicited, done)
    for name, judge in settings.judges.items():
        if name not in judges:
            continue
        asked = context.engines[name]
        units = judge_units(settings.run, name, judge, asked, elicited)
        units = [through(shared, unit) for unit in units]
        label = JudgeTask(
            name, judge, settings.languages, base_models(settings.models), settings.phrases
        )
        ratings = []
        for items in rubrics:
            own = rating_units(settings.run, name, judge, asked, items, settings.models)
            ratings.append((items, [through(shared, unit) for unit in own]))
        failed |= _judge(run, label, units, not_done(units, done), ratings, progress)
    return failed


def expected_seconds(
    run: RunDirectory,
    judges: Mapping[str, Judge],
    judging: Mapping[str, str],
    elicited: Sequence[Unit],
    done: frozenset[Path],
    rates: Mapping[tuple[str, str], float],
) -> dict[str, float]:
    """Return the seconds that one replica takes for responses without a label, by engine.

    Judges whose rate (output tokens per second, by stage and engine) is not known are left out.
    """
    seconds: dict[str, float] = {}
    for name, engine in judging.items():
        judge, rate = judges[name], rates.get((f"judge {name}", engine))
        each = judge.share * judge.model.output_limit(judge.sampling.max_tokens)
        left = sum(
            unit.size
            for unit in elicited
            if unit.judged and label_path(run, name, unit) not in done
        )
        if left and rate is not None:
            seconds[engine] = seconds.get(engine, 0.0) + left * each / rate
    return seconds


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
    totals = [(unit, unit.path not in left) for unit in units]
    totals += [(unit, unit.path.exists()) for _, own in ratings for unit in own]
    progress.begin_stage(label.stage, totals_of(totals))
    work = [StageWork(label, remaining)]
    for items, own in ratings:
        unrated = [unit for unit in own if not unit.path.exists()]
        work.append(StageWork(rating_task(label.name, label.judge, items), unrated))
    return executor.run_together(work)
