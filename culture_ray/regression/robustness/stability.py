"""Stability: variation of alignment between templates, wordings or protocols."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from culture_ray.measures.cells import tabulate
from culture_ray.measures.resampling.spread import mean_of_defined, variance_of_defined
from culture_ray.measures.result import FloatArray, IntArray
from culture_ray.regression.robustness.checks import Check
from culture_ray.regression.robustness.shuffles import shuffled_alignments
from culture_ray.regression.robustness.study import (
    MIN_TOPICS,
    UNKNOWN,
    Factor,
    Study,
    alignment_under,
)

CHECK = "stability"
UNIT = "spread between countries"

_NO_ALIGNMENT = "Fewer than two {}s have an alignment: their responses all agree."
_INCLUDES_CHANCE = (
    "No interval: the figure includes the chance variation of responses; the next row excludes it."
)


@dataclass(frozen=True, eq=False)
class Spreads:
    """Variation of a cell's alignment between levels and countries, as observed and in B rounds."""

    levels: FloatArray
    """Alignment of each of K levels with the language's speakers; (1 + B, K)."""
    countries: FloatArray
    """Variance between countries of the alignment of all responses; (1 + B,)."""
    chance: float
    """Expected variance between the levels if they had no effect."""
    topics: int

    @property
    def observed(self) -> float:
        """Observed variance between the levels."""
        return float(variance_of_defined(self.levels[0]))


def stability(study: Study, factor: Factor) -> list[Check]:
    """Return, per cell and per model, the spread of alignment between the levels of a factor.

    The first figure is the observed standard deviation between levels, divided by the standard
    deviation between countries of the same responses' alignment. In the second, which has an
    interval, the variance that is due to the chance variation of responses is subtracted; it is
    estimated with `shuffled_alignments`. The figures of a model use the mean variances over its
    languages. The assumption is questioned in "Randomness, Not Representation" (Khan et al. 2025).
    """
    level = study.responses.level(factor)
    known = np.unique(level[level != UNKNOWN])
    if known.size < 2:
        said = "do not say which" if known.size == 0 else "all have the same"
        return _failed(factor, None, None, f"The responses {said} {factor}.")
    found = []
    for row, model in enumerate(study.responses.models):
        spreads = []
        for column, language in enumerate(study.responses.languages):
            spread = cell_spreads(study, row, column, factor)
            if isinstance(spread, str):
                found += _failed(factor, model, language, spread)
            else:
                found += _checks(factor, model, language, [spread])
                spreads.append(spread)
        if spreads:
            found += _checks(factor, model, None, spreads)
    return found


def cell_spreads(study: Study, row: int, column: int, factor: Factor) -> Spreads | str:
    """Return the spreads of the cell of a model (row) and language (column), or why it has none.

    A level is left out when it has fewer than `MIN_TOPICS` topics with ground truth.
    """
    responses, surveyed = study.responses, study.surveyed
    speakers = surveyed.speakers[column]
    if speakers == UNKNOWN:
        return "There is no ground truth of the language's speakers."
    truth = surveyed.ground_truth[[speakers]]
    own = study.rows(row, column)
    topic, polarity, level = (
        column[own] for column in (responses.topic, responses.polarity, responses.level(factor))
    )
    usable = ~np.isnan(polarity) & (level != UNKNOWN) & ~np.isnan(truth[0, topic])
    topic, polarity, level = topic[usable], polarity[usable], level[usable]
    kept = _large_enough(topic, level)
    if kept.size < 2:
        return f"Fewer than two {factor}s have responses on {MIN_TOPICS} topics with ground truth."
    chosen = np.isin(level, kept)
    topic, polarity = topic[chosen], polarity[chosen]
    level = np.searchsorted(kept, level[chosen])
    whole = tabulate(topic, polarity)
    countries = variance_of_defined(study.aligned(whole, study.countries).value, axis=1)
    if not countries[0] > 0:
        return "Alignment does not differ between countries, or there are fewer than two."
    aligned = [
        alignment_under(tabulate(topic[at], polarity[at]), truth, study.weights).value[:, 0]
        for at in (level == index for index in range(kept.size))
    ]
    levels = np.stack(aligned, axis=1)
    if np.isnan(variance_of_defined(levels[0])):
        return _NO_ALIGNMENT.format(factor)
    purpose = f"shuffled {factor} {responses.models[row]} {responses.languages[column]}"
    seed = study.resampling.seed
    shuffled = shuffled_alignments(topic, polarity, level, truth, seed, purpose)
    chance = float(mean_of_defined(variance_of_defined(shuffled, axis=1)))
    return Spreads(levels, countries, chance, whole.topics.size)


def beyond_chance(spreads: list[Spreads]) -> FloatArray:
    """Return the variance between levels beyond chance, over that between countries; (1 + B,).

    Both variances are means over the cells, as estimated and in each round.
    """
    levels = np.mean([_between_levels(spread) for spread in spreads], axis=0)
    countries = np.mean([_between_countries(spread) for spread in spreads], axis=0)
    return np.asarray(levels / countries)


def _between_levels(spread: Spreads) -> FloatArray:
    """Return the variance between levels beyond chance, as estimated and in each round.

    Observed levels vary more than true ones, and each draw of topics adds variation again. The
    levels are therefore shrunk to the estimated variance before the shifts of a round are added.
    The mean over rounds is then the estimate.
    """
    estimate = spread.observed - spread.chance
    apart = spread.levels[0] - mean_of_defined(spread.levels[0])
    shrunk = apart * np.sqrt(max(estimate, 0.0) / spread.observed) if spread.observed else apart
    moved = spread.levels[1:] - spread.levels[0]
    excess = mean_of_defined(variance_of_defined(moved, axis=1))
    return np.append(estimate, variance_of_defined(shrunk + moved, axis=1) - excess)


def _between_countries(spread: Spreads) -> FloatArray:
    """Return the observed variance, then that of each round scaled to have it as the mean."""
    observed, rounds = spread.countries[0], spread.countries[1:]
    positive = np.where(rounds > 0, rounds, np.nan)
    return np.append(observed, positive * (observed / mean_of_defined(positive)))


def _checks(
    factor: Factor, model: str, language: str | None, spreads: list[Spreads]
) -> list[Check]:
    with_chance, without = _heads(factor, model, language)
    topics = max(spread.topics for spread in spreads)
    observed = np.mean([s.observed for s in spreads]) / np.mean([s.countries[0] for s in spreads])
    return [
        with_chance.without_interval(float(np.sqrt(observed)), _INCLUDES_CHANCE),
        without.with_root(beyond_chance(spreads), topics, _NO_ALIGNMENT.format(factor)),
    ]


def _failed(factor: Factor, model: str | None, language: str | None, why: str) -> list[Check]:
    return [head.failed(why) for head in _heads(factor, model, language)]


def _heads(factor: Factor, model: str | None, language: str | None) -> list[Check]:
    return [
        Check(CHECK, f"spread of alignment between {factor}s, {how}", UNIT, model, language)
        for how in ("chance included", "beyond chance")
    ]


def _large_enough(topic: IntArray, level: IntArray) -> IntArray:
    pairs = np.unique(np.column_stack([level, topic]), axis=0)
    levels, topics = np.unique(pairs[:, 0], return_counts=True)
    return np.asarray(levels[topics >= MIN_TOPICS])
