"""Groups of respondents: figures whose intervals are too short are given without them."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import numpy as np
import pytest

from culture_ray.measures.respondents.samples import NOBODY, ModelAnswers
from culture_ray.stages.regress.groups.groups import country_rows
from culture_ray.stages.regress.groups.samples import fewest_prompts
from culture_ray.survey.profiles import Profile
from tests.measures.respondents.worlds import PROFILES, World

WORLD = World.of(1)


def answers(prompts: int, plain: int) -> ModelAnswers:
    """Return answers to `prompts` prompts of a topic, `plain` of them without a persona too."""
    made = WORLD.responses(1, 0.5, 0.15, prompts=prompts)
    kept = (made.profile != NOBODY) | (made.prompt % prompts < plain)
    names = ("profile", "topic", "prompt", "share")
    return ModelAnswers(*(getattr(made, name)[kept] for name in names))


def rows(responses: ModelAnswers) -> dict[str, list[dict[str, Any]]]:
    profiles = [
        Profile("DK", {f"c{k}": str(at) for k, at in enumerate(categories)})
        for categories in PROFILES
    ]
    found = defaultdict(list)
    for row in country_rows(profiles, WORLD.survey(400, 1), responses, 20, 1):
        found[row["measure"]].append(row)
    return found


@pytest.mark.parametrize(("prompts", "plain"), [(2, 2), (3, 3), (4, 2)])
def test_gain_has_no_interval_with_fewer_than_four_prompts_of_a_topic(
    prompts: int, plain: int
) -> None:
    found = rows(answers(prompts, plain))
    assert len(found["gain"]) > 1
    for row in found["gain"]:
        assert row["value"] is not None
        assert row["std_error"] is row["ci_low"] is row["ci_high"] is None
        assert "fewer than 4 prompts" in row["reason"]
    assert all(row["ci_low"] is not None for row in found["wasserstein"])


def test_gain_has_an_interval_from_four_prompts_on() -> None:
    for row in rows(answers(4, 4))["gain"]:
        assert row["ci_low"] < row["value"] < row["ci_high"]
        assert row["reason"] is None


def test_the_topic_with_the_fewest_prompts_counts() -> None:
    made = answers(4, 2)
    assert fewest_prompts(made) == 4
    assert fewest_prompts(made, plain=True) == 2
    alone = made.prompt % 4 > 0
    fewer = ModelAnswers(
        *(getattr(made, name)[alone | (made.topic > 0)]
          for name in ("profile", "topic", "prompt", "share"))
    )  # fmt: skip
    assert fewest_prompts(fewer) == 3
    nobody = np.zeros(0, np.int64)
    assert fewest_prompts(ModelAnswers(nobody, nobody, nobody, np.zeros((0, 4)))) == 0
