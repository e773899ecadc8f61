"""Groups that scores name must have items; figures that cannot be had are refused."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from culture_ray.errors import UserError
from tests.benchmarks.items.sources import changed, read, write_csv

RUBRIC = {"prompt": "Rate.", "fields": {"n": {"number": [1, 5]}, "w": {"one_of": ["good", "bad"]}}}


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        ({"scores": {"contrasts": {"gap": {"over": "kind", "of": ["place", "person"]}}}},
         "benchmark.b.scores.contrasts.gap: no item of group 'person' of kind; the groups are "
         "place, thing"),
        ({"scores": {"accuracy": {"where": {"kind": "person"}}}}, "b.scores.accuracy.where"),
        ({"capability": {"use": "accuracy", "where": {"kind": "person"}}}, "b.capability.where"),
        ({"capability": {"use": "accuracy", "also": {"x": {"kind": "person"}}}},
         "b.capability.also.x"),
        ({"scores": {"votes": {}}}, "votes='votes' cannot be used: expected answer.kind short"),
        ({"scores": {"lexicon": {}}}, "expected terms in answer.lexicon"),
        ({"scores": {"layers": {}}}, "expected answer.kind layers: it is option"),
        ({"scores": {"m": {"figure": "mean"}}}, "expected the field of a rubric in of"),
        ({"rubric": RUBRIC, "scores": {"m": {"figure": "mean", "of": "w"}}},
         "scores.m='w' cannot be used: expected a field with numbers: it is one_of"),
        ({"rubric": RUBRIC, "scores": {"s": {"share": "w", "is": "worse"}}},
         "scores.s.is='worse' cannot be used: expected one of good, bad"),
        ({"rubric": {**RUBRIC, "prompt": "Rate {qeustion}."}},
         "rubric.prompt='{qeustion}' cannot be used: expected one of {answer}, {text}"),
    ],
)  # fmt: skip
def test_a_score_that_would_be_empty_is_one_line(
    parts: Mapping[str, Any], message: str, tmp_path: Path
) -> None:
    write_csv(tmp_path / "eng.csv")
    with pytest.raises(UserError) as caught:
        read(tmp_path, changed(**parts))
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_groups_and_values_that_are_there_are_taken(tmp_path: Path) -> None:
    write_csv(tmp_path / "eng.csv")
    scores = {
        "n": {"figure": "mean", "of": "n"}, "w": {"share": "w", "is": "good"},
        "contrasts": {"gap": {"over": "kind", "of": ["place", "thing"]}},
    }  # fmt: skip
    assert read(tmp_path, changed(rubric=RUBRIC, scores=scores)).tables["en"].num_rows == 3
