"""Judge check: measure the error of judges on the gold set."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from culture_ray.engines.interface import Engine
from culture_ray.judging.gold_set import GoldResponse, gold_set
from culture_ray.judging.parse import Stance
from culture_ray.judging.reliability import JudgedResponse, Reliability, measure_reliability
from culture_ray.plan.billing import BilledModel, billing_for, keep_spending, most_for
from culture_ray.prompts.language import Language
from culture_ray.prompts.phrases import Phrases
from culture_ray.settings.judging import Judge
from culture_ray.settings.spending import SpendingSettings
from culture_ray.stages.judge.answer_form import check_answers
from culture_ray.stages.judge.check_folders import checks_folder, fingerprint
from culture_ray.stages.judge.gold_run import CONTINUED, GoldUnit, commit_gold, gold_units
from culture_ray.stages.judge.task import JudgeTask
from culture_ray.store.run_directory import RunDirectory, open_run
from culture_ray.store.shards import read
from culture_ray.sweep.execute.executor import Executor
from culture_ray.sweep.plan.cluster import Cluster
from culture_ray.sweep.plan.processes import one_process_suffices
from culture_ray.sweep.plan.readiness import check_installed
from culture_ray.sweep.plan.units import Unit
from culture_ray.sweep.progress.progress import Progress

Stances = tuple[Stance, ...]


@dataclass(frozen=True)
class JudgeCheck:
    """Job of a judge check: the judges, and the languages of the gold set."""

    judges: Mapping[str, Judge]
    languages: Mapping[str, Language]
    cluster: Cluster
    results: Path
    repeats: int
    command: str
    spending: SpendingSettings = field(default_factory=SpendingSettings)
    phrases: tuple[Phrases, ...] = ()
    """Phrases of the languages that gold responses may be in."""

    def run(self, judge: str) -> RunDirectory:
        """Return the run directory of a judge's check, one per definition of the judge."""
        return RunDirectory(checks_folder(self.results) / judge / fingerprint(self.judges[judge]))


@dataclass(frozen=True, eq=False)
class JudgeCheckResult:
    """Result of one judge's check: its readings of the gold set, and its reliability."""

    judge: str
    fingerprint: str
    run: RunDirectory
    gold: tuple[GoldResponse, ...]
    readings: Mapping[tuple[str, int], Stances]
    """Stances by gold response and repeat; empty where the judge's answer could not be read."""
    statuses: Mapping[str, int]
    """Number of labels of the first reading, by status."""
    failures: Mapping[str, int]
    """Number of responses without stances, by reason."""
    reliability: tuple[Reliability, ...]


def check_judges(
    checking: JudgeCheck, make_engine: Callable[..., Engine], progress: Progress
) -> tuple[dict[str, JudgeCheckResult], dict[str, str]]:
    """Return the result of each judge, and the reason for each judge that could not finish.

    Responses that a judge has labelled are not judged again. Raises MissingKey, NoCap,
    MissingExtra, NeedsGpu, ModelDoesNotFit before anything loads, UnknownName for a language
    without gold responses, DiskProblem.
    """
    gold = gold_set(checking.languages)
    for name, judge in checking.judges.items():
        check_answers(name, judge)
    gold_units_of = {name: _units(checking, name, gold) for name in checking.judges}
    remaining: dict[str, list[Unit]] = {}
    for name, units in gold_units_of.items():
        run = checking.run(name)
        done = open_run(run).done
        for unit in units:
            commit_gold(unit)
        labels = [_label_unit(run, name, unit.unit) for unit in units]
        remaining[name] = [unit for unit in labels if unit.path not in done]
    check_installed(
        {name: checking.judges[name].model for name, units_left in remaining.items() if units_left}
    )
    failed = _judge(checking, remaining, make_engine, progress)
    finished = [name for name in checking.judges if name not in failed]
    return {
        name: _check_result(checking, name, gold, gold_units_of[name]) for name in finished
    }, failed


def _judge(
    checking: JudgeCheck,
    remaining: Mapping[str, Sequence[Unit]],
    make_engine: Callable[..., Engine],
    progress: Progress,
) -> dict[str, str]:
    failed: dict[str, str] = {}
    models = {name: judge.model for name, judge in checking.judges.items()}
    checks = RunDirectory(checks_folder(checking.results))
    billed = {
        name: BilledModel(name, judge.model, judge.model.output_limit(judge.sampling.max_tokens))
        for name, judge in checking.judges.items()
        if remaining[name]
    }
    tasks = {
        name: JudgeTask(name, judge, checking.languages, frozenset({CONTINUED}), checking.phrases)
        for name, judge in checking.judges.items()
    }

    def most_dollars() -> float:
        return sum(
            most_for(
                name,
                models[name],
                (request for request in tasks[name].load(unit).requests if request),
            )
            for name, units in remaining.items()
            if models[name].is_api
            for unit in units
        )

    billing = billing_for(checks, checking.spending, billed, most_dollars)
    with Executor(
        checking.cluster, models, make_engine, checks, progress, billing=billing,
        in_process=one_process_suffices([[model] for model in models.values()], checking.cluster),
    ) as executor:  # fmt: skip
        for name, task in tasks.items():
            progress.begin_stage(
                task.stage, {name: (sum(unit.size for unit in remaining[name]), 0)}
            )
            failed |= executor.run(task, remaining[name])
    keep_spending(checks, billing)
    return failed


def _units(checking: JudgeCheck, judge: str, gold: Sequence[GoldResponse]) -> list[GoldUnit]:
    return list(
        gold_units(
            checking.run(judge),
            gold,
            checking.languages,
            repeats=checking.repeats,
            size=checking.cluster.unit_size,
        )
    )


def _label_unit(run: RunDirectory, judge: str, unit: Unit) -> Unit:
    path = run.labels(judge, unit.model, unit.language, unit.path.stem)
    return replace(unit, path=path, engine=judge, rows=None, source=unit.path)


def _check_result(
    checking: JudgeCheck, judge: str, gold: Sequence[GoldResponse], units: Sequence[GoldUnit]
) -> JudgeCheckResult:
    readings: dict[tuple[str, int], Stances] = {}
    statuses: dict[str, int] = {}
    failures: dict[str, int] = {}
    for unit in units:
        rows = read(_label_unit(checking.run(judge), judge, unit.unit).path).to_pylist()
        for member, row in zip(unit.members, rows, strict=True):
            readings[member] = tuple(row["stances"] or ())
            if member[1] == 0:
                _count(statuses, row["status"])
                if row["failure"]:
                    _count(failures, row["failure"])
    compared = [
        _compared(response, readings[response.id, 0], gold) for response in gold if response.stances
    ]
    by_mark = [part for response in compared for part in _by_mark(response)]
    return JudgeCheckResult(
        judge=judge,
        fingerprint=fingerprint(checking.judges[judge]),
        run=checking.run(judge),
        gold=tuple(gold),
        readings=readings,
        statuses=statuses,
        failures=failures,
        reliability=(
            *measure_reliability(judged for _, judged in compared),
            *(r for r in measure_reliability(by_mark) if r.kind == "mark"),
        ),
    )


def _compared(
    response: GoldResponse, stances: Stances, gold: Sequence[GoldResponse]
) -> tuple[GoldResponse, JudgedResponse]:
    judged = response.compared_with(stances)
    groups = (*judged.groups, ("length", _length_group(response, gold)), ("topic", response.topic))
    return response, replace(judged, groups=groups)


def _by_mark(pair: tuple[GoldResponse, JudgedResponse]) -> list[JudgedResponse]:
    """Return the response once per mark, each time with only the opinions that have the mark."""
    response, judged = pair
    by_mark = []
    for mark in sorted({mark for marks in response.marks for mark in marks} or ()):
        positions = [n for n, marks in enumerate(response.marks) if mark in marks]
        agreed = None if judged.agreed is None else [judged.agreed[n] for n in positions]
        # One stance per opinion; if the judge gave too few, those at the end are missing.
        stances = [judged.stances[n] for n in positions if n < len(judged.stances)]
        truth = [judged.truth[n] for n in positions]
        by_mark.append(JudgedResponse(truth, stances, (("mark", mark),), agreed))
    return by_mark


def _length_group(response: GoldResponse, gold: Sequence[GoldResponse]) -> str:
    """Return the tercile of length, among gold responses, that the response falls in."""
    lengths = sorted(len(entry.text.split()) for entry in gold if entry.stances)
    first, second = lengths[len(lengths) // 3], lengths[2 * len(lengths) // 3]
    length = len(response.text.split())
    if length <= first:
        return f"up to {first} words"
    return f"{first + 1} to {second} words" if length <= second else f"over {second} words"


def _count(counts: dict[str, int], key: str) -> None:
    counts[key] = counts.get(key, 0) + 1
