"""Gold ratings, and the error of a judge against them."""

from __future__ import annotations

import pytest
import yaml

from culture_ray.benchmarks.rubrics.gold import read_gold_ratings, rubric_errors
from culture_ray.benchmarks.rubrics.rating import RubricRating
from culture_ray.errors import BadTable
from tests.benchmarks.rubrics.test_rating import RATING, RUBRIC


def _read(*entries: dict[str, object]) -> list[object]:
    return [*read_gold_ratings(yaml.safe_dump(list(entries)), "gold.yaml", RUBRIC, {"q1", "q2"})]


def test_a_gold_file_with_an_id_that_no_item_has_is_refused() -> None:
    expected = r"gold\.yaml: no item of the benchmark has the id q9; its ids are q1, q2"
    with pytest.raises(BadTable, match=expected):
        _read({"id": "q9", "answer": "Tea.", "rating": RATING})


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ({"id": "q1", "answer": "Tea."}, "entry 1: no rating"),
        ({"id": "q1", "answer": "Tea.", "rating": {**RATING, "quality": 9}}, "not between 1 and 5"),
        ({"id": "q1", "answer": "Tea.", "rating": 4}, "not a mapping"),
    ],
)
def test_a_rating_that_the_rubric_does_not_allow_is_refused(
    entry: dict[str, object], message: str
) -> None:
    with pytest.raises(BadTable, match=message):
        _read(entry)


def test_an_answer_is_rated_once() -> None:
    one = {"id": "q1", "answer": "Tea.", "rating": RATING}
    with pytest.raises(BadTable, match="rated twice"):
        _read(one, one)


def test_the_error_of_a_judge_is_measured_field_by_field() -> None:
    judged = {
        **RATING,
        "quality": 5,
        "references": [{"culture": "Western", "tone": "negative"}],
    }
    pairs = [(RubricRating(RATING), RubricRating(judged)), (RubricRating(RATING),) * 2]
    found = {one.path: one for one in rubric_errors(RUBRIC, pairs)}
    assert found["quality"].agreement == 0.5
    assert found["quality"].bias == 0.5
    assert found["references.culture"].agreement == pytest.approx(2 * 3 / 7)
    assert found["harmful"].agreement == 1
