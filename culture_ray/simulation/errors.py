"""Error variances of a study's figures, from simulated studies with the planned amounts of data.

They depend on the topics, the responses and the judge, hardly on the number of models or languages,
so a small panel of models and languages is simulated and any panel follows by formula.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import astuple, dataclass, replace
from functools import cache

import numpy as np

from culture_ray.measures.alignment import spearman_rounds
from culture_ray.measures.populations import Populations
from culture_ray.measures.result import FloatArray, IntArray
from culture_ray.simulation.rounds import StudyRounds
from culture_ray.simulation.study import SimulatedStudy, simulate_study
from culture_ray.simulation.truths import truths
from culture_ray.simulation.world import CellLabels, World

STUDIES = 60
_GROUPS = 40
"""Most groups of topics that a jackknife leaves out."""
_MOST_RESPONSES = 5000
"""Responses per cell beyond which more would change nothing."""

_PANEL = World(families=3, per_family=2, languages=2)


@dataclass(frozen=True)
class PairMoments:
    """Mean covariance of the errors of two cells, by what the cells have in common."""

    cell: float
    """Variance: a cell with itself."""
    model: float
    """Same model, another language."""
    family_language: float
    """Another model of the family, same language."""
    family: float
    """Another model of the family, another language."""
    language: float
    """A model of another family, same language."""
    neither: float
    """A model of another family, another language."""

    def of_mean(self, families: tuple[int, ...], languages: int) -> float:
        """Return the variance of the mean over all models of `families` and languages."""
        models, others = sum(families), languages - 1
        siblings = sum(size * (size - 1) for size in families) / models
        strangers = models - 1 - siblings
        one_language = self.cell + siblings * self.family_language + strangers * self.language
        two = self.model + siblings * self.family + strangers * self.neither
        return (one_language + others * two) / (models * languages)

    def of_difference(self, languages: int) -> float:
        """Return the variance of the difference of two models' means over languages.

        The models are of different families.
        """
        others = languages - 1
        return 2 * (self.cell - self.language + others * (self.model - self.neither)) / languages


@dataclass(frozen=True)
class ErrorVariances:
    """Error variances of cells with some number of topics and responses.

    They are in units of alignments without the judge's error, which shrinks true differences: an
    effect of such a size is found by a judge that errs if it exceeds errors of this size.
    """

    us_bias: PairMoments
    alignment: PairMoments
    between_models: float
    """Variance of alignment between models of a family beyond capability: that of a model's true
    level and of the errors that its languages have in common."""
    between_cells: float
    """Variance of alignment beyond models, families and languages, errors included."""


@cache
def error_variances(
    topics: int, responses: int, judge_error: float, studies: int = STUDIES, seed: int = 0
) -> ErrorVariances:
    """Return the error variances of cells with this many topics and responses.

    `judge_error` is the probability that the judge reads an opinion as its opposite. Covariances
    over topics are those of a jackknife that leaves out groups of topics, averaged over studies.
    """
    world = replace(
        _PANEL,
        topics=topics,
        responses=min(responses, _MOST_RESPONSES),
        judge_error=judge_error,
    )
    groups = np.arange(topics) % min(topics, _GROUPS)
    moments = [
        tuple(_moments(V, world.cells) for V in _covariances(study, groups))
        for study in _studies(world, studies, seed)
    ]
    kept = _kept(judge_error)
    us, aligned = (_mean(of_figure, 1 / kept) for of_figure in zip(*moments, strict=True))
    effect = world.consistency_effect
    level_of_model = world.sd_model**2 + (effect * world.sd_consistency_model) ** 2
    level_of_cell = world.sd_cell**2 + (effect * world.sd_consistency_cell) ** 2
    of_model = aligned.model - aligned.family
    return ErrorVariances(
        us_bias=us,
        alignment=aligned,
        between_models=level_of_model + of_model,
        between_cells=level_of_cell + aligned.cell - aligned.family_language - of_model,
    )


def _studies(world: World, count: int, seed: int) -> Iterator[SimulatedStudy]:
    """Yield studies; with other responses or another judge they have the same topics and models."""
    for number in range(count):
        yield simulate_study(world, np.random.default_rng([seed, number]))


def _kept(judge_error: float) -> float:
    """Return the share of the variance of true alignments that is left after the judge's error."""
    unread = truths()
    signal = unread.signal_for(np.array([World().consistency]))
    return float(truths(judge_error).consistency_of(signal)[0] / World().consistency)


def _covariances(study: SimulatedStudy, group: IntArray) -> tuple[FloatArray, FloatArray]:
    """Return the error covariances of the cells' US bias and of their alignment; (n, n) each.

    `group` is the number of each topic's group.
    """
    size, cells = group.max() + 1, len(study.counts)
    kept = (group[None] != np.arange(size)[:, None]).astype(np.float64)
    populations, own = np.unique(
        np.concatenate((study.native, study.us)), axis=0, return_inverse=True
    )
    rounds = StudyRounds(study.counts, kept)
    found = spearman_rounds(rounds, Populations(populations)).value
    figures = np.nan_to_num(found).reshape(cells, size, len(populations))
    native, us = own.reshape(2, cells)
    each = np.arange(cells)
    native_rounds, us_rounds = figures[each, :, native], figures[each, :, us]
    return _jackknife(us_rounds - native_rounds), _jackknife(native_rounds)


def _jackknife(rounds: FloatArray) -> FloatArray:
    """Return the covariance of n figures from n x G figures without each of G groups."""
    groups = rounds.shape[1]
    centred = rounds - rounds.mean(axis=1, keepdims=True)
    return np.asarray((groups - 1) / groups * centred @ centred.T)


def _moments(V: FloatArray, cells: CellLabels) -> PairMoments:
    model, family, language = (
        level[:, None] == level[None] for level in (cells.model, cells.family, cells.language)
    )
    pairs = (
        model & language, model & ~language, ~model & family & language,
        ~model & family & ~language, ~family & language, ~family & ~language,
    )  # fmt: skip
    return PairMoments(*(float(V[own].mean()) for own in pairs))


def _mean(moments: Sequence[PairMoments], scale: float) -> PairMoments:
    return PairMoments(*(scale * np.mean([astuple(each) for each in moments], axis=0)).tolist())
