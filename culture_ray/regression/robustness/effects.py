"""Effects of factors of the prompts on alignment: each level against the usual one, over topics."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from culture_ray.measures.cells import tabulate
from culture_ray.measures.resampling.spread import mean_of_defined
from culture_ray.measures.result import BoolArray, FloatArray, IntArray
from culture_ray.regression.robustness.checks import Check
from culture_ray.regression.robustness.study import (
    MIN_TOPICS,
    UNKNOWN,
    PromptLevels,
    Study,
    alignment_under,
)

CHECK = "effect of asking"
UNIT = "difference of correlations"
_CONSTANT = "All responses at a level have the same value polarity."
_ALL_ALIKE = "No language of the model has the effect."


class Compared(Protocol):
    """Figures that are compared between two levels of a factor."""

    names: tuple[str, ...]
    unit: str
    within: tuple[float, float]
    """Range of a difference."""
    no_truth: str
    """Reason why a language has no figure, one sentence."""
    of_every_level: bool
    """True if responses at any level can have them: a level without is reported, not left out."""

    def known(self, study: Study) -> BoolArray:
        """Return True for responses that have what the figures are made of; (n,)."""

    def surveyed(self, study: Study, language: int) -> BoolArray:
        """Return True for topics with the answers of a language's speakers; (T,)."""

    def difference(
        self, study: Study, language: int, usual: IntArray, other: IntArray
    ) -> FloatArray:
        """Return the figures of some responses minus those of others; (1 + B, F).

        Both are indices of responses to the same topics: as estimated, then in each round.
        """


def effects(study: Study, factor: PromptLevels) -> list[Check]:
    """Return the effect of each level of a factor on alignment with the language's speakers."""
    return compared_levels(study, factor, _Alignment())


def compared_levels(study: Study, factor: PromptLevels, figures: Compared) -> list[Check]:
    """Return the effect of each level of a factor, per model and language and per model.

    It is a figure of the responses at that level, minus that of the responses at the first level
    that occurs, over the topics answered at both. Each round draws the same topics for both (the
    joint draws of `cells.csv`), so the difference is paired over topics; levels of other factors
    are pooled. That of a model is the mean over its languages. Nothing is returned for a factor
    with one level; a level at which no response can be read has a reason instead of an effect.
    """
    known = figures.known(study)
    level = np.where(known, factor.level, UNKNOWN)
    present = [place for place in range(len(factor.names)) if np.any(level == place)]
    asked = present
    if figures.of_every_level:
        asked = [place for place in range(len(factor.names)) if np.any(factor.level == place)]
    usual = [*present, *asked][:1]
    found: list[Check] = []
    for place in asked:
        if place in usual:
            continue
        pair = (usual[0], place)
        names = [f"{factor.factor}={factor.names[at]}" for at in pair]
        what = [f"{name} with {names[1]} minus {names[0]}" for name in figures.names]
        for row in range(len(study.responses.models)):
            found += _of_model(study, figures, level, pair, row, what)
    return found


@dataclass(frozen=True, eq=False)
class _Effect:
    rounds: FloatArray
    """As estimated, and in each round; (1 + B, F)."""
    topics: int


def _of_model(
    study: Study,
    figures: Compared,
    level: IntArray,
    pair: tuple[int, int],
    row: int,
    what: list[str],
) -> Iterator[Check]:
    """Yield the checks of one model, figure by figure: its languages, then their mean."""
    model, languages = study.responses.models[row], study.responses.languages
    effects_of = [_effect(study, figures, level, pair, row, at) for at in range(len(languages))]
    for place, name in enumerate(what):
        defined: list[_Effect] = []
        for language, effect in zip(languages, effects_of, strict=True):
            head = Check(CHECK, name, figures.unit, model, language)
            if isinstance(effect, str):
                yield head.failed(effect)
                continue
            rounds = effect.rounds[:, place]
            yield head.with_estimate(rounds, effect.topics, _CONSTANT, figures.within)
            if not np.isnan(rounds[0]):
                defined.append(effect)
        head = Check(CHECK, name, figures.unit, model)
        if not defined:
            yield head.failed(_ALL_ALIKE)
            continue
        mean = mean_of_defined(np.stack([one.rounds[:, place] for one in defined], axis=1), axis=1)
        topics = max(one.topics for one in defined)
        yield head.with_estimate(mean, topics, _CONSTANT, figures.within)


def _effect(
    study: Study,
    figures: Compared,
    level: IntArray,
    pair: tuple[int, int],
    row: int,
    language: int,
) -> _Effect | str:
    topic, surveyed = study.responses.topic, figures.surveyed(study, language)
    if not surveyed.any():
        return figures.no_truth
    own = study.rows(row, language)
    own = own[surveyed[topic[own]]]
    at_levels = [own[level[own] == place] for place in pair]
    asked = [np.unique(topic[rows]) for rows in at_levels]
    both = np.intersect1d(asked[0], asked[1])
    if both.size < MIN_TOPICS:
        return f"Fewer than {MIN_TOPICS} topics with ground truth have responses at both levels."
    usual, other = (rows[np.isin(topic[rows], both)] for rows in at_levels)
    return _Effect(figures.difference(study, language, usual, other), both.size)


class _Alignment:
    names: tuple[str, ...] = ("alignment",)
    unit = UNIT
    within = (-2.0, 2.0)
    no_truth = "There is no ground truth of the language's speakers."
    of_every_level = True

    def known(self, study: Study) -> BoolArray:
        return np.asarray(~np.isnan(study.responses.polarity))

    def surveyed(self, study: Study, language: int) -> BoolArray:
        return np.asarray(~np.isnan(self._truth(study, language)[0]))

    def difference(
        self, study: Study, language: int, usual: IntArray, other: IntArray
    ) -> FloatArray:
        truth = self._truth(study, language)
        before, after = (self._aligned(study, rows, truth) for rows in (usual, other))
        return (after - before)[:, None]

    def _truth(self, study: Study, language: int) -> FloatArray:
        """Return the ground truth of a language's speakers, NaN without figures; (1, T)."""
        speakers, truth = study.surveyed.speakers[language], study.surveyed.ground_truth
        return np.full_like(truth[:1], np.nan) if speakers == UNKNOWN else truth[[speakers]]

    def _aligned(self, study: Study, rows: IntArray, truth: FloatArray) -> FloatArray:
        cell = tabulate(study.responses.topic[rows], study.responses.polarity[rows])
        return alignment_under(cell, truth, study.weights).value[:, 0]
