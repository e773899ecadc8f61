"""The ground truth that a run is compared with."""

from __future__ import annotations

from culture_ray.errors import MissingGroundTruth
from culture_ray.stages.settings import Settings
from culture_ray.survey.ground_truth import GroundTruth, check_topics, read_ground_truth


def ground_truth_of(settings: Settings) -> GroundTruth:
    """Return the ground truth of the run's topics and populations.

    Raises MissingGroundTruth for a gap, unless the run allows it; a topic that no population was
    asked is always an error.
    """
    truth = read_ground_truth(settings.populations_table, settings.populations.source)
    topics = [topic.id for topic in settings.topics]
    check_topics(
        truth,
        topics,
        settings.populations.compare,
        allow_gaps=settings.allow_missing_ground_truth or settings.populations.compare == ("all",),
    )
    chosen = truth.for_populations(settings.populations.compare).for_topics(topics)
    for language in settings.languages:
        if chosen.speakers_of(language) is None:
            raise MissingGroundTruth(
                f"no population in {settings.populations.name} speaks '{language}': leave the "
                f"language out, or choose populations=... that holds its speakers"
            )
    return chosen
