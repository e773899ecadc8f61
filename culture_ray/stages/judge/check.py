"""Judge check: the error of judges, measured on the gold set."""

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
from culture_ray.settings.judging import Judge
from culture_ray.settings.spending import SpendingSettings
from culture_ray.stages.judge.gold_run import CONTINUED, GoldUnit, commit_gold, gold_units
from culture_ray.stages.judge.task import JudgeTask, check_answers, fingerprint
from culture_ray.store.run_directory import RunDirectory, open_run
from culture_ray.store.shards import read
from culture_ray.sweep.execute.executor import Executor
from culture_ray.sweep.plan.cluster import Cluster
from culture_ray.sweep.plan.readiness import check_installed
from culture_ray.sweep.plan.units import Unit
from culture_ray.sweep.progress.progress import Progress

Stances = tuple[Stance, ...]


@dataclass(frozen=True)
class JudgeCheck:
    """A judge check to be made: the judges, and the languages of the gold set."""

    judges: Mapping[str, Judge]
    languages: Mapping[str, Language]
    cluster: Cluster
    results: Path
    repeats: int
    command: str
    spending: SpendingSettings = field(default_factory=SpendingSettings)

    def run(self, judge: str) -> RunDirectory:
        """Return the run directory of a judge's check, one per definition of the judge."""
        return RunDirectory(checks_folder(self.results) / judge / fingerprint(self.judges[judge]))


@dataclass(frozen=True, eq=False)
class JudgeCheckResult:
    """One judge's readings of the gold set."""

    judge: str
    fingerprint: str
    run: RunDirectory
    gold: tuple[GoldResponse, ...]
    readings: Mapping[tuple[str, int], Stances]
    """Stances by gold response and repeat; empty where the judge's answer could not be read."""
    statuses: Mapping[str, int]
    """Labels of the first reading by status."""
    failures: Mapping[str, int]
    """Why there are no stances, in words, with how often."""
    reliability: tuple[Reliability, ...]


def checks_folder(results: Path) -> Path:
    """Return the folder of judge checks, beside the runs."""
    return results / "judge-check"


def check_judges(
    checking: JudgeCheck, make_engine: Callable[..., Engine], progress: Progress
) -> tuple[dict[str, JudgeCheckResult], dict[str, str]]:
    """Return each judge's check, and why, for judges that could not finish.

    What is judged already is not judged again. Raises MissingKey, NoCap, MissingExtra, NeedsGpu,
    ModelDoesNotFit before anything loads, UnknownName for a language without gold, DiskProblem.
    """
    gold = gold_set(checking.languages)
    for name, judge in checking.judges.items():
        check_answers(name, judge)
    todo = {name: _units(checking, name, gold) for name in checking.judges}
    left: dict[str, list[Unit]] = {}
    for name, units in todo.items():
        run = checking.run(name)
        done = open_run(run).done
        for unit in units:
            commit_gold(unit)
        labels = [_label_unit(run, name, unit.unit) for unit in units]
        left[name] = [unit for unit in labels if unit.path not in done]
    check_installed({name: checking.judges[name].model for name, rest in left.items() if rest})
    broken = _judge(checking, left, make_engine, progress)
    whole = [name for name in checking.judges if name not in broken]
    return {name: _checked(checking, name, gold, todo[name]) for name in whole}, broken


def _judge(
    checking: JudgeCheck,
    left: Mapping[str, Sequence[Unit]],
    make_engine: Callable[..., Engine],
    progress: Progress,
) -> dict[str, str]:
    broken: dict[str, str] = {}
    models = {name: judge.model for name, judge in checking.judges.items()}
    checks = RunDirectory(checks_folder(checking.results))
    asked = {
        name: BilledModel(name, judge.model, judge.sampling.max_tokens)
        for name, judge in checking.judges.items()
        if left[name]
    }
    tasks = {
        name: JudgeTask(name, judge, checking.languages, frozenset({CONTINUED}))
        for name, judge in checking.judges.items()
    }

    def most() -> float:
        return sum(
            most_for(name, models[name], (one for one in tasks[name].load(unit).requests if one))
            for name, units in left.items()
            if models[name].is_api
            for unit in units
        )

    purse = billing_for(checks, checking.spending, asked, most)
    with Executor(
        checking.cluster, models, make_engine, checks, progress, billing=purse
    ) as executor:
        for name, task in tasks.items():
            progress.begin_stage(task.stage, {name: (sum(unit.size for unit in left[name]), 0)})
            broken |= executor.run(task, left[name])
    keep_spending(checks, purse)
    return broken


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


def _checked(
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
    judged = [_beside(one, readings[one.id, 0], gold) for one in gold if one.stances]
    marks = [part for one in judged for part in _by_mark(one)]
    return JudgeCheckResult(
        judge=judge,
        fingerprint=fingerprint(checking.judges[judge]),
        run=checking.run(judge),
        gold=tuple(gold),
        readings=readings,
        statuses=statuses,
        failures=failures,
        reliability=(
            *measure_reliability(beside for _, beside in judged),
            *(r for r in measure_reliability(marks) if r.kind == "mark"),
        ),
    )


def _beside(
    one: GoldResponse, stances: Stances, gold: Sequence[GoldResponse]
) -> tuple[GoldResponse, JudgedResponse]:
    judged = one.compared_with(stances)
    groups = (*judged.groups, ("length", _length(one, gold)), ("topic", one.topic))
    return one, replace(judged, groups=groups)


def _by_mark(pair: tuple[GoldResponse, JudgedResponse]) -> list[JudgedResponse]:
    """The response once per mark of its opinions, each time with only the opinions so marked."""
    one, judged = pair
    found = []
    for mark in sorted({mark for marks in one.marks for mark in marks} or ()):
        places = [n for n, marks in enumerate(one.marks) if mark in marks]
        agreed = None if judged.agreed is None else [judged.agreed[n] for n in places]
        # A stance per place: where the judge gave too few, the rest of them are missing.
        given = [judged.stances[n] for n in places if n < len(judged.stances)]
        truth = [judged.truth[n] for n in places]
        found.append(JudgedResponse(truth, given, (("mark", mark),), agreed))
    return found


def _length(one: GoldResponse, gold: Sequence[GoldResponse]) -> str:
    """The third of the gold set that the response is in by length."""
    words = sorted(len(other.text.split()) for other in gold if other.stances)
    first, second = words[len(words) // 3], words[2 * len(words) // 3]
    count = len(one.text.split())
    if count <= first:
        return f"up to {first} words"
    return f"{first + 1} to {second} words" if count <= second else f"over {second} words"


def _count(counts: dict[str, int], key: str) -> None:
    counts[key] = counts.get(key, 0) + 1
