"""Figures of a cell as rows of the tables of the stage measure."""

from __future__ import annotations

from typing import Any

import numpy as np

from culture_ray.measures.alignment import Level, alignment
from culture_ray.measures.cells import Cell
from culture_ray.measures.consistency import self_consistency
from culture_ray.measures.reliability import disattenuated
from culture_ray.measures.result import Measured
from culture_ray.stages.judge.error import JudgeError
from culture_ray.stages.measure.cells import CellKey, CellResponses
from culture_ray.survey.ground_truth import GroundTruth


def distribution_rows(
    key: CellKey, responses: CellResponses, topics: tuple[str, ...]
) -> list[dict[str, Any]]:
    """Return the rows of `distributions` of a cell, one per topic."""
    rows = []
    for index in np.unique(responses.topic):
        of_topic = responses.topic == index
        polarity, times = responses.polarity[of_topic], responses.times[of_topic]
        known = ~np.isnan(polarity)
        used, weights = polarity[known], times[known]
        values, inverse = np.unique(np.round(used, 12), return_inverse=True)
        counts = np.bincount(inverse, weights=weights, minlength=values.size).astype(np.int64)
        rows.append(
            key.columns()
            | {
                "topic": topics[index],
                "responses": int(times.sum()),
                "used": int(weights.sum()),
                "pro": int(responses.pro[of_topic].sum()),
                "con": int(responses.con[of_topic].sum()),
                "neutral": int(responses.neutral[of_topic].sum()),
                "value_polarity": float(used @ weights / weights.sum()) if used.size else None,
                "values": values.tolist(),
                "counts": counts.tolist(),
            }
        )
    return rows


def alignment_rows(key: CellKey, cell: Cell, truth: GroundTruth) -> list[dict[str, Any]]:
    """Return the rows of `alignment` of a cell, one per population."""
    over_responses = alignment(cell, truth.value_polarity)
    over_topics = alignment(cell, truth.value_polarity, level=Level.TOPICS)
    responses, topics = cell.coverage(truth.value_polarity)
    reasons = over_responses.reason_texts()
    return [
        key.columns()
        | {
            "population": population.name,
            "population_kind": population.kind,
            "topics": int(topics[index]),
            "responses": int(responses[index]),
            "alignment": _value(over_responses, index),
            "alignment_topics": _value(over_topics, index),
            "reason": reasons[index] or None,
        }
        for index, population in enumerate(truth.populations)
    ]


def consistency_row(
    key: CellKey, cell: Cell, responses: CellResponses, error: JudgeError | None
) -> dict[str, Any]:
    """Return the row of `consistency` of a cell; `error` is its judge's, None if there is none."""
    consistency = self_consistency(cell)
    noise = {} if error is None else _judge_noise(error, responses)
    reliability = np.asarray(noise.get("judge_reliability"), np.float64)
    return (
        key.columns()
        | noise
        | {
            "topics": int((cell.responses_per_topic >= 2).sum()),
            "responses": cell.responses,
            "self_consistency": _value(consistency, ()),
            "self_consistency_judge_free": _value(
                disattenuated(consistency, reliability, reliability), ()
            ),
            "reason": consistency.reason_texts()[0] or None,
        }
    )


def _judge_noise(error: JudgeError, responses: CellResponses) -> dict[str, Any]:
    """Return the columns on the judge's noise; imported labels lack the number of opinions."""
    sides = np.repeat(responses.sides, responses.times).astype(np.float64)
    expanded = np.repeat(responses.polarity, responses.times)
    polarity = np.where((sides > 0) | (error.constant is not None), expanded, np.nan)
    worst, best = error.interval(polarity, np.maximum(sides, 1.0))
    return {
        "judge_error": None if np.isnan(error.flipped) else error.flipped,
        "judge_error_source": error.source,
        "judge_reliability": _value(error.reliability(polarity, np.maximum(sides, 1.0)), ()),
        "judge_reliability_ci_low": _value(worst, ()),
        "judge_reliability_ci_high": _value(best, ()),
    }


def _value(result: Measured, index: int | tuple[()]) -> float | None:
    return float(result.value[index]) if result.defined[index] else None
