"""Agreement of judges with people, over a labelled sheet of a run or over gold responses."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow.dataset as ds

from culture_ray.errors import NoSuchRun, UnknownName
from culture_ray.judging.gold_set import gold_set
from culture_ray.judging.raters import Agreement, rate_agreement
from culture_ray.report.table_files import write_table
from culture_ray.run.open import made_with
from culture_ray.stages.judge.check import JudgeCheck, JudgeCheckResult, checks_folder
from culture_ray.stages.judge.check_files import agreement_table, side_by_side
from culture_ray.stages.judge.human_labels import HumanLabels, read_human
from culture_ray.store import catalogue
from culture_ray.store.provenance import amend
from culture_ray.store.run_directory import RunDirectory
from culture_ray.tables import LABELS

Reading = Sequence[str | None]
Rows = list[tuple[str, str, Agreement]]


@dataclass(frozen=True)
class HumanComparison:
    """Comparison of a run's judges with human labels."""

    rows: Rows
    notes: tuple[str, ...]
    path: Path


def gold_against_humans(path: Path, checking: JudgeCheck) -> Callable[[JudgeCheckResult], Rows]:
    """Read people's labels of gold responses; return what compares a judge with them.

    Raises BadTable for a bad file.
    """
    gold = {one.id: one for one in gold_set(checking.languages)}
    sizes = {one.id: len(one.stances) for one in gold.values()}
    people = read_human(path, sizes, "the gold set")
    languages = {one.id: one.language for one in gold.values()}

    def compare(checked: JudgeCheckResult) -> Rows:
        readings = {name: checked.readings[name, 0] for name in people.responses}
        return _compared({checked.judge: readings}, people, sizes, languages)

    return compare


def run_against_humans(
    run: RunDirectory, judges: Sequence[str], human: Path | None, command: str
) -> HumanComparison:
    """Compare the labels of a run's judges with people's, and with each other.

    `judges` restricts which; none takes all that have labels. Writes human_agreement.csv, or
    judge_agreement.csv without people. Raises NoSuchRun, UnknownName, BadTable, DiskProblem.
    """
    made_with(run)
    found, sizes, languages = _labels(run, judges)
    if human is None:
        rows = among_judges(found, languages)
        path = catalogue.write(run, "judge_agreement", agreement_table(rows))
        return HumanComparison(rows, (), path)
    people = read_human(human, sizes, f"run '{run.name}'")
    rows = _compared(found, people, sizes, languages)
    path = catalogue.write(run, "human_agreement", agreement_table(rows))
    seen = {
        "file": human.name,
        "sha256": people.digest,
        "annotators": list(people.annotators),
        "responses": len(people.responses),
    }
    amend(run, {"human_labels": seen, "human_check": command})
    return HumanComparison(rows, _notes(found, people), path)


def write_between(
    checking: JudgeCheck, checked: Mapping[str, JudgeCheckResult]
) -> tuple[Rows, Path] | None:
    """Write how far judges agree with each other over the gold set; None for a single judge."""
    if len(checked) < 2:
        return None
    gold = next(iter(checked.values())).gold
    found = {
        name: {one.id: judged.readings[one.id, 0] for one in gold}
        for name, judged in checked.items()
    }
    rows = among_judges(found, {one.id: one.language for one in gold})
    stem = checks_folder(checking.results) / "between_judges"
    write_table(agreement_table(rows), stem, formats=("csv",))
    return rows, stem.with_suffix(".csv")


def among_judges(found: Mapping[str, Mapping[str, Reading]], languages: Mapping[str, str]) -> Rows:
    """Return the agreement between judges: of each pair, and of all if there are more than two.

    `found` is by judge and response, `languages` by response.
    """
    names = list(found)
    groups: list[list[str]] = [[a, b] for i, a in enumerate(names) for b in names[i + 1 :]]
    if len(names) > 2:
        groups.append(names)
    return [
        ("judges", language, rate_agreement(raters, _together(raters, found, members)))
        for raters in groups
        for language, members in _by_language(list(languages), languages)
    ]


def _compared(
    found: Mapping[str, Mapping[str, Reading]],
    people: HumanLabels,
    sizes: Mapping[str, int],
    languages: Mapping[str, str],
) -> Rows:
    humans = {
        name: {one: people.reading(name, one, sizes[one]) for one in people.responses}
        for name in people.annotators
    }
    whole: dict[str, Mapping[str, Reading]] = {**found, **humans}
    groups = [("judge and human", [judge, one]) for judge in found for one in humans]
    if len(humans) > 1:
        groups.append(("humans", list(humans)))
    if len(found) > 1:
        groups.append(("judges", list(found)))
    return [
        (kind, language, rate_agreement(raters, _together(raters, whole, members)))
        for kind, raters in groups
        for language, members in _by_language(people.responses, languages)
    ]


def _together(
    raters: Sequence[str], found: Mapping[str, Mapping[str, Reading]], members: Sequence[str]
) -> list[list[list[str | None]]]:
    return [side_by_side([found[rater].get(one, ()) for rater in raters]) for one in members]


def _by_language(
    members: Sequence[str], languages: Mapping[str, str]
) -> list[tuple[str, list[str]]]:
    every = [("all", list(members))]
    known = sorted({languages[one] for one in members})
    return every + [(code, [one for one in members if languages[one] == code]) for code in known]


def _labels(
    run: RunDirectory, judges: Sequence[str]
) -> tuple[dict[str, dict[str, Reading]], dict[str, int], dict[str, str]]:
    """Stances by judge and response, opinions by response, and languages by response."""
    paths = [str(path) for path in run.shards("labels")]
    if not paths:
        raise NoSuchRun(f"run '{run.name}' holds no labels yet: culture-ray status run={run.name}")
    columns = ["judge", "response_id", "language", "opinions", "stances"]
    table = ds.dataset(paths, schema=LABELS, format="arrow").to_table(columns=columns)
    found: dict[str, dict[str, Reading]] = {}
    sizes: dict[str, int] = {}
    languages: dict[str, str] = {}
    row: dict[str, Any]
    for row in table.to_pylist():
        found.setdefault(row["judge"], {})[row["response_id"]] = row["stances"] or ()
        sizes[row["response_id"]] = row["opinions"] or 0
        languages[row["response_id"]] = row["language"]
    for name in judges:
        if name not in found:
            raise UnknownName("judge", name, found, f"the labels of run '{run.name}'")
    return {name: found[name] for name in (judges or sorted(found))}, sizes, languages


def _notes(found: Mapping[str, Mapping[str, Reading]], people: HumanLabels) -> tuple[str, ...]:
    notes = []
    for judge, readings in found.items():
        silent = [one for one in people.responses if not readings.get(one)]
        if silent:
            notes.append(
                f"judge {judge} gave no stance for {len(silent)} of the {len(people.responses)} "
                f"responses that people labelled; they count in no figure above"
            )
    return tuple(notes)
