"""Coarse characteristics: how a mapping names them, and what each value of a column becomes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from culture_ray.errors import UnknownName, WrongValue
from culture_ray.survey.fields import Fields
from culture_ray.survey.microdata.characteristics import Characteristic, read_characteristics
from tests.survey.microdata.layouts import MAKERS, shipped_mapping

AGE = {"column": "age", "ranges": [18, 30, 65], "highest": 120}
GENDER = {"column": "sex", "categories": {"man": [1], "woman": ["2", 3]}}


def read(**entries: Any) -> dict[str, Characteristic]:
    return read_characteristics(Fields.of(entries, "survey.respondents"))


def categories(characteristic: Characteristic, *values: str) -> list[str | None]:
    found = characteristic.of(values, np.array([*range(len(values)), -1]))
    return [None if at < 0 else characteristic.names[at] for at in found]


def test_codes_and_numbers_are_put_into_their_categories() -> None:
    found = read(age=AGE, gender=GENDER)
    assert list(found) == ["age", "gender"]
    ages = categories(found["age"], "17", "18", "29", "29.5", "30", "65", "120", "999", "old")
    assert ages == [None, "18-29", "18-29", "18-29", "30-64", "65+", "65+", None, None, None]
    assert categories(found["gender"], "1", "2", "3", "9") == ["man", "woman", "woman", None, None]


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        ({"column": "sex"}, "either categories or ranges"),
        ({**AGE, **GENDER}, "either categories or ranges"),
        ({"column": "age", "ranges": [30, 18]}, "numbers that rise"),
        ({"column": "age", "ranges": [30]}, "two or more numbers"),
        ({**GENDER, "highest": 9}, "a key beside ranges"),
        ({"column": "sex", "categories": {"man": [1], "woman": [1]}}, "man has it"),
        ({"column": "sex", "categories": {"man": [1]}}, "two or more categories"),
        ({"column": "sex", "categories": {"a=b": [1], "woman": [2]}}, "a name of letters"),
        ({"column": "sex", "categories": {"man": [True], "woman": [2]}}, "a list of codes"),
        ({"categories": {"man": [1], "woman": [2]}}, r"survey.respondents.it.column"),
    ],
)
def test_an_entry_that_cannot_be_used_is_named(entry: dict[str, Any], expected: str) -> None:
    with pytest.raises(WrongValue, match=expected):
        read(it=entry)


def test_an_unknown_key_and_a_second_country_are_refused() -> None:
    with pytest.raises(UnknownName, match="range"):
        read(age={"column": "age", "range": [1, 2]})
    with pytest.raises(WrongValue, match="the country is always one"):
        read(country=GENDER)


@pytest.mark.parametrize("name", [name for name in MAKERS if name != "afrobarometer9"])
def test_shipped_surveys_tell_gender_and_age(name: str) -> None:
    found = shipped_mapping(name).respondents
    assert {"gender", "age"} <= set(found)
    assert found["age"].names[-1] == "65+"
