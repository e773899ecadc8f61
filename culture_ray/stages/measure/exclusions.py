"""Exclusions: the change of alignment under each rule of exclusion, in force or not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from culture_ray.labels.counts import RULES
from culture_ray.labels.read import RULE
from culture_ray.measures.alignment import alignment
from culture_ray.measures.cells import tabulate
from culture_ray.measures.result import FloatArray, IntArray
from culture_ray.settings.judging import JudgingSettings
from culture_ray.store import catalogue
from culture_ray.store.run_directory import RunDirectory
from culture_ray.survey.ground_truth import GroundTruth
from culture_ray.tables import EXCLUSIONS


def write_exclusions(
    run: RunDirectory, judging: JudgingSettings, table: pd.DataFrame, truth: GroundTruth
) -> pa.Table:
    """Write exclusions.csv from labels as measured and return it; raises DiskProblem."""
    rows = list(_by_cell(judging, table, truth))
    found = pa.Table.from_pylist([*_by_rule(judging, rows), *rows], schema=EXCLUSIONS)
    catalogue.write(run, "exclusions", found)
    return found


def read_exclusions(run: RunDirectory) -> pa.Table | None:
    """Return the table that stands in the run directory, for the report; None before there is."""
    return catalogue.read(run, "exclusions")


def _by_cell(
    judging: JudgingSettings, table: pd.DataFrame, truth: GroundTruth
) -> Iterator[dict[str, Any]]:
    position = {topic: index for index, topic in enumerate(truth.topics)}
    known = table[table["topic"].isin(position) & table["unexcluded_polarity"].notna()]
    # The rules are about texts; and personas are no one cell.
    known = known[(known["judge"] != RULE) & known["persona"].isna()]
    switches = asdict(judging.exclude)
    for key, rows in known.groupby(["model", "language", "protocol", "judge"], observed=True):
        cell = dict(zip(("model", "language", "protocol", "judge"), map(str, key), strict=True))
        speakers = truth.speakers_of(cell["language"])
        if speakers is None:
            continue
        people = truth.value_polarity[[truth.row(speakers.name)]]
        topic = np.array([position[str(name)] for name in rows["topic"]], np.int64)
        polarity = rows["unexcluded_polarity"].to_numpy(np.float64)
        times: IntArray = rows["responses"].to_numpy(np.int64)
        for rule in RULES:
            others = [name for name, on in switches.items() if on and name != rule]
            kept = ~rows[others].any(axis=1).to_numpy(bool) if others else np.ones(len(rows), bool)
            flagged = rows[rule].to_numpy(bool) & kept
            every: IntArray = np.where(kept, times, 0).astype(np.int64)
            left: IntArray = np.where(flagged, 0, every).astype(np.int64)
            whole = _alignment(topic, polarity, every, people)
            rest = _alignment(topic, polarity, left, people)
            moves = None if whole is None or rest is None else rest - whole
            yield cell | {
                "rule": rule,
                "in_force": switches[rule],
                "responses": int(times[flagged].sum()),
                "alignment_with": whole,
                "alignment_without": rest,
                "moves": moves,
                "most": moves,
            }


def _by_rule(judging: JudgingSettings, rows: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for rule, on in asdict(judging.exclude).items():
        mine = [row for row in rows if row["rule"] == rule]
        moves = [row["moves"] for row in mine if row["moves"] is not None]
        yield {
            "rule": rule,
            "in_force": on,
            "responses": sum(row["responses"] for row in mine),
            "moves": sum(moves) / len(moves) if moves else None,
            "most": max(moves, key=abs) if moves else None,
        }


def _alignment(
    topic: IntArray, polarity: FloatArray, times: IntArray, people: FloatArray
) -> float | None:
    used = times > 0
    found = alignment(tabulate(topic[used], polarity[used], times[used]), people)
    return float(found.value[0]) if found.defined[0] else None
