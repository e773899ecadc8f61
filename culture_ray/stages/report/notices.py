"""Notices of a report: what a reader needs to know before the figures, about the run and judges."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import pandas as pd
import pyarrow as pa

from culture_ray.judging.language_id import undetectable
from culture_ray.labels.judge_order import FIRST, MAJORITY, judge_order
from culture_ray.labels.lost import lost_stances
from culture_ray.labels.read import labels
from culture_ray.plan.notices import left_out_words
from culture_ray.plan.requests import RequestPlan
from culture_ray.run.commits import changed_commits
from culture_ray.run.status import StageStatus, resume_command, stage_statuses
from culture_ray.settings.imported import Imported
from culture_ray.settings.judging import Judge, JudgingSettings
from culture_ray.settings.run import Settings
from culture_ray.stages.judge.agreement import read_agreement
from culture_ray.stages.judge.warnings import FEW_READ, always_says
from culture_ray.stages.measure.exclusions import read_exclusions
from culture_ray.stages.regress.judge_sensitivity import judge_sensitivity_tables
from culture_ray.store.provenance import API_NOTICES, recorded
from culture_ray.store.run_directory import RunDirectory


def notices(
    settings: Settings, plan: RequestPlan, failed_models: Mapping[str, str]
) -> tuple[str, ...]:
    """Return the notices of a run.

    `failed_models` has the reason for each model that could not finish.
    """
    statuses = stage_statuses(settings.run, list(settings.judges))
    notes = _unfinished(settings.run, statuses) if any(row.left for row in statuses) else []
    notes += [
        f"No usable response: {row.stage} {row.model}: {row.summary}."
        for row in statuses
        if row.unusable
    ]
    provenance = recorded(settings.run)
    notes += provenance.get(API_NOTICES) or []
    notes += changed_commits(provenance)
    notes += [model.note for model in settings.models.values() if model.note]
    notes += [judge.note for judge in settings.judges.values() if judge.note]
    notes += _judge_warnings(settings)
    notes += [f"{name} could not finish: {why}" for name, why in failed_models.items()]
    unreviewed = [code for code, language in settings.languages.items() if language.unreviewed]
    elicits = bool(settings.protocols) and settings.imported is None
    if unreviewed and elicits:
        notes.append(
            f"The prompts in {', '.join(unreviewed)} have not been confirmed by a person yet."
        )
    unchecked = undetectable(settings.languages) if elicits else []
    if unchecked:
        notes.append(
            f"The language detector does not know {', '.join(unchecked)}: responses to prompts in "
            f"these languages were not checked for their language."
        )
    if plan.left_out:
        left_out = left_out_words(plan.left_out)
        notes.append(f"Not asked, because some language lacks it: {left_out}.")
    quarantined = sum(1 for path in settings.run.quarantine.rglob("*") if path.is_file())
    if quarantined:
        were = "shard was" if quarantined == 1 else "shards were"
        notes.append(f"{quarantined} damaged {were} set aside and made again.")
    return tuple(dict.fromkeys(notes))


def judge_notes(
    judges: Mapping[str, Judge],
    judging: JudgingSettings,
    imported: Imported | None,
    provenance: Mapping[str, Any],
) -> tuple[str, ...]:
    """Return sentences on the judges' error and on the labels that are measured."""
    notes = list(provenance.get("judge_error") or [])
    order = judge_order(judges, judging)
    if len(order) > 1 or judging.use != FIRST:
        source = "the vote of all judges" if order[0] == MAJORITY else f"judge {order[0]}"
        notes.append(f"Figures and regressions use the labels of {source}.")
    rules = [rule for rule, in_force in asdict(judging.exclude).items() if in_force]
    if judges and imported is None:
        excluded = f"leave out labels by: {', '.join(rules)}" if rules else "exclude no labels"
        notes.append(
            f"Measures {excluded}; refusals, empty responses and answers that could not be read "
            f"have no label to leave out."
        )
    return tuple(notes)


def judge_tables(run: RunDirectory) -> dict[str, pa.Table]:
    """Return the tables on the judges that the run directory holds, by name."""
    moves, regressions = judge_sensitivity_tables(run)
    tables = {
        "exclusions": read_exclusions(run),
        "agreement": read_agreement(run),
        "moves": moves,
        "regressions": regressions,
    }
    return {name: table for name, table in tables.items() if table is not None}


def _unfinished(run: RunDirectory, statuses: Sequence[StageStatus]) -> list[str]:
    left: Counter[str] = Counter()
    for row in statuses:
        left[row.stage.split()[0]] += row.left
    counts = " and ".join(f"{count:,} to {stage}" for stage, count in left.items() if count)
    return [
        f"This run is not finished. Requests left: {counts}. "
        f"Resume with: {resume_command(run, statuses)}"
    ]


def _judge_warnings(settings: Settings) -> list[str]:
    """Return warnings on judges that give one stance only, are seldom read, or lose stances."""
    if settings.imported is not None:
        return []
    table = labels(settings.run, settings.models, settings.languages).to_pandas()
    warnings = []
    for judge, rows in table.groupby("judge", sort=False):
        if judge in settings.judges:
            warnings += [_one_stance(judge, rows), _unread(judge, rows), _lost(judge, rows)]
    return [warning for warning in warnings if warning]


def _one_stance(judge: object, rows: pd.DataFrame) -> str:
    stances = ("pro", "con", "neutral")
    only = always_says(*(int(rows[stance].fillna(0).sum()) for stance in stances))
    if not only:
        return ""
    return (
        f"Judge {judge} says {only} of every opinion that it read: its labels carry no information."
    )


def _unread(judge: object, rows: pd.DataFrame) -> str:
    answers = rows[rows["status"].isin(["labelled", "unparsable", "error"])]
    lost = int((answers["status"] != "labelled").sum())
    if not len(answers) or lost < FEW_READ * len(answers):
        return ""
    return (
        f"{lost:,} of {len(answers):,} answers of judge {judge} are missing or could not be read; "
        f"a judge without structured output can be asked with judge.{judge}.answers=choice (vLLM) "
        f"or judge.{judge}.answers=words."
    )


def _lost(judge: object, rows: pd.DataFrame) -> str:
    lost = lost_stances(rows)
    responses, stances = int((lost > 0).sum()), int(lost.sum())
    if not stances:
        return ""
    answers = "answer" if responses == 1 else "answers"
    what = "stance" if stances == 1 else "stances"
    return (
        f"{responses:,} {answers} of judge {judge} had to be repaired, which cost {stances:,} "
        f"{what} of described opinions: raise judge.{judge}.sampling.max_tokens if they were cut "
        f"off, or "
        f"leave them out with judging.exclude.repaired=true."
    )
