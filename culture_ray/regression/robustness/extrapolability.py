"""Extrapolability: agreement between the results of two halves of the topics."""

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
"""Draws of topics for the intervals, which estimate a standard error to about 10 %."""

SPLITS_IN_ROUNDS = 25
"""Splits used in each of these draws; the estimate uses all."""

MODELS, COUNTRIES, EXCESS = "models", "countries", "models minus countries"

_NO_RANKING = "There is no ranking: fewer than two {} have an alignment in both halves."
_NO_MATCH = "Fewer than two countries have an alignment in both halves."


def extrapolability(study: Study) -> list[Check]:
    """Return the agreement between two halves of the topics, about models and about countries.

    There are two figures, each averaged over random and over thematic splits: Kendall's tau between
    the rankings that the halves give models by alignment with the speakers of the prompt's
    language, and the share of splits in which both halves find the same country best aligned with a
    model. For comparison both are computed for people as well: each country takes the place of a
    model, its ground truth that of the responses. It is ranked among the countries where the
    language is not spoken, and its best match is sought among the other countries. Unlike those of
    models, figures of countries are free of the noise of few responses. Intervals are over topics;
    a topic drawn twice stays in one half. The assumption is questioned in "Randomness, Not
    Representation" (Khan et al. 2025).
    """
    seed = study.resampling.seed
    width = len(study.surveyed.category)
    kinds = {
        "random halves": random_splits(study.compared_topics, width, seed),
        "thematic halves": thematic_splits(study.compared_topics, study.surveyed.category, seed),
    }
    checks = []
    for kind, halves in kinds.items():
        if isinstance(halves, str):
            checks += [head(kind).failed(halves) for head in (_ranking, _match)]
        else:
            models = _in_rounds(_models_agreement, study, halves)
            people = _in_rounds(_countries_agreement, study, halves)
            checks += _rankings(kind, study, models, people)
            checks += _matches(kind, study, models, people)
    return checks


@dataclass(frozen=True, eq=False)
class _Agreement:
    """Agreement of the halves, as observed and in R - 1 draws of topics; NaN where undefined."""

    rankings: FloatArray
    """Kendall's tau per language; (L, R)."""
    matches: FloatArray
    """Share of splits with equal best matches, per model or country; (M, R)."""


def _in_rounds(
    agreement: Callable[[Study, BoolArray, FloatArray], _Agreement],
    study: Study,
    halves: BoolArray,
) -> _Agreement:
    observed = agreement(study, halves, study.weights[:1])
    drawn = agreement(study, halves[:SPLITS_IN_ROUNDS], study.weights[1 : 1 + ROUNDS])
    return _Agreement(
        np.concatenate([observed.rankings, drawn.rankings], axis=1),
        np.concatenate([observed.matches, drawn.matches], axis=1),
    )


def _models_agreement(study: Study, halves: BoolArray, weights: FloatArray) -> _Agreement:
    """Return the agreement about models; matches are averaged over a model's languages."""
    truth, speakers = study.surveyed.ground_truth, study.surveyed.speakers
    rankings = np.full((speakers.size, len(weights)), np.nan)
    matches = np.full((speakers.size, len(study.cells), len(weights)), np.nan)
    for column in np.flatnonzero(speakers != UNKNOWN):
        populations = truth[[speakers[column], *study.countries]]
        ranked = []
        for row, cells in enumerate(study.cells):
            aligned = SplitHalfAlignment.of(cells[column], populations, halves, weights)
            ranked.append(aligned.with_populations(0))
            matches[column, row] = best_match_agreement(aligned.with_populations(slice(1, None)))
        rankings[column] = rank_agreement(ranked)
    return _Agreement(rankings, mean_of_defined(matches))


def _countries_agreement(study: Study, halves: BoolArray, weights: FloatArray) -> _Agreement:
    """Return the agreement about countries."""
    truth, speakers = study.surveyed.ground_truth, study.surveyed.speakers
    spoken = np.flatnonzero(speakers != UNKNOWN)
    rankings = np.full((speakers.size, len(weights)), np.nan)
    matches = np.full((max(1, study.countries.size), len(weights)), np.nan)
    ranked = []
    for row, country in enumerate(study.countries):
        own = truth[country]
        known = study.compared_topics[~np.isnan(own[study.compared_topics])]
        others = study.countries[study.countries != country]
        populations = truth[[*speakers[spoken], *others]]
        aligned = SplitHalfAlignment.of(tabulate(known, own[known]), populations, halves, weights)
        ranked.append(aligned.with_populations(slice(0, spoken.size)))
        matches[row] = best_match_agreement(aligned.with_populations(slice(spoken.size, None)))
    for place, column in enumerate(spoken):
        foreign = np.flatnonzero(~study.surveyed.native[column, study.countries])
        if foreign.size:
            rankings[column] = rank_agreement(
                [ranked[row].with_populations(place) for row in foreign]
            )
    return _Agreement(rankings, matches)


def _rankings(kind: str, study: Study, models: _Agreement, people: _Agreement) -> list[Check]:
    rows: list[tuple[str | None, FloatArray, FloatArray]] = [
        (language, models.rankings[column], people.rankings[column])
        for column, language in enumerate(study.responses.languages)
    ]
    rows.append((None, mean_of_defined(models.rankings), mean_of_defined(people.rankings)))
    checks, topics = [], study.compared_topics.size
    for language, models_rounds, people_rounds in rows:
        for group, values in _compared(models_rounds, people_rounds):
            head, missing = _ranking(kind, group, language), COUNTRIES
            if group == MODELS or np.isnan(models_rounds[0]):
                missing = MODELS
            checks.append(_estimated(head, values, topics, _NO_RANKING.format(missing), group))
    return checks


def _matches(kind: str, study: Study, models: _Agreement, people: _Agreement) -> list[Check]:
    topics = study.compared_topics.size
    found = [
        _estimated(_match(kind, MODELS, model), values, topics, _NO_MATCH, MODELS, lowest=0.0)
        for model, values in zip(study.responses.models, models.matches, strict=True)
    ]
    pooled = _compared(mean_of_defined(models.matches), mean_of_defined(people.matches))
    return found + [
        _estimated(_match(kind, group), values, topics, _NO_MATCH, group, lowest=0.0)
        for group, values in pooled
    ]


def _compared(models: FloatArray, people: FloatArray) -> list[tuple[str, FloatArray]]:
    return [(MODELS, models), (COUNTRIES, people), (EXCESS, models - people)]


def _estimated(
    head: Check, rounds: FloatArray, topics: int, undefined: str, group: str, lowest: float = -1.0
) -> Check:
    within = (lowest - 1.0, 1.0 - lowest) if group == EXCESS else (lowest, 1.0)
    return head.with_estimate(rounds, topics, undefined, within)


def _ranking(kind: str, group: str = MODELS, language: str | None = None) -> Check:
    return Check(CHECK, f"ranking of {group}, {kind}", "Kendall's tau", None, language)


def _match(kind: str, group: str = MODELS, model: str | None = None) -> Check:
    return Check(CHECK, f"best-matching country of {group}, {kind}", "share of halvings", model)
