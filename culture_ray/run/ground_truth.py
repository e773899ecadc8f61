"""The ground truth that a run is compared with."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from culture_ray.errors import (
    MissingGroundTruth,
    NoSpeakers,
    UnknownName,
    UserError,
    WrongValue,
)
from culture_ray.settings.run import Settings
from culture_ray.survey.ground_truth import GroundTruth
from culture_ray.survey.ground_truth_gaps import check_topics
from culture_ray.survey.ground_truth_table import read_ground_truth


def ground_truth_of(settings: Settings) -> GroundTruth:
    """Return the ground truth of the run's topics and populations.

    Raises MissingGroundTruth for a gap, and for a language without figures of its speakers, unless
    the run allows gaps or was imported; always for a topic without any ground truth. Raises
    UnknownName for an unknown population.
    """
    if not settings.protocols:  # a run of benchmarks alone is compared with no population
        none = np.empty((0, 0))
        return GroundTruth((), (), none, none, none, settings.populations.source)
    truth = read_ground_truth(settings.populations_table, settings.populations.source)
    names = [population.name for population in truth.populations]
    for name in settings.populations.compare:
        if name not in {*names, "all"}:
            raise _unknown(truth, name, "populations.compare", "all")
    if settings.populations.us not in names:
        raise _unknown(truth, settings.populations.us, "populations.us")
    topics = settings.topic_ids
    if settings.imported is None:
        check_topics(
            truth,
            topics,
            settings.populations.compare,
            allow_gaps=settings.allow_missing_ground_truth
            or settings.populations.compare == ("all",),
        )
    chosen = truth.for_populations(settings.populations.compare).for_topics(topics)
    # Imported responses are analysed as far as they can be; cells.csv has a note.
    allowed = settings.allow_missing_ground_truth or settings.imported is not None
    for language in without_speakers(settings.languages, chosen):
        if not allowed:
            missing = NoSpeakers if truth.speakers_of(language) is None else MissingGroundTruth
            raise missing(
                f"the speakers of '{language}' are not among the populations to compare with "
                f"({', '.join(settings.populations.compare)} of {settings.populations.name}): "
                f"{_speakers_hint(truth, language)}"
            )
    return chosen


def _unknown(truth: GroundTruth, name: str, where: str, *more: str) -> UserError:
    """Return the refusal of a population without figures, or of one named by its label."""
    meant = next((p for p in truth.populations if p.label.casefold() == name.casefold()), None)
    if meant is not None:
        return WrongValue(where, name, f"its code: {meant.label} is {meant.name}")
    return UnknownName("population", name, [*(p.name for p in truth.populations), *more], where)


def without_speakers(languages: Iterable[str], truth: GroundTruth) -> list[str]:
    """Return the languages whose speakers have no figures, with which they could be compared."""
    return [language for language in languages if truth.speakers_of(language) is None]


def _speakers_hint(truth: GroundTruth, language: str) -> str:
    speakers = truth.speakers_of(language)
    if speakers is None:
        return (
            "leave the language out, choose populations=... that include its speakers, or add "
            "allow_missing_ground_truth=true to compare it with the other populations only"
        )
    return f"add '{speakers.name}' to populations.compare, or leave the language out"
