"""Gaps in ground truth: topics that a population was not asked, or of which no figure is known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from culture_ray.errors import MissingGroundTruth
from culture_ray.survey.ground_truth import GroundTruth


@dataclass(frozen=True)
class Gap:
    """A topic without ground truth for a population."""

    topic: str
    population: str


def check_topics(
    ground_truth: GroundTruth,
    topics: Sequence[str],
    populations: Sequence[str],
    *,
    allow_gaps: bool = False,
) -> tuple[Gap, ...]:
    """Return the gaps among `topics` and `populations` (names, or `["all"]`).

    Raises MissingGroundTruth for gaps unless `allow_gaps`, and always for a topic that none of the
    populations answered. Raises UnknownName for a population without figures.
    """
    chosen = ground_truth.for_populations(populations).for_topics(topics)
    absent = np.isnan(chosen.value_polarity)
    unanswered = [topics[column] for column in np.flatnonzero(absent.all(axis=0))]
    if unanswered:
        raise MissingGroundTruth(
            f"no ground truth in {chosen.source} for {_some('topic', unanswered)} in "
            f"{_some('population', [p.name for p in chosen.populations])}: "
            "leave them out with topics.only, or choose figures that cover them"
        )
    gaps = tuple(
        Gap(topics[column], chosen.populations[row].name)
        for column, row in zip(*np.nonzero(absent.T), strict=True)
    )
    if gaps and not allow_gaps:
        shown = [f"{gap.topic} in {gap.population}" for gap in gaps]
        raise MissingGroundTruth(
            f"no ground truth in {chosen.source} for {_some('cell', shown)}: leave the topic out "
            "with topics.only, or the population with populations.compare"
        )
    return gaps


def _some(noun: str, names: Sequence[str], shown: int = 6) -> str:
    plural = noun if len(names) == 1 else f"{len(names)} {noun}s:"
    return f"{plural} {', '.join(names[:shown])}{', ...' if len(names) > shown else ''}"
