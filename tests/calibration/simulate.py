"""Simulated studies as they are measured: the rows of a regression with their errors."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from culture_ray.measures.resampling.spread import error_scores
from culture_ray.measures.result import BoolArray, FloatArray
from culture_ray.simulation.study import SimulatedStudy, simulate_study
from culture_ray.simulation.world import CellLabels, World
from culture_ray.stages.regress.rows import MIN_DEFINED_SHARE
from tests.calibration.measured import alignments, consistencies


@dataclass(frozen=True, eq=False)
class Studies:
    """B studies of the same n cells, drawn from a world and measured.

    A cell without alignment, in the study or in most draws of its topics, has NaN there and in the
    covariances: `analyse` leaves it out, and says so.
    """

    world: World
    cells: CellLabels
    drawn: tuple[SimulatedStudy, ...]

    capability: FloatArray
    """B x n."""

    alignment: FloatArray
    """B x n."""

    consistency: FloatArray
    """B x n, without self-pairs."""

    V: FloatArray
    """B x n x n sampling covariance of alignment from joint topic draws."""

    us_minus_native: FloatArray
    """B x n."""

    V_us: FloatArray
    """B x n x n sampling covariance of `us_minus_native` from joint topic draws."""

    alignment_rounds: FloatArray
    """B x paper rounds x n: alignment when responses are drawn again, as the paper does."""

    consistency_rounds: FloatArray
    """B x paper rounds x n: self-consistency of the same draws, a response with itself included."""

    @property
    def usable(self) -> BoolArray:
        """Return True for the cells whose alignment and its error are known; B x n."""
        return _known(self.alignment, self.V)

    @property
    def usable_us(self) -> BoolArray:
        """Return True for the cells whose US bias and its error are known; B x n."""
        return _known(self.us_minus_native, self.V_us)

    @property
    def topics(self) -> int:
        """Return the number of topics."""
        return self.world.topics

    def of_each(self, name: str) -> FloatArray:
        """Return an array of every study, B x its shape."""
        return np.array([getattr(study, name) for study in self.drawn])


def simulate(
    world: World, studies: int, *, rounds: int, seed: int | list[int], paper_rounds: int = 0
) -> Studies:
    """Return studies drawn from a world.

    Args:
        world: how studies come about.
        studies: how many.
        rounds: joint topic draws for V, at least 2.
        seed: of everything.
        paper_rounds: draws of responses for the paper's analysis.
    """
    rng = np.random.default_rng(seed)
    drawn, parts = [], []
    for _ in range(studies):
        study = simulate_study(world, rng)
        drawn.append(study)
        parts.append((study.capability, *_measured(study, rounds, paper_rounds, rng)))
    columns = [np.array(column) for column in zip(*parts, strict=True)]
    return Studies(world, world.cells, tuple(drawn), *columns)


def _measured(
    study: SimulatedStudy, rounds: int, paper_rounds: int, rng: np.random.Generator
) -> tuple[FloatArray, ...]:
    topics = study.counts.shape[1]
    draws = rng.multinomial(topics, np.full(topics, 1 / topics), size=rounds)
    weights = np.concatenate([np.ones((1, topics)), draws])
    to_native, to_us = alignments(study.counts, (study.native, study.us), weights)
    contrast = to_us - to_native
    return (
        to_native[:, 0],
        consistencies(study.counts),
        covariance(to_native[:, 1:], topics),
        contrast[:, 0],
        covariance(contrast[:, 1:], topics),
        *_paper(study.counts, study.native, paper_rounds, rng),
    )


def covariance(rounds: FloatArray, topics: int) -> FloatArray:
    """Return the sampling covariance of n figures from draws of topics, n x rounds, as `analyse`.

    It is NaN for a figure that is undefined in most rounds; in another figure, a round in which it
    is undefined does not count.
    """
    scores = error_scores(rounds.T, np.full(len(rounds), topics))
    scores[:, np.isfinite(rounds).mean(axis=1) <= MIN_DEFINED_SHARE] = np.nan
    return np.asarray(scores.T @ scores)


def _known(figures: FloatArray, V: FloatArray) -> BoolArray:
    return np.isfinite(figures) & np.isfinite(np.diagonal(V, axis1=1, axis2=2))


def _paper(
    counts: FloatArray, native: FloatArray, rounds: int, rng: np.random.Generator
) -> tuple[FloatArray, FloatArray]:
    """Return alignment and self-consistency, rounds x n, responses drawn again in each cell."""
    n, topics, values = counts.shape
    size = counts.sum((1, 2)).astype(int)
    shares = counts.reshape(n, -1) / size[:, None]
    if not rounds:
        return np.zeros((0, n)), np.zeros((0, n))
    drawn = rng.multinomial(size, shares, size=(rounds, n)).astype(np.float64)
    drawn = drawn.reshape(-1, topics, values)
    (alignment,) = alignments(drawn, (np.tile(native, (rounds, 1)),), np.ones((1, topics)))
    return alignment.reshape(rounds, n), consistencies(drawn).reshape(rounds, n)
