"""Effects of factors of the prompts on the distances between models' and people's answers."""

from __future__ import annotations

import numpy as np

from culture_ray.measures.answer_distances import DISTANCES
from culture_ray.measures.result import BoolArray, FloatArray, IntArray
from culture_ray.regression.robustness.checks import Check
from culture_ray.regression.robustness.effects import compared_levels
from culture_ray.regression.robustness.study import PromptLevels, Study

UNIT = "difference of means over topics"


def distance_effects(study: Study, factor: PromptLevels) -> list[Check]:
    """Return the effect of each level of a factor on each measure of distances.csv.

    A measure compares the mean distribution of the responses to a topic at a level with that of the
    language's speakers. Nothing is returned without distributions of both.
    """
    if study.responses.shares is None or study.surveyed.answers is None:
        return []
    return compared_levels(study, factor, _Distances())


class _Distances:
    names: tuple[str, ...] = tuple(DISTANCES)
    unit = UNIT
    within = (-1.0, 1.0)
    no_truth = "There are no distributions of the answers of the language's speakers."
    of_every_level = False  # interviews have no distributions of answers

    def known(self, study: Study) -> BoolArray:
        assert study.responses.shares is not None
        return np.asarray(~np.isnan(study.responses.shares).all(axis=1))

    def surveyed(self, study: Study, language: int) -> BoolArray:
        assert study.surveyed.answers is not None
        return np.asarray(~np.isnan(study.surveyed.answers[language]).all(axis=1))

    def difference(
        self, study: Study, language: int, usual: IntArray, other: IntArray
    ) -> FloatArray:
        """Return the mean over topics of the distance at one level minus that at the other."""
        topics = np.unique(study.responses.topic[usual])
        change = np.array(
            [
                self._distances(study, language, topic, other)
                - self._distances(study, language, topic, usual)
                for topic in topics
            ]
        )
        weights = study.weights[:, topics]
        total = weights.sum(axis=1, keepdims=True)
        # A round that draws none of these topics has no figure.
        return np.asarray(weights @ change / np.where(total > 0, total, np.nan))

    def _distances(self, study: Study, language: int, topic: int, rows: IntArray) -> FloatArray:
        """Return every measure for one topic; (F,)."""
        assert study.responses.shares is not None and study.surveyed.answers is not None
        people = study.surveyed.answers[language, topic]
        scale = ~np.isnan(people)
        own = study.responses.shares[rows[study.responses.topic[rows] == topic]].mean(axis=0)[scale]
        return np.array([measure(own, people[scale]) for measure in DISTANCES.values()])
