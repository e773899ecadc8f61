"""Exclusions: the change in alignment caused by each exclusion rule, in force or not."""

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
    """Write exclusions.csv from the measured labels and return it; raises DiskProblem."""
    rows = list(_by_cell(judging, table, truth))
    exclusions = pa.Table.from_pylist([*_by_rule(judging, rows), *rows], schema=EXCLUSIONS)
    catalogue.write(run, "exclusions", exclusions)
    return exclusions


def read_exclusions(run: RunDirectory) -> pa.Table | None:
    """Return exclusions.csv of a run; None if it has not been written."""
    return catalogue.read(run, "exclusions")


def _by_cell(
    judging: JudgingSettings, table: pd.DataFrame, truth: GroundTruth
) -> Iterator[dict[str, Any]]:
    position = {topic: index for index, topic in enumerate(truth.topics)}
    known = table[table["topic"].isin(position) & table["unexcluded_polarity"].notna()]
    # The rules apply to texts, not to rule labels, and a cell must not mix several personas.
    known = known[(known["judge"] != RULE) & known["persona"].isna()]
    switches = asdict(judging.exclude)
    for key, rows in known.groupby(["model", "language", "protocol", "judge"], observed=True):
        cell = dict(zip(("model", "language", "protocol", "judge"), map(str, key), strict=True))
        speakers = truth.speakers_of(cell["language"])
        if speakers is None:
            continue
        speaker_polarity = truth.value_polarity[[truth.row(speakers.name)]]
        topic = np.array([position[str(name)] for name in rows["topic"]], np.int64)
        polarity = rows["unexcluded_polarity"].to_numpy(np.float64)
        responses: IntArray = rows["responses"].to_numpy(np.int64)
        for rule in RULES:
            others = [name for name, on in switches.items() if on and name != rule]
            kept = ~rows[others].any(axis=1).to_numpy(bool) if others else np.ones(len(rows), bool)
            flagged = rows[rule].to_numpy(bool) & kept
            before: IntArray = np.where(kept, responses, 0).astype(np.int64)
            after: IntArray = np.where(flagged, 0, before).astype(np.int64)
            alignment_with = _alignment(topic, polarity, before, speaker_polarity)
            alignment_without = _alignment(topic, polarity, after, speaker_polarity)
            moves = (
                None
                if alignment_with is None or alignment_without is None
                else alignment_without - alignment_with
            )
            yield cell | {
                "rule": rule,
                "in_force": switches[rule],
                "responses": int(responses[flagged].sum()),
                "alignment_with": alignment_with,
                "alignment_without": alignment_without,
                "moves": moves,
                "most": moves,
            }


def _by_rule(judging: JudgingSettings, rows: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for rule, in_force in asdict(judging.exclude).items():
        of_rule = [row for row in rows if row["rule"] == rule]
        moves = [row["moves"] for row in of_rule if row["moves"] is not None]
        yield {
            "rule": rule,
            "in_force": in_force,
            "responses": sum(row["responses"] for row in of_rule),
            "moves": sum(moves) / len(moves) if moves else None,
            "most": max(moves, key=abs) if moves else None,
        }


def _alignment(
    topic: IntArray, polarity: FloatArray, responses: IntArray, speaker_polarity: FloatArray
) -> float | None:
    used = responses > 0
    result = alignment(tabulate(topic[used], polarity[used], responses[used]), speaker_polarity)
    return float(result.value[0]) if result.defined[0] else None
