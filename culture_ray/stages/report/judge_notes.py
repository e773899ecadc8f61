"""Notes of the report on a run's judges: their error, whose labels are measured, warnings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import pandas as pd
import pyarrow as pa

from culture_ray.labels.measured import FIRST, MAJORITY, judge_order
from culture_ray.labels.read import labels
from culture_ray.settings.judging import Judge, JudgingSettings
from culture_ray.settings.run import Imported, Settings
from culture_ray.stages.judge.agreement import agreement_of
from culture_ray.stages.judge.warnings import FEW_READ, always_says
from culture_ray.stages.measure.exclusions import exclusions_of
from culture_ray.stages.regress.judge_sensitivity import moves_of
from culture_ray.store.run_directory import RunDirectory


def judge_notes(
    judges: Mapping[str, Judge],
    judging: JudgingSettings,
    imported: Imported | None,
    recorded: Mapping[str, Any],
) -> tuple[str, ...]:
    """Return sentences on the labels that are measured; `recorded` is the run's provenance."""
    notes = list(recorded.get("judge_error") or [])
    order = judge_order(judges, judging)
    if len(order) > 1 or judging.use != FIRST:
        whose = "the vote of all judges" if order[0] == MAJORITY else f"judge {order[0]}"
        notes.append(f"Figures and regressions take the labels of {whose}.")
    on = [rule for rule, active in asdict(judging.exclude).items() if active]
    if judges and imported is None:
        said = f"leave out labels by: {', '.join(on)}" if on else "leave out no label by a rule"
        notes.append(
            f"Measures {said}; refusals, empty responses and answers that could not be read have "
            f"no label to leave out. The table below says what each rule changes."
        )
    return tuple(notes)


def judge_tables(run: RunDirectory) -> dict[str, pa.Table]:
    """Return the tables on the judges that stand in the run directory, by name."""
    moves, regressions = moves_of(run)
    found = {
        "exclusions": exclusions_of(run),
        "agreement": agreement_of(run),
        "moves": moves,
        "regressions": regressions,
    }
    return {name: table for name, table in found.items() if table is not None}


def suspicious(settings: Settings) -> list[str]:
    """Return a warning for every judge that always says one thing or can seldom be read."""
    if settings.imported is not None:
        return []
    table = labels(settings.run, settings.models, settings.languages).to_pandas()
    found = []
    for judge, rows in table.groupby("judge", sort=False):
        if judge in settings.judges:
            found += [
                sentence for sentence in (_one(judge, rows), _unread(judge, rows)) if sentence
            ]
    return found


def _one(judge: object, rows: pd.DataFrame) -> str:
    only = always_says(*(int(rows[stance].fillna(0).sum()) for stance in ("pro", "con", "neutral")))
    return (
        f"Judge {judge} says {only} of every opinion that it read: its labels carry no information."
        if only
        else ""
    )


def _unread(judge: object, rows: pd.DataFrame) -> str:
    asked = rows[rows["status"].isin(["labelled", "unparsable", "error"])]
    lost = int((asked["status"] != "labelled").sum())
    if not len(asked) or lost < FEW_READ * len(asked):
        return ""
    return (
        f"{lost:,} of {len(asked):,} answers of judge {judge} could not be read or did not come; a "
        f"judge without structured output can be asked with judge.{judge}.answers=choice (vLLM) or "
        f"judge.{judge}.answers=words."
    )
