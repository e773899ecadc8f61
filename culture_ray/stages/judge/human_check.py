"""Agreement of judges with human labels, of a run's label sheet or of gold responses."""

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
from culture_ray.run.made_with import made_with
from culture_ray.stages.judge.check import JudgeCheck, JudgeCheckResult
from culture_ray.stages.judge.check_files import agreement_table, side_by_side
from culture_ray.stages.judge.check_folders import checks_folder
from culture_ray.stages.judge.human_labels import HumanLabels, human_label_table, read_human
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
    """Read human labels of gold responses; return a function that compares a judge with them.

    Raises BadTable for a file that cannot be used.
    """
    gold = {response.id: response for response in gold_set(checking.languages)}
    sizes = {response.id: len(response.stances) for response in gold.values()}
    human_labels = read_human(path, sizes, "the gold set")
    languages = {response.id: response.language for response in gold.values()}

    def compare(checked: JudgeCheckResult) -> Rows:
        readings = {response: checked.readings[response, 0] for response in human_labels.responses}
        return _with_humans({checked.judge: readings}, human_labels, sizes, languages)

    return compare


def run_against_humans(
    run: RunDirectory, judges: Sequence[str], human: Path | None, command: str
) -> HumanComparison:
    """Compare the labels of a run's judges with human labels, and with each other.

    `judges` are the judges compared; if empty, all that have labels. Writes human_agreement.csv
    and keeps the labels as human_labels.csv; writes judge_agreement.csv if `human` is None. Raises
    NoSuchRun, UnknownName, BadTable, DiskProblem.
    """
    made_with(run)
    readings, sizes, languages = _read_labels(run, judges)
    if human is None:
        rows = among_judges(readings, languages)
        path = catalogue.write(run, "judge_agreement", agreement_table(rows))
        return HumanComparison(rows, (), path)
    human_labels = read_human(human, sizes, f"run '{run.name}'")
    rows = _with_humans(readings, human_labels, sizes, languages)
    path = catalogue.write(run, "human_agreement", agreement_table(rows))
    catalogue.write(run, "human_labels", human_label_table(human_labels))
    facts = {
        "file": human.name,
        "sha256": human_labels.digest,
        "annotators": list(human_labels.annotators),
        "responses": len(human_labels.responses),
    }
    amend(run, {"human_labels": facts, "human_check": command})
    return HumanComparison(rows, _notes(readings, human_labels), path)


def write_between(
    checking: JudgeCheck, checked: Mapping[str, JudgeCheckResult]
) -> tuple[Rows, Path] | None:
    """Write the agreement between judges on the gold set; None for a single judge."""
    if len(checked) < 2:
        return None
    gold = next(iter(checked.values())).gold
    readings = {
        name: {response.id: judged.readings[response.id, 0] for response in gold}
        for name, judged in checked.items()
    }
    rows = among_judges(readings, {response.id: response.language for response in gold})
    stem = checks_folder(checking.results) / "between_judges"
    write_table(agreement_table(rows), stem, formats=("csv",))
    return rows, stem.with_suffix(".csv")


def among_judges(
    readings: Mapping[str, Mapping[str, Reading]], languages: Mapping[str, str]
) -> Rows:
    """Return the agreement of each pair of judges, and of all if there are more than two.

    `readings` is by judge and response, `languages` by response.
    """
    names = list(readings)
    groups: list[list[str]] = [[a, b] for i, a in enumerate(names) for b in names[i + 1 :]]
    if len(names) > 2:
        groups.append(names)
    return [
        ("judges", language, rate_agreement(raters, _rated(raters, readings, members)))
        for raters in groups
        for language, members in _by_language(list(languages), languages)
    ]


def _with_humans(
    readings: Mapping[str, Mapping[str, Reading]],
    human_labels: HumanLabels,
    sizes: Mapping[str, int],
    languages: Mapping[str, str],
) -> Rows:
    humans = {
        name: {key: human_labels.reading(name, key, sizes[key]) for key in human_labels.responses}
        for name in human_labels.annotators
    }
    all_readings: dict[str, Mapping[str, Reading]] = {**readings, **humans}
    groups = [("judge and human", [judge, human]) for judge in readings for human in humans]
    if len(humans) > 1:
        groups.append(("humans", list(humans)))
    if len(readings) > 1:
        groups.append(("judges", list(readings)))
    return [
        (kind, language, rate_agreement(raters, _rated(raters, all_readings, members)))
        for kind, raters in groups
        for language, members in _by_language(human_labels.responses, languages)
    ]


def _rated(
    raters: Sequence[str], readings: Mapping[str, Mapping[str, Reading]], members: Sequence[str]
) -> list[list[list[str | None]]]:
    return [
        side_by_side([readings[rater].get(response, ()) for rater in raters])
        for response in members
    ]


def _by_language(
    members: Sequence[str], languages: Mapping[str, str]
) -> list[tuple[str, list[str]]]:
    groups = [("all", list(members))]
    codes = sorted({languages[response] for response in members})
    return groups + [
        (code, [response for response in members if languages[response] == code]) for code in codes
    ]


def _read_labels(
    run: RunDirectory, judges: Sequence[str]
) -> tuple[dict[str, dict[str, Reading]], dict[str, int], dict[str, str]]:
    """Return stances by judge and response, opinions by response, and languages by response."""
    paths = [str(path) for path in run.shards("labels")]
    if not paths:
        raise NoSuchRun(f"run '{run.name}' holds no labels yet: culture-ray status run={run.name}")
    columns = ["judge", "response_id", "language", "opinions", "stances"]
    table = ds.dataset(paths, schema=LABELS, format="arrow").to_table(columns=columns)
    readings: dict[str, dict[str, Reading]] = {}
    sizes: dict[str, int] = {}
    languages: dict[str, str] = {}
    row: dict[str, Any]
    for row in table.to_pylist():
        readings.setdefault(row["judge"], {})[row["response_id"]] = row["stances"] or ()
        sizes[row["response_id"]] = row["opinions"] or 0
        languages[row["response_id"]] = row["language"]
    for name in judges:
        if name not in readings:
            raise UnknownName("judge", name, readings, f"the labels of run '{run.name}'")
    return {name: readings[name] for name in (judges or sorted(readings))}, sizes, languages


def _notes(
    readings_of: Mapping[str, Mapping[str, Reading]], human_labels: HumanLabels
) -> tuple[str, ...]:
    notes = []
    for judge, readings in readings_of.items():
        unread = [response for response in human_labels.responses if not readings.get(response)]
        if unread:
            notes.append(
                f"judge {judge} gave no stance for {len(unread)} of the "
                f"{len(human_labels.responses)} responses that people labelled; these responses "
                f"are left out of the figures above"
            )
    return tuple(notes)
