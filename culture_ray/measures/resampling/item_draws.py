"""Rounds of a cell's contrasts under different assumptions about the survey items."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

import numpy as np

from culture_ray.measures.alignment import alignment, alignment_rounds
from culture_ray.measures.cells import Cell
from culture_ray.measures.contrasts import contrasted_values
from culture_ray.measures.populations import Populations
from culture_ray.measures.resampling.bootstrap import CHUNK_ELEMENTS, StudyCell
from culture_ray.measures.resampling.resample import (
    DrawLevel,
    Resampling,
    drawn_rounds,
    topic_draws,
)
from culture_ray.measures.resampling.streams import stream
from culture_ray.measures.result import FloatArray, IntArray
from culture_ray.measures.rounds import TopicRounds

SURVEY_N = 1000
"""Respondents that a population without standard errors is assumed to have."""


class ItemAssumption(StrEnum):
    """Assumption about the survey items, from which the errors of figures follow."""

    RANDOM_TOPICS = "random_topics"
    """Topics are a sample of the topics that could have been asked."""
    RANDOM_BATTERIES = "random_batteries"
    """Batteries of topics are a sample; topics of a battery are asked together."""
    FIXED_TOPICS = "fixed_topics"
    """Only these topics are of interest: responses are the sample."""
    FIXED_TOPICS_SURVEYED = "fixed_topics_surveyed"
    """The same, and respondents of the surveys are a sample as well."""


@dataclass(frozen=True, eq=False)
class ItemDraws:
    """Draws of a study under every assumption; the joint ones are the same in all cells."""

    ground_truth: FloatArray
    """Value polarity of P populations, NaN where there is none; (P, T)."""
    std_error: FloatArray
    """Standard errors of `ground_truth`, NaN where they are not known; (P, T)."""
    topics: IntArray
    """Topics of a joint draw, as from `bootstrap.study_topics`."""
    battery: IntArray
    """Number of the battery of each of the T topics; a topic without one is alone in its own."""
    rounds: int
    seed: int

    def contrasts(self, cell: StudyCell, items: ItemAssumption) -> FloatArray:
        """Return the cell's K contrasts of alignments in each of B rounds; (B, K)."""
        assert cell.contrasts is not None
        needed = np.flatnonzero(np.any(cell.contrasts != 0, axis=0))
        weights = cell.contrasts[:, needed]
        found = self._alignments(cell, items, needed)
        return contrasted_values(found, weights)

    def batteries(self, topics: IntArray) -> int:
        """Return the number of batteries of these topics."""
        return int(np.unique(self.battery[topics]).size)

    def _alignments(self, cell: StudyCell, items: ItemAssumption, needed: IntArray) -> FloatArray:
        """Return the alignments with the populations needed; (B, needed)."""
        truth = self.ground_truth[needed]
        if items is ItemAssumption.RANDOM_BATTERIES:
            return _under_weights(cell.cell, truth, self._battery_draws()[:, cell.cell.topics])
        level = DrawLevel.JOINT_TOPICS
        if items is not ItemAssumption.RANDOM_TOPICS:
            level = DrawLevel.RESPONSES_IN_TOPICS
        populations = Populations.over(cell.cell, truth)
        sampling = Resampling(level, self.rounds, self.seed)
        rounds = drawn_rounds(cell.cell, cell.key, sampling, self.topics, _chunk(cell.cell, truth))
        found = np.concatenate([alignment_rounds(part, populations).value for part in rounds])
        if items is ItemAssumption.FIXED_TOPICS_SURVEYED:
            found += self._survey_shifts(cell.cell, needed)
        return found

    def _survey_shifts(self, cell: Cell, needed: IntArray) -> FloatArray:
        """Return the change of the alignments with surveys drawn again, mean 0; (B, needed)."""
        shifts = []
        for number in needed:
            drawn = _drawn_survey(self, int(number))
            step = max(1, CHUNK_ELEMENTS // max(1, cell.topics.size))
            parts = [
                alignment(cell, drawn[start : start + step]).value
                for start in range(0, self.rounds, step)
            ]
            shifts.append(np.concatenate(parts))
        table = np.stack(shifts, axis=1) if shifts else np.zeros((self.rounds, 0))
        # A population whose alignment is undefined in every draw stays so.
        known = ~np.isnan(table)
        mean = table.sum(axis=0, where=known) / np.maximum(known.sum(axis=0), 1)
        return np.asarray(table - mean)

    def _battery_draws(self) -> FloatArray:
        """Return the number of draws of each of the T topics; (B, T)."""
        codes = np.full(self.battery.shape, -1)
        batteries, asked = np.unique(self.battery[self.topics], return_inverse=True)
        codes[self.topics] = asked
        draws = topic_draws(batteries.size, self.rounds, self.seed, "joint batteries")
        return np.where(codes >= 0, draws[:, codes], 0.0)


@lru_cache(maxsize=64)
def _drawn_survey(draws: ItemDraws, population: int) -> FloatArray:
    """Return a population's ground truth with sampling errors drawn anew; (B, T).

    A share p of n respondents has the standard error sqrt(p (1 - p) / n).
    """
    truth, known = draws.ground_truth[population], draws.std_error[population]
    assumed = np.sqrt(truth * (1 - truth) / SURVEY_N)
    error = np.where(np.isnan(known), assumed, known)
    generator = stream(draws.seed, f"survey {population}", 0)
    noise = generator.normal(size=(draws.rounds, truth.size))
    return np.asarray(np.clip(truth + error * noise, 0.0, 1.0))


def _under_weights(cell: Cell, truth: FloatArray, weights: FloatArray) -> FloatArray:
    """Return the alignments under topic weights (B, T) with P populations; (B, P)."""
    populations, step = Populations.over(cell, truth), _chunk(cell, truth)
    parts = [
        alignment_rounds(TopicRounds(cell, weights[start : start + step]), populations).value
        for start in range(0, len(weights), step)
    ]
    return np.concatenate(parts)


def _chunk(cell: Cell, truth: FloatArray) -> int:
    topics, values = cell.counts.shape
    largest = max(len(truth) * topics, topics * values, cell.responses, 1)
    return max(1, CHUNK_ELEMENTS // int(largest))
