"""Simulated surveys and models of known truth: intervals cover it, and flattening is found."""

from __future__ import annotations

from collections import defaultdict

import numpy as np
import pytest

from culture_ray.measures.respondents.between import between_groups
from culture_ray.measures.respondents.correlations import item_correlation
from culture_ray.measures.respondents.fidelity import fidelity
from culture_ray.measures.respondents.figures import RespondentFigure
from culture_ray.measures.respondents.resampling import degrees_of_freedom, resampled
from tests.measures.respondents.worlds import PROFILES, SCALES, World, members_of

STUDIES = 100
KEPT, SHIFT = 0.5, 0.15
"""The model keeps half of each profile's difference from everybody, and leans to the high end."""


@pytest.mark.slow
def test_intervals_cover_the_truth_of_groups_as_often_as_they_say() -> None:
    covered: dict[str, list[bool]] = defaultdict(list)
    errors: dict[str, list[float]] = defaultdict(list)

    def note(name: str, figure: RespondentFigure, truth: float) -> None:
        if not np.isnan(figure.value):
            covered[name].append(figure.low <= truth <= figure.high)
            errors[name].append(figure.value - truth)

    for seed in range(STUDIES):
        world = World.of(seed % 10)
        people = world.survey(800, seed)
        answers = world.responses(seed, KEPT, SHIFT)
        rounds = resampled(people, answers, len(PROFILES), 120, 1)
        df = degrees_of_freedom(people)
        ages = rounds.groups(members_of(1))
        profiles = [np.array([at]) for at in range(len(PROFILES))]
        for name, members in (("age", members_of(1)), ("profile", profiles)):
            found = between_groups(rounds.groups(members), SCALES, df)
            of_people, of_model, both = world.between(members, KEPT, SHIFT)
            note(f"people_variance {name}", found["people_variance"], of_people)
            note(f"model_variance {name}", found["model_variance"], of_model)
            note(f"variance_kept {name}", found["variance_kept"], of_model / of_people)
            note(f"steerability {name}", found["steerability"], both / of_people)
        truth = world.group(members_of(1)[0], KEPT, SHIFT)
        for name, figure in fidelity(ages, rounds, 0, df).items():
            if name in truth:
                note(name, figure, truth[name])

    for name, hits in covered.items():
        assert len(hits) > 0.9 * STUDIES, name
        # 3 standard errors of a share of 100 studies; being on the safe side is no fault.
        assert np.mean(hits) >= 0.95 - 3 * np.sqrt(0.95 * 0.05 / len(hits)), name
        spread = np.std(errors[name]) / np.sqrt(len(hits))
        assert abs(np.median(errors[name])) < 4 * spread + 0.005, name


def test_a_perfect_model_reaches_the_ceiling_of_item_correlations() -> None:
    world = World.of(1)
    people = world.survey(3000, 1)
    answers = world.responses(1, 1.0, prompts=60)
    rounds = resampled(people, answers, len(PROFILES), 10, 1)
    found = item_correlation(people, rounds, degrees_of_freedom(people))
    assert found.figure.value == pytest.approx(found.ceiling, abs=0.1)
    assert 0.3 < found.ceiling < 1
    shuffled = world.responses(1, -1.0, prompts=60)
    opposite = resampled(people, shuffled, len(PROFILES), 10, 1)
    same = item_correlation(people, opposite, degrees_of_freedom(people)).figure
    # Signs of both items turn, so that the pattern of their products does not.
    assert same.value == pytest.approx(found.figure.value, abs=0.15)
