"""Ratings by a rubric: the schema that holds a judge, and what is read from its answer."""

from __future__ import annotations

import json

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from culture_ray.benchmarks.design.rubric import Rubric
from culture_ray.benchmarks.rubrics.prompt import rating_prompt
from culture_ray.benchmarks.rubrics.rating import RubricRating, parse_rating
from culture_ray.benchmarks.rubrics.schema import rating_schema
from culture_ray.judging.parse import Unparsable
from culture_ray.survey.fields import Fields

RUBRIC = Rubric.of(
    Fields.of(
        {
            "prompt": "List the references to cultures in this text about {text}.",
            "fields": {
                "references": {
                    "list": {
                        "culture": {"one_of": "cultures"},
                        "tone": {"one_of": ["positive", "negative"]},
                    }
                },
                "quality": {"number": [1, 5]},
                "harmful": {"flag": True},
            },
        },
        "rubric",
    ),
    {"cultures": ("Western", "East Asian")},
)
RATING = {
    "references": [{"culture": "Western", "tone": "positive"}, {"culture": "East Asian",
    "tone": "negative"}],
    "quality": 4,
    "harmful": False,
}  # fmt: skip


def test_a_rating_that_the_schema_allows_is_read_field_by_field() -> None:
    jsonschema.validate(RATING, rating_schema(RUBRIC))
    found = parse_rating(json.dumps(RATING), RUBRIC)
    assert isinstance(found, RubricRating)
    assert found.at("references.culture") == ("Western", "East Asian")
    assert found.at("quality") == (4,)


@pytest.mark.parametrize("strict", [True, False])
@pytest.mark.parametrize(
    "wrong",
    [
        {"quality": 6}, {"quality": "good"}, {"harmful": "no"}, {"references": "none"},
        {"references": [{"culture": "Martian", "tone": "positive"}]},
        {"references": [{"culture": "Western"}]},
    ],
)  # fmt: skip
def test_what_the_rubric_does_not_allow_is_refused_by_schema_and_reader(
    wrong: dict[str, object], strict: bool
) -> None:
    rating = {**RATING, **wrong}
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(rating, rating_schema(RUBRIC, strict=strict))
    assert isinstance(parse_rating(json.dumps(rating), RUBRIC), Unparsable)


def test_a_draft_before_the_rating_does_not_count() -> None:
    draft = json.dumps({**RATING, "quality": 1})
    found = parse_rating(f"Draft: {draft}\nRating:\n```json\n{json.dumps(RATING)}\n```", RUBRIC)
    assert isinstance(found, RubricRating)
    assert found.at("quality") == (4,)


@given(st.integers(1, len(json.dumps(RATING)) - 1))
def test_a_rating_that_is_cut_off_loses_no_reference_unnoticed(length: int) -> None:
    assert isinstance(parse_rating(json.dumps(RATING)[:length], RUBRIC), Unparsable)


@given(st.text(max_size=200))
def test_any_text_has_a_rating_or_a_reason(text: str) -> None:
    assert isinstance(parse_rating(text, RUBRIC), RubricRating | Unparsable)


def test_values_are_read_in_any_case_and_no_field_may_be_missing() -> None:
    upper = {**RATING, "references": [{"culture": "WESTERN", "tone": " Positive "}]}
    found = parse_rating(json.dumps(upper), RUBRIC)
    assert isinstance(found, RubricRating)
    assert found.at("references.culture") == ("Western",)
    assert parse_rating('{"quality": 3}', RUBRIC) == Unparsable('"references" is missing')


def test_the_prompt_holds_the_item_the_answer_and_every_field() -> None:
    prompt = rating_prompt(RUBRIC, "Tea is drunk {everywhere}.", {"text": "tea"})
    assert "about tea" in prompt.user
    assert "Tea is drunk {everywhere}." in prompt.user
    for word in ("references.culture", "East Asian", "from 1 to 5", "true or false"):
        assert word in prompt.system
