"""Figures of free texts from the ratings that a judge gave them."""

from __future__ import annotations

import numpy as np
import pytest

from culture_ray.benchmarks.design.scores import Scores, ScoreSpec
from culture_ray.benchmarks.scoring.benchmark_figures import benchmark_figures
from culture_ray.benchmarks.scoring.rubric_scores import RatedAnswer, with_ratings
from culture_ray.benchmarks.scoring.score_matrix import ScoreCell, ScoreMatrix
from tests.benchmarks.rubrics.test_rating import RUBRIC

CELLS = (ScoreCell("m", "en", "baseline"), ScoreCell("m", "en", "agents"))
ITEMS = tuple(f"q{i}" for i in range(8))


def _rated(cell: int, item: str, cultures: list[str], quality: int) -> RatedAnswer:
    references = [{"culture": culture, "tone": "positive"} for culture in cultures]
    return RatedAnswer(
        CELLS[cell], item, {"references": references, "quality": quality, "harmful": False}
    )


def _matrix() -> ScoreMatrix:
    ratings = [
        *(_rated(0, item, ["Western", "Western"], 2) for item in ITEMS),
        *(_rated(1, item, ["Western", "East Asian"], 4) for item in ITEMS),
        _rated(1, "q0", [], 5),
        _rated(1, "unknown", ["Western"], 1),
    ]
    empty = ScoreMatrix(ITEMS, ITEMS, {}, CELLS, {})
    return with_ratings(empty, ratings, RUBRIC)


def test_references_are_counted_and_numbers_averaged_over_the_answers_to_an_item() -> None:
    matrix = _matrix()
    assert matrix.counts["references.culture"].counts[:, 0].tolist() == [[2, 0]] * 8
    assert matrix.scores["quality"][0].tolist() == [2, 4.5]
    assert matrix.counts["harmful"].categories == ("true", "false")


def test_distribution_entropy_share_and_mean_are_figures_of_a_rubric() -> None:
    specs = {
        "distribution": ScoreSpec("distribution", "distribution", of="references.culture"),
        "entropy": ScoreSpec("entropy", "entropy", of="references.culture", over="item_then_mean",
                             normalised=True),
        "positive": ScoreSpec("positive", "share", of="references.tone", value="positive"),
        "quality": ScoreSpec("quality", "mean", of="quality"),
    }  # fmt: skip
    found = benchmark_figures(_matrix(), Scores(specs), rounds=50, seed=0)
    value = {(r.condition, r.figure, r.category): r.value for r in found.rows}
    assert value["baseline", "distribution", "Western"] == 1
    assert value["agents", "distribution", "East Asian"] == 0.5
    assert value["baseline", "entropy", None] == 0
    assert value["agents", "entropy", None] == pytest.approx(1)
    assert value["agents", "positive", None] == 1
    assert value["baseline", "quality", None] == 2


def test_entropy_over_answers_is_that_of_the_whole_distribution() -> None:
    specs = {"entropy": ScoreSpec("entropy", "entropy", of="references.culture", over="answers")}
    found = benchmark_figures(_matrix(), Scores(specs), rounds=50, seed=0)
    assert found.rows[1].value == pytest.approx(np.log(2))
