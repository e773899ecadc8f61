"""Extrapolability: does what half of the topics say hold for the other half?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from culture_ray.measures.cells import tabulate
from culture_ray.measures.resampling.spread import mean_of_defined
from culture_ray.measures.result import BoolArray, FloatArray
from culture_ray.regression.robustness.checks import Check
from culture_ray.regression.robustness.split_half import (
    SplitHalfAlignment,
    best_match_agreement,
    random_splits,
    rank_agreement,
    thematic_splits,
)
from culture_ray.regression.robustness.study import UNKNOWN, Study

CHECK = "extrapolability"
ROUNDS = 50
"""Draws of topics for the intervals: enough to know a standard error to a tenth."""

SPLITS_IN_ROUNDS = 25
"""Halvings in each of these; the estimate takes all."""

MODELS, COUNTRIES, EXCESS = "models", "countries", "models minus countries"

_NO_RANKING = "There is no ranking: fewer than two {} have an alignment in both halves."
_NO_MATCH = "Fewer than two countries have an alignment in both halves."


def extrapolability(study: Study) -> list[Check]:
    """Return how far two halves of the topics agree, about models and about countries.

    Two figures, each a mean over random and one over thematic halvings: Kendall's tau between the
    halves' rankings of models by alignment with the speakers of the prompt's language; and how
    often both halves find the same country best aligned with a model. Beside them stands what
    people do: each country takes a model's place, its ground truth that of the responses. It is
    ranked among the countries where the language is not spoken, and its like is sought among the
    other countries. People are free of the noise of few responses, models are not. Intervals are
    over topics; a topic drawn twice stays in one half. The assumption is questioned in
    "Randomness, Not Representation" (Khan et al. 2025).
    """
    seed = study.resampling.seed
    width = len(study.surveyed.category)
    kinds = {
        "random halves": random_splits(study.compared, width, seed),
        "thematic halves": thematic_splits(study.compared, study.surveyed.category, seed),
    }
    found = []
    for kind, halves in kinds.items():
        if isinstance(halves, str):
            found += [head(kind).because(halves) for head in (_ranking, _match)]
        else:
            models, people = (_agreement(study, halves, of) for of in (_of_models, _of_people))
            found += _rankings(kind, study, models, people)
            found += _matches(kind, study, models, people)
    return found


@dataclass(frozen=True, eq=False)
class _Agreement:
    """How far halves agree, as observed and in rounds of drawn topics; NaN where undefined."""

    rankings: FloatArray
    """Kendall's tau per language; (L, R)."""
    matches: FloatArray
    """Share of equal best matches per model or country; (M, R)."""


def _agreement(
    study: Study, halves: BoolArray, of: Callable[[Study, BoolArray, FloatArray], _Agreement]
) -> _Agreement:
    observed = of(study, halves, study.weights[:1])
    drawn = of(study, halves[:SPLITS_IN_ROUNDS], study.weights[1 : 1 + ROUNDS])
    return _Agreement(
        np.concatenate([observed.rankings, drawn.rankings], axis=1),
        np.concatenate([observed.matches, drawn.matches], axis=1),
    )


def _of_models(study: Study, halves: BoolArray, weights: FloatArray) -> _Agreement:
    """The agreement about models; a match is the mean over a model's languages."""
    truth, speakers = study.surveyed.ground_truth, study.surveyed.speakers
    rankings = np.full((speakers.size, len(weights)), np.nan)
    matches = np.full((speakers.size, len(study.cells), len(weights)), np.nan)
    for column in np.flatnonzero(speakers != UNKNOWN):
        populations = truth[[speakers[column], *study.countries]]
        ranked = []
        for row, cells in enumerate(study.cells):
            found = SplitHalfAlignment.of(cells[column], populations, halves, weights)
            ranked.append(found.some(0))
            matches[column, row] = best_match_agreement(found.some(slice(1, None)))
        rankings[column] = rank_agreement(ranked)
    return _Agreement(rankings, mean_of_defined(matches))


def _of_people(study: Study, halves: BoolArray, weights: FloatArray) -> _Agreement:
    """The agreement about countries."""
    truth, speakers = study.surveyed.ground_truth, study.surveyed.speakers
    spoken = np.flatnonzero(speakers != UNKNOWN)
    rankings = np.full((speakers.size, len(weights)), np.nan)
    matches = np.full((max(1, study.countries.size), len(weights)), np.nan)
    aligned = []
    for row, country in enumerate(study.countries):
        own = truth[country]
        known = study.compared[~np.isnan(own[study.compared])]
        others = study.countries[study.countries != country]
        populations = truth[[*speakers[spoken], *others]]
        found = SplitHalfAlignment.of(tabulate(known, own[known]), populations, halves, weights)
        aligned.append(found.some(slice(0, spoken.size)))
        matches[row] = best_match_agreement(found.some(slice(spoken.size, None)))
    for place, column in enumerate(spoken):
        foreign = np.flatnonzero(~study.surveyed.native[column, study.countries])
        if foreign.size:
            rankings[column] = rank_agreement([aligned[row].some(place) for row in foreign])
    return _Agreement(rankings, matches)


def _rankings(kind: str, study: Study, models: _Agreement, people: _Agreement) -> list[Check]:
    rows: list[tuple[str | None, FloatArray, FloatArray]] = [
        (language, models.rankings[column], people.rankings[column])
        for column, language in enumerate(study.responses.languages)
    ]
    rows.append((None, mean_of_defined(models.rankings), mean_of_defined(people.rankings)))
    found, topics = [], study.compared.size
    for language, theirs, human in rows:
        for whose, values in _beside(theirs, human):
            head, lacking = _ranking(kind, whose, language), COUNTRIES
            if whose == MODELS or np.isnan(theirs[0]):
                lacking = MODELS
            found.append(_filled(head, values, topics, _NO_RANKING.format(lacking), whose))
    return found


def _matches(kind: str, study: Study, models: _Agreement, people: _Agreement) -> list[Check]:
    topics = study.compared.size
    found = [
        _filled(_match(kind, MODELS, model), values, topics, _NO_MATCH, MODELS, lowest=0.0)
        for model, values in zip(study.responses.models, models.matches, strict=True)
    ]
    pooled = _beside(mean_of_defined(models.matches), mean_of_defined(people.matches))
    return found + [
        _filled(_match(kind, whose), values, topics, _NO_MATCH, whose, lowest=0.0)
        for whose, values in pooled
    ]


def _beside(models: FloatArray, people: FloatArray) -> list[tuple[str, FloatArray]]:
    return [(MODELS, models), (COUNTRIES, people), (EXCESS, models - people)]


def _filled(
    head: Check, rounds: FloatArray, topics: int, undefined: str, whose: str, lowest: float = -1.0
) -> Check:
    within = (lowest - 1.0, 1.0 - lowest) if whose == EXCESS else (lowest, 1.0)
    return head.estimated(rounds, topics, undefined, within)


def _ranking(kind: str, whose: str = MODELS, language: str | None = None) -> Check:
    return Check(CHECK, f"ranking of {whose}, {kind}", "Kendall's tau", None, language)


def _match(kind: str, whose: str = MODELS, model: str | None = None) -> Check:
    return Check(CHECK, f"best-matching country of {whose}, {kind}", "share of halvings", model)
