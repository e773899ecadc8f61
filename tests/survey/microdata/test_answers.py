"""Answers are read as codes, as labels, and from the columns of a split ballot."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from culture_ray.errors import BadTable, WrongValue
from culture_ray.survey.microdata.mapping import SurveyMapping
from culture_ray.survey.microdata.read_mapping import mapping_of
from culture_ray.survey.microdata.recode import NO_ANSWER
from culture_ray.survey.microdata.respondents import Microdata, read_microdata
from tests.survey.microdata.layouts import catalogue

TRUST = {
    "label": "Trust in the courts",
    "scale": {"points": 4, "low": "a great deal", "high": "none at all"},
    "pro": [1, 2],
    "con": [3, 4],
}
LABELS = {"A great deal": 1, "Quite a lot": 2, "Not very much": 3, "None at all": 4}


def survey(item: dict[str, Any], **more: Any) -> SurveyMapping:
    """Return the mapping of a survey with one item of its own."""
    content = {
        "name": "mine", "title": "the file of my survey", "source": "a test",
        "country": {"column": "country", "codes": "iso3166"}, "weights": {"within": []},
        "items": {"courts": {**TRUST, **item}},
    }  # fmt: skip
    mapping = mapping_of(content | more, catalogue())
    assert isinstance(mapping, SurveyMapping)
    return mapping


def read(folder: Path, item: dict[str, Any], columns: dict[str, Any], **more: Any) -> Microdata:
    path = folder / "mine.csv"
    pd.DataFrame({"country": "Denmark"} | columns).to_csv(path, index=False)
    return read_microdata([path], survey(item, **more))


def given(people: Microdata) -> list[int]:
    """Return the answers, 0 for none."""
    codes = people.answers["courts"]
    return np.where(codes == NO_ANSWER, 0, codes).tolist()


def test_labels_with_a_code_each_are_read_beside_codes(tmp_path: Path) -> None:
    said = ["A GREAT DEAL", " none  at all ", "Quite a lot", "3", "Refused", "9", "Don't know"]
    item = {"column": "q1", "recode": LABELS, "missing_codes": ["refused", 9]}
    people = read(tmp_path, item, {"q1": said}, missing_codes=["Don't know"])
    assert given(people) == [1, 4, 2, 3, 0, 0, 0]


def test_labels_in_files_of_dictionaries_are_read(tmp_path: Path) -> None:
    path = tmp_path / "mine.parquet"
    frame = pd.DataFrame({"country": "DNK", "q1": pd.Categorical(LABELS)})
    frame.to_parquet(path)
    people = read_microdata([path], survey({"column": "q1", "recode": LABELS}))
    assert given(people) == [1, 2, 3, 4]


def test_a_label_without_a_code_is_told_with_what_to_write(tmp_path: Path) -> None:
    with pytest.raises(BadTable) as caught:
        read(tmp_path, {"column": "q1", "recode": LABELS}, {"q1": ["None at all", "Some"]})
    told = "holds text instead of numbers, 'Some'; export the file with codes, not with value"
    assert told in str(caught.value)
    assert "recode of courts (conf/survey)" in str(caught.value)


def test_codes_off_the_scale_name_the_key_that_makes_them_missing(tmp_path: Path) -> None:
    with pytest.raises(BadTable, match=r"9 \(1 times\); .*missing_codes \(conf/survey\)"):
        read(tmp_path, {"column": "q1"}, {"q1": [1, 9]})


def test_a_split_ballot_is_one_item_with_a_recode_for_each_form(tmp_path: Path) -> None:
    reversed_form = {"column": "q1_b", "recode": "reversed", "missing_codes": [8]}
    columns = {"q1_a": [1, 4, None, None, None, 2], "q1_b": [None, None, 1, 4, 8, 2]}
    people = read(tmp_path, {"columns": ["q1_a", reversed_form]}, columns)
    assert given(people) == [1, 4, 4, 1, 0, 2]
    assert [topic.id for topic in people.topics] == ["courts"]
    twice = "respondents with several answers to courts, q1_b not counted"
    assert [(notice.text, notice.count) for notice in people.notices] == [(twice, 1)]


def test_a_form_that_the_file_lacks_is_told_and_the_others_are_read(tmp_path: Path) -> None:
    people = read(tmp_path, {"columns": ["q1_a", "q1_b"]}, {"q1_a": [1, 2]})
    assert given(people) == [1, 2]
    (notice,) = people.notices
    assert notice.text == (
        "topics with answers from their other columns, as the file lacks these: courts "
        "(q1_b, nearest q1_a)"
    )


def test_a_survey_of_one_country_needs_no_column_for_it(tmp_path: Path) -> None:
    path = tmp_path / "mine.csv"
    pd.DataFrame({"q1": [1, 2]}).to_csv(path, index=False)
    one = {"country": {"constant": "Denmark"}, "language": {"constant": "dan"}}
    people = read_microdata([path], survey({"column": "q1"}, **one), by=["country", "language"])
    assert people.columns["country"].values == ("DK",)
    assert people.columns["language"].values == ("da",)
    assert given(people) == [1, 2]
    with pytest.raises(WrongValue, match=r"survey\.country\.column='c' .*one of constant and"):
        survey({"column": "q1"}, country={"constant": "DK", "column": "c"})


@pytest.mark.parametrize(
    ("values", "countries"),
    [
        ([208, 36, 840], ("AU", "DK", "US")),
        (["036", "208.0", "Namibia"], ("AU", "DK", "NA")),
        (["DNK", ".", "#NULL!"], ("DK",)),
    ],
)
def test_countries_may_be_numbers_and_marks_are_no_country(
    tmp_path: Path, values: list[Any], countries: tuple[str, ...]
) -> None:
    people = read(tmp_path, {"column": "q1"}, {"country": values, "q1": 1})
    assert people.columns["country"].values == countries
