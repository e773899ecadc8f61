"""Gaps between models and speakers, topic by topic."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pyarrow as pa
from scipy import special

from culture_ray.measures.levels import POINTS
from culture_ray.measures.result import FloatArray, IntArray
from culture_ray.stages.regress.closeness.main_cells import MainCells
from culture_ray.store import catalogue
from culture_ray.store.run_directory import RunDirectory
from culture_ray.tables import TOPIC_GAPS


def write_topic_gaps(run: RunDirectory, cells: MainCells) -> None:
    """Write topic_gaps.csv of a run; raises DiskProblem."""
    table = pa.Table.from_pylist(topic_gaps(cells), schema=TOPIC_GAPS)
    catalogue.write(run, "topic_gaps", table)


def topic_gaps(cells: MainCells) -> list[dict[str, Any]]:
    """Return the rows of the TOPIC_GAPS table, means over models first, by the size of the gap."""
    variances = np.full(cells.means.shape, np.nan)
    responses = np.zeros(cells.means.shape, np.int64)
    for row, cell in enumerate(cells.study):
        number = cell.cell.responses_per_topic
        variances[row, cell.cell.topics] = cell.cell.variance_within_topics / number
        responses[row, cell.cell.topics] = number
    means: list[dict[str, Any]] = []
    for code in dict.fromkeys(cells.languages):
        of_language = np.array([i for i, x in enumerate(cells.languages) if x == code])
        means += _rows(cells, of_language, None, variances, responses)
    means.sort(key=lambda row: -abs(row["gap"]))
    single: list[dict[str, Any]] = []
    for model in dict.fromkeys(cells.rows["model"]):
        of_model: list[dict[str, Any]] = []
        for i in np.flatnonzero(cells.rows["model"] == model):
            of_model += _rows(cells, np.array([i]), str(model), variances, responses)
        single += _with_intervals(of_model)
    return _with_intervals(means) + single


def _rows(
    cells: MainCells, group: IntArray, model: str | None, variances: FloatArray, responses: IntArray
) -> Iterator[dict[str, Any]]:
    """Yield a row per topic on which a group of cells of one language can be compared."""
    speakers = cells.speakers[group[0]]
    if speakers is None:
        return
    people, survey = cells.people[group[0]], cells.people_errors[group[0]]
    for topic, name in enumerate(cells.truth.topics):
        answers = cells.means[group, topic]
        answered = ~np.isnan(answers)
        if not answered.any() or np.isnan(people[topic]):
            continue
        gaps = POINTS * (answers[answered] - people[topic])
        variance = variances[group, topic][answered].sum() / answered.sum() ** 2
        variance += np.nan_to_num(survey[topic]) ** 2
        yield {
            "model": model,
            "language": cells.languages[group[0]],
            "topic": name,
            "population": cells.truth.populations[speakers].name,
            "models": int(answered.sum()),
            "responses": int(responses[group, topic].sum()),
            "people": float(POINTS * people[topic]),
            "answer": float(POINTS * answers[answered].mean()),
            "gap": float(gaps.mean()),
            "std_error": None if np.isnan(variance) else float(POINTS * np.sqrt(variance)),
            "smallest": float(gaps.min()),
            "largest": float(gaps.max()),
        }


def _with_intervals(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return rows with intervals that hold for all of them at once."""
    reach = float(special.ndtri(1 - 0.025 / max(len(rows), 1)))
    for row in rows:
        error = row["std_error"]
        ends = (None, None)
        if error is not None:
            limits = -row["people"], POINTS - row["people"]
            ends = (
                max(row["gap"] - reach * error, limits[0]),
                min(row["gap"] + reach * error, limits[1]),
            )
        row |= dict(zip(("ci_low", "ci_high"), ends, strict=True))
    return rows
