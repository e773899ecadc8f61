"""Responses of a study and the populations they are compared with, for the robustness checks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

import numpy as np

from culture_ray.measures.alignment import alignment_rounds
from culture_ray.measures.cells import Cell, tabulate_all
from culture_ray.measures.populations import Populations
from culture_ray.measures.resampling.bootstrap import CHUNK_ELEMENTS
from culture_ray.measures.resampling.resample import Resampling, topic_draws
from culture_ray.measures.result import (
    FEWEST_TOPICS,
    BoolArray,
    FloatArray,
    IntArray,
    Measured,
    require,
)
from culture_ray.measures.rounds import TopicRounds

UNKNOWN = -1
"""Level of a response for which it is unknown."""

MIN_TOPICS = FEWEST_TOPICS
"""Fewest topics of an alignment that is compared with others."""

MIN_COVERED = 0.75
"""Smallest share of the topics for which a country must have figures to be compared."""


class Factor(StrEnum):
    """Property in which prompts of one language differ."""

    TEMPLATE = "template"
    WORDING = "wording"
    PROTOCOL = "protocol"


@dataclass(frozen=True, eq=False)
class PromptLevels:
    """Level of one factor in each of n responses."""

    factor: str
    names: tuple[str, ...]
    """Names of the levels; the usual one comes first."""
    level: IntArray
    """Index of the level, UNKNOWN where the factor does not apply; (n,)."""


@dataclass(frozen=True, eq=False)
class Responses:
    """Columns of n responses, all (n,); indices refer to the caller's lists."""

    models: tuple[str, ...]
    languages: tuple[str, ...]
    model: IntArray
    language: IntArray
    topic: IntArray
    polarity: FloatArray
    """Value polarity; NaN where undefined."""
    template: IntArray
    """Index of the template; UNKNOWN where it is not known, as in the columns below."""
    wording: IntArray
    protocol: IntArray
    persona: IntArray | None = None
    """Population that a prompt says its respondents come from, UNKNOWN for prompts without a
    persona; None if there are only such prompts."""
    varied: tuple[PromptLevels, ...] = ()
    """Factors in which the prompts of a protocol are varied."""
    shares: FloatArray | None = None
    """Share of each answer on the topic's scale, from its low end; (n, K). NaN beyond the scale,
    and where a response chooses no answer; None if no protocol offers answers."""

    def __post_init__(self) -> None:
        sizes = {len(values) for values in self._columns().values()}
        sizes |= {len(factor.level) for factor in self.varied}
        require(len(sizes) == 1, f"columns of {sorted(sizes)} responses")

    def level(self, factor: Factor) -> IntArray:
        """Return the template, wording or protocol of each response; (n,)."""
        return self._columns()[factor]

    def where(self, chosen: BoolArray) -> Responses:
        """Return the chosen responses; `chosen` is (n,)."""
        columns = {name: values[chosen] for name, values in self._columns().items()}
        persona = None if self.persona is None else self.persona[chosen]
        return Responses(
            self.models,
            self.languages,
            polarity=self.polarity[chosen],
            persona=persona,
            varied=tuple(
                PromptLevels(each.factor, each.names, each.level[chosen]) for each in self.varied
            ),
            shares=None if self.shares is None else self.shares[chosen],
            **columns,
        )

    def _columns(self) -> dict[str, IntArray]:
        names = ("model", "language", "topic", *Factor)
        return {str(name): getattr(self, name) for name in names}


@dataclass(frozen=True, eq=False)
class SurveyedPopulations:
    """The P populations of a study of T topics and L languages."""

    ground_truth: FloatArray
    """Value polarity, NaN where a population has no figure; (P, T)."""
    country: BoolArray
    """True for populations that are countries; (P,)."""
    speakers: IntArray
    """Population of the speakers of each language, UNKNOWN without figures of them; (L,)."""
    native: BoolArray
    """True for countries where a language is spoken; (L, P)."""
    category: tuple[str, ...]
    """Category of each topic; (T,)."""
    answers: FloatArray | None = None
    """Share of each answer among the speakers of each language, as `Responses.shares`; (L, T, K).
    None without distributions."""


@dataclass(frozen=True, eq=False)
class Study:
    """Responses, populations and the joint draw of topics that all checks share."""

    responses: Responses
    surveyed: SurveyedPopulations
    resampling: Resampling

    @cached_property
    def cells(self) -> tuple[tuple[Cell, ...], ...]:
        """The cell of each model and language; one without responses is empty."""
        r, width = self.responses, len(self.responses.languages)
        cells = tuple(tabulate_all(self._owner, r.topic, r.polarity, len(r.models) * width))
        return tuple(cells[row : row + width] for row in range(0, len(cells), width))

    def rows(self, model: int, language: int) -> IntArray:
        """Return the indices of the responses of a model and language."""
        order, bounds = self._by_cell
        cell = model * len(self.responses.languages) + language
        return order[bounds[cell] : bounds[cell + 1]]

    @cached_property
    def topics(self) -> IntArray:
        """Topics with a response that has a value polarity, ascending."""
        return np.unique(self.responses.topic[~np.isnan(self.responses.polarity)])

    @cached_property
    def compared_topics(self) -> IntArray:
        """Topics with a response for which any population has a figure, ascending."""
        known = ~np.isnan(self.surveyed.ground_truth[:, self.topics])
        return self.topics[known.any(axis=0)]

    @cached_property
    def countries(self) -> IntArray:
        """Countries with figures for enough of the topics to be compared with each other."""
        covered = ~np.isnan(self.surveyed.ground_truth[:, self.compared_topics])
        enough = covered.sum(axis=1) >= MIN_COVERED * self.compared_topics.size
        return np.flatnonzero(self.surveyed.country & enough)

    @cached_property
    def weights(self) -> FloatArray:
        """Weight of each topic: 1 as observed, then the number of draws in each round; (1 + B, T).

        The draws are those of `cells.csv`, the same topics for all cells.
        """
        count, rounds = self.topics.size, self.resampling.rounds
        table = np.zeros((1 + rounds, self.surveyed.ground_truth.shape[1]))
        table[0, self.topics] = 1.0
        table[1:, self.topics] = topic_draws(count, rounds, self.resampling.seed, "joint topics")
        return table

    @property
    def _owner(self) -> IntArray:
        return self.responses.model * len(self.responses.languages) + self.responses.language

    @cached_property
    def _by_cell(self) -> tuple[IntArray, IntArray]:
        owner = self._owner
        order = np.argsort(owner, kind="stable")
        count = len(self.responses.models) * len(self.responses.languages)
        return order, np.searchsorted(owner[order], np.arange(count + 1))

    def aligned(self, cell: Cell, populations: Sequence[int] | IntArray) -> Measured:
        """Return the cell's alignment with these populations as observed and in each round."""
        truth = self.surveyed.ground_truth[np.asarray(populations, dtype=np.int64)]
        return alignment_under(cell, truth, self.weights)


def alignment_under(cell: Cell, ground_truth: FloatArray, weights: FloatArray) -> Measured:
    """Return the alignment (B, P) of a cell with P populations for B sets of topic weights.

    `ground_truth` is (P, T) and `weights` (B, T) over the caller's list of topics. Uses a few
    arrays of `CHUNK_ELEMENTS` doubles beyond the result.
    """
    populations = Populations.over(cell, ground_truth)
    own = weights[:, cell.topics]
    topics, values = cell.counts.shape
    per_round = max(len(ground_truth) * topics, len(populations.masks) * values, 1)
    chunk = max(1, CHUNK_ELEMENTS // per_round)
    parts = [
        alignment_rounds(TopicRounds(cell, own[start : start + chunk]), populations)
        for start in range(0, len(own), chunk)
    ]
    return Measured(
        np.concatenate([part.value for part in parts]),
        np.concatenate([part.reason for part in parts]),
    )
