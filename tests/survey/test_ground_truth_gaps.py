"""Topics without a figure are named, or allowed and counted."""

from __future__ import annotations

from pathlib import Path

import pytest

from culture_ray.errors import MissingGroundTruth
from culture_ray.survey.ground_truth_gaps import Gap, check_topics
from tests.survey.made_up_figures import ROWS, read


def test_a_topic_without_ground_truth_names_topic_and_population(tmp_path: Path) -> None:
    truth = read(tmp_path, ROWS)
    assert check_topics(truth, ["f120"], ["all"]) == ()
    with pytest.raises(MissingGroundTruth, match="e035 in NA, e035 in world"):
        check_topics(truth, ["f120", "e035"], ["DK", "NA", "world"])


def test_gaps_can_be_allowed_and_counted(tmp_path: Path) -> None:
    truth = read(tmp_path, ROWS)
    found = check_topics(truth, ["f120", "e035"], ["DK", "NA", "world"], allow_gaps=True)
    assert found == (Gap("e035", "NA"), Gap("e035", "world"))


def test_a_topic_that_no_population_answered_is_never_allowed(tmp_path: Path) -> None:
    truth = read(tmp_path, ROWS)
    with pytest.raises(MissingGroundTruth, match=r"topic h010 in 5 populations: DK, BE"):
        check_topics(truth, ["f120", "h010"], ["all"], allow_gaps=True)
