"""Shares of answers, by response and by the speakers of a language, for the effects of asking."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd

from culture_ray.labels.read import RULE
from culture_ray.measures.result import FloatArray
from culture_ray.settings.run import Settings
from culture_ray.stages.measure.answers import offered_responses, response_shares
from culture_ray.survey.answer_shares import AnswerShares
from culture_ray.survey.ground_truth import GroundTruth

Shares = Mapping[tuple[str, str], AnswerShares]
"""Distributions of answers by population and topic."""


def shares_of_labels(settings: Settings, labels: pd.DataFrame) -> FloatArray | None:
    """Return the shares of the answers that each label is made of; (n, K).

    NaN beyond the scale of a topic, and for labels of a judge or without an answer that counts.
    None if no protocol offers answers. `labels` are those of `measured_labels`.
    """
    rows = offered_responses(settings, labels)
    if rows is None:
        return None
    scales = {topic.id: topic.scale for topic in settings.topics}
    found = np.full((len(labels), _widest(len(scale.answers) for scale in scales.values())), np.nan)
    by_rule = (labels["judge"] == RULE) & ~labels["excluded"]
    ids = labels["response_id"].to_numpy()
    names = labels["topic"].to_numpy()
    place = {(ids[at], names[at]): at for at in np.flatnonzero(by_rule)}
    for row in rows.to_pylist():
        for topic, shares in response_shares(row, settings.languages[row["language"]], scales):
            at = place.get((row["request_id"], topic))
            if at is not None:
                found[at, : len(shares)] = shares
    return found


def shares_of_speakers(languages: Iterable[str], truth: GroundTruth, answers: Shares) -> FloatArray:
    """Return the shares of the answers of each language's speakers; (L, T, K), NaN if unknown."""
    codes = list(languages)
    width = _widest(len(one.share) for one in answers.values())
    found = np.full((len(codes), len(truth.topics), width), np.nan)
    for row, code in enumerate(codes):
        speakers = truth.speakers_of(code)
        for column, topic in enumerate(truth.topics):
            if speakers is not None and (speakers.name, topic) in answers:
                share = answers[speakers.name, topic].share
                found[row, column, : len(share)] = share
    return found


def _widest(sizes: Iterable[int]) -> int:
    return max(sizes, default=0)
