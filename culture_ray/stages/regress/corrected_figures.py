"""Alignment and US bias of labelled cells, corrected, with errors over joint draws of topics."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from culture_ray.measures.contrasts import contrasted_values
from culture_ray.measures.labelled.corrected import corrected_alignment, tuned_power
from culture_ray.measures.labelled.label_error import (
    error_of_both_samples,
    label_variance,
    residual_covariance,
)
from culture_ray.measures.labelled.reference import LabelledCell
from culture_ray.measures.resampling.bootstrap import study_topics
from culture_ray.measures.resampling.resample import topic_draws
from culture_ray.measures.resampling.spread import t_half_width, variance_of_defined
from culture_ray.measures.result import FEWEST_TOPICS, BoolArray, FloatArray, IntArray
from culture_ray.stages.regress.cell_figures import CONTRASTS
from culture_ray.stages.regress.cells import LARGEST, Cells

_NO_LABELS = f"fewer than {FEWEST_TOPICS} topics with labels and ground truth"


@dataclass(frozen=True, eq=False)
class CorrectedFigures:
    """Figures CONTRASTS of C labelled cells, judged and corrected, as observed and in B rounds."""

    judged: FloatArray
    """(C, K)"""
    corrected: FloatArray
    """(C, K), NaN where undefined or with too few labelled topics."""
    judged_rounds: npt.NDArray[np.float32]
    """(C, B, K)"""
    rounds: npt.NDArray[np.float32]
    """(C, B, K)"""
    label_variance: FloatArray
    """Variance of `corrected` that is due to labels; (C, K)."""
    labels: IntArray
    """Labelled responses; (C,)."""
    labelled: BoolArray
    """True for a topic with a label and ground truth; (C, topics)."""
    topics: FloatArray
    """Topics with ground truth of the speakers; (C,)."""
    power: float

    def summary(self, members: Sequence[int], figure: int) -> dict[str, Any]:
        """Return the columns of the mean of a figure over cells; None where undefined."""
        at = list(members)
        judged, corrected = (table[at, figure].mean() for table in (self.judged, self.corrected))
        rounds, before = (
            table[at, :, figure].mean(axis=0, dtype=np.float64)
            for table in (self.rounds, self.judged_rounds)
        )
        labelled = int(self.labelled[at].any(axis=0).sum())
        of_labels = self.label_variance[at, figure].sum() / len(at) ** 2
        topics = float(self.topics[at].mean())
        known = np.isfinite(corrected)
        errors = np.full((3, 2), np.nan)
        for row, (drawn, part) in enumerate(
            [(before, 0.0), (rounds, of_labels), (rounds - before, of_labels)]
        ):
            if min(topics, labelled if part else topics) >= FEWEST_TOPICS:
                variance = float(variance_of_defined(drawn))
                errors[row] = error_of_both_samples(variance, part, topics, max(labelled, 2))
        # The function takes numbers of topics, one more than the degrees of freedom.
        reach = t_half_width(errors[:, 0], errors[:, 1] + 1.0)
        limit = LARGEST[CONTRASTS[figure]]
        found = {
            "judged": judged,
            "judged_std_error": errors[0, 0],
            "corrected": corrected,
            "std_error": errors[1, 0],
            "ci_low": max(corrected - reach[1], -limit),
            "ci_high": min(corrected + reach[1], limit),
            "label_std_error": np.sqrt(of_labels),
            "moves": corrected - judged,
            "moves_ci_low": corrected - judged - reach[2],
            "moves_ci_high": corrected - judged + reach[2],
        }
        shown = ("judged", "judged_std_error")
        return {
            name: float(value) if np.isfinite(value) and (known or name in shown) else None
            for name, value in found.items()
        } | {
            "topics": labelled,
            "reason": None if known else _reason(judged, labelled),
        }


def corrected_figures(
    cells: Cells, labelled: Mapping[int, LabelledCell], rounds: int, seed: int
) -> CorrectedFigures:
    """Return the corrected figures of labelled cells, given by their position in `cells`.

    Rounds are the joint draws of topics of every other figure.
    """
    truth = cells.truth.value_polarity
    positions, of_cells = list(labelled), list(labelled.values())
    weights = [_contrasts(cells, position, len(truth)) for position in positions]
    power = tuned_power(of_cells, truth, weights)
    draws = np.ones((1 + rounds, len(cells.truth.topics)))
    topics = study_topics(cells.study)
    draws[1:, topics] = topic_draws(topics.size, rounds, seed, "joint topics")
    known = [_with_truth(cells, one, own) for one, own in zip(of_cells, weights, strict=True)]
    figures = np.empty((len(positions), 1 + rounds, len(CONTRASTS)))
    for index, (one, own) in enumerate(zip(of_cells, weights, strict=True)):
        figures[index] = _of_cell(one, truth, own, draws, power)
        if known[index].sum() < FEWEST_TOPICS:
            figures[index] = np.nan
    judged, before = _judged(cells, positions)
    return CorrectedFigures(
        judged=judged,
        corrected=figures[:, 0],
        judged_rounds=before,
        rounds=figures[:, 1:].astype(np.float32),
        label_variance=np.array(
            [
                label_variance(
                    residual_covariance(one, truth, own, power),
                    one.labels.labelled,
                    float(one.labels.responses.sum()),
                )
                for one, own in zip(of_cells, weights, strict=True)
            ]
        ),
        labels=np.array([one.labels.labelled for one in of_cells], np.int64),
        labelled=np.array(known),
        topics=cells.rows["topics"].to_numpy(np.float64)[positions],
        power=power,
    )


def _of_cell(
    labelled: LabelledCell,
    truth: FloatArray,
    contrasts: FloatArray,
    draws: FloatArray,
    power: float,
) -> FloatArray:
    """Return the corrected figures in each draw; (1 + B, K), NaN where undefined."""
    needed = (contrasts != 0.0).any(axis=0)
    aligned = corrected_alignment(labelled, truth[needed], draws, power).value
    found = contrasted_values(aligned, contrasts[:, needed])
    found[:, ~(contrasts != 0.0).any(axis=1)] = np.nan
    return found


def _judged(cells: Cells, positions: Sequence[int]) -> tuple[FloatArray, npt.NDArray[np.float32]]:
    rows = cells.rows.iloc[list(positions)]
    kept = [cells.rounds[name][list(positions)] for name in CONTRASTS[:3]]
    rounds = np.stack([*kept, kept[1] - kept[2]], axis=2)
    return rows[list(CONTRASTS)].to_numpy(np.float64, na_value=np.nan), rounds


def _contrasts(cells: Cells, position: int, populations: int) -> FloatArray:
    own = cells.study[position].contrasts
    return np.zeros((len(CONTRASTS), populations)) if own is None else own


def _with_truth(cells: Cells, labelled: LabelledCell, contrasts: FloatArray) -> BoolArray:
    """Return True for the topics with a label and with ground truth of the speakers; (topics,)."""
    truth = cells.truth.value_polarity
    found = np.zeros(truth.shape[1], dtype=np.bool_)
    found[labelled.topics[labelled.drawn > 0]] = True
    # Without speakers, those of the US, the next figure, take their place.
    first = next((row for row in contrasts if row.any()), contrasts[0])
    return np.asarray(found & ~np.isnan(truth[first != 0.0]).any(axis=0))


def _reason(judged: float, topics: int) -> str:
    if topics < FEWEST_TOPICS:
        return _NO_LABELS
    return "the judged figure is undefined" if np.isnan(judged) else "undefined with these labels"
