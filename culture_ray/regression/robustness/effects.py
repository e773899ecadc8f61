"""Effects of factors of the prompts on alignment: each level against the usual one, over topics."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from culture_ray.measures.cells import tabulate
from culture_ray.measures.resampling.spread import mean_of_defined
from culture_ray.measures.result import FloatArray, IntArray
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


def effects(study: Study, factor: PromptLevels) -> list[Check]:
    """Return the effect of each level of a factor, per model and language and per model.

    It is the alignment of the responses at that level with the language's speakers, minus that of
    the responses at the first level that occurs, over the topics answered at both. Each round draws
    the same topics for both (the joint draws of `cells.csv`), so the difference is paired over
    topics; levels of other factors are pooled. That of a model is the mean over its languages.
    Nothing is returned for a factor with one level.
    """
    present = [place for place in range(len(factor.names)) if np.any(factor.level == place)]
    found = []
    for level in present[1:]:
        for row, model in enumerate(study.responses.models):
            found += _of_model(study, factor, (present[0], level), row, model)
    return found


@dataclass(frozen=True, eq=False)
class _Effect:
    rounds: FloatArray
    """As estimated, and in each round; (1 + B,)."""
    topics: int


def _of_model(
    study: Study, factor: PromptLevels, pair: tuple[int, int], row: int, model: str
) -> list[Check]:
    usual, other = (f"{factor.factor}={factor.names[place]}" for place in pair)
    what = f"alignment with {other} minus {usual}"
    checks, effects_of_languages = [], []
    for column, language in enumerate(study.responses.languages):
        head = Check(CHECK, what, UNIT, model, language)
        effect = _effect(study, factor.level, pair, row, column)
        if isinstance(effect, str):
            checks.append(head.failed(effect))
        else:
            checks.append(head.with_estimate(effect.rounds, effect.topics, _CONSTANT, (-2.0, 2.0)))
            effects_of_languages.append(effect)
    defined = [each for each in effects_of_languages if not np.isnan(each.rounds[0])]
    head = Check(CHECK, what, UNIT, model)
    if not defined:
        return [*checks, head.failed(_ALL_ALIKE)]
    mean = mean_of_defined(np.stack([each.rounds for each in defined], axis=1), axis=1)
    topics = max(each.topics for each in defined)
    return [*checks, head.with_estimate(mean, topics, _CONSTANT, (-2.0, 2.0))]


def _effect(
    study: Study, level: IntArray, pair: tuple[int, int], row: int, column: int
) -> _Effect | str:
    responses, speakers = study.responses, study.surveyed.speakers[column]
    if speakers == UNKNOWN:
        return "There is no ground truth of the language's speakers."
    truth = study.surveyed.ground_truth[[speakers]]
    own = study.rows(row, column)
    usable = ~np.isnan(responses.polarity[own]) & ~np.isnan(truth[0, responses.topic[own]])
    at_levels = [own[usable & (level[own] == place)] for place in pair]
    asked = [np.unique(responses.topic[rows]) for rows in at_levels]
    both = np.intersect1d(asked[0], asked[1])
    if both.size < MIN_TOPICS:
        return f"Fewer than {MIN_TOPICS} topics with ground truth have responses at both levels."
    usual, other = (
        _alignment(study, rows[np.isin(responses.topic[rows], both)], truth) for rows in at_levels
    )
    return _Effect(other - usual, both.size)


def _alignment(study: Study, rows: IntArray, truth: FloatArray) -> FloatArray:
    cell = tabulate(study.responses.topic[rows], study.responses.polarity[rows])
    return alignment_under(cell, truth, study.weights).value[:, 0]
