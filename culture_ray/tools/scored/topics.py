"""Topics of scored responses: those of the catalogue, those with ground truth, and others."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import numpy as np
import pandas as pd

from culture_ray.errors import BadTable, UnknownName
from culture_ray.report.formatting import counted
from culture_ray.survey.ground_truth import GroundTruth


def unknown_topics(
    topics: pd.Series[str],
    catalogue: Sequence[str],
    surveyed: Collection[str],
    *,
    allow: bool,
) -> dict[str, int]:
    """Return the number of responses by topic that is neither in the catalogue nor surveyed.

    `surveyed` are the topics of the chosen populations. Raises BadTable for such topics unless they
    are allowed.
    """
    known = {*catalogue, *surveyed}
    counts = topics[~topics.isin(list(known))].value_counts()
    unknown = {str(topic): int(count) for topic, count in counts.items()}
    if unknown and not allow:
        listed = ", ".join(f"{topic} ({count})" for topic, count in list(unknown.items())[:8])
        first = next(iter(unknown))
        hint = str(UnknownName("topic", first, known))
        raise BadTable(
            f"{sum(unknown.values())} responses are about {counted(len(unknown), 'topic')} outside "
            f"the catalogue: {listed}; {hint}{' ' if hint.endswith('?') else '; '}"
            f"rename.topic={{{first}: ID}} names the topic; allow_unknown_topics=true imports them"
        )
    return unknown


def without_ground_truth(topics: pd.Series[str], truth: GroundTruth) -> Mapping[str, int]:
    """Return the number of responses by topic that none of the populations was asked about."""
    asked = np.flatnonzero(~np.isnan(truth.value_polarity).all(axis=0))
    has = {truth.topics[index] for index in asked}
    counts = topics[~topics.isin(list(has))].value_counts()
    return {str(topic): int(count) for topic, count in counts.items()}
