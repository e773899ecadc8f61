"""Mappings with a mistake are refused in one line that names the key."""

from __future__ import annotations

from typing import Any

import pytest

from culture_ray.config.files import choices
from culture_ray.errors import UnknownName, UserError, WrongValue
from culture_ray.survey.codes.countries import country_code
from culture_ray.survey.microdata.option_shares import OptionShares
from culture_ray.survey.microdata.read_mapping import mapping_of
from tests.survey.microdata.layouts import catalogue, content_of, shipped_mapping

TOPICS = catalogue()
ITEM = {
    "column": "freehms",
    "label": "Gays and lesbians free to live as they wish",
    "scale": {"points": 5, "low": "agree strongly", "high": "disagree strongly"},
    "pro": [1, 2],
    "con": [4, 5],
    "middle": [3],
    "missing_codes": [7, 8, 9],
}
MINE: dict[str, Any] = {
    "name": "mine",
    "title": "the file of my survey",
    "source": "a survey of my own",
    "country": {"column": "cntry", "codes": "iso3166"},
    "weights": {"within": ["w"]},
    "topics": {"f120": "Q184", "f028": {"column": "Q171", "recode": {5: 6, 6: 7, 7: 8}}},
    "items": {"freehms": ITEM},
}

# As the code book of the merged file of round 9 numbers them, from 2.
AFROBAROMETER = (
    "Angola", "Benin", "Botswana", "Burkina Faso", "Cabo Verde", "Cameroon", "Congo-Brazzaville",
    "Côte d'Ivoire", "Eswatini", "Ethiopia", "Gabon", "Gambia", "Ghana", "Guinea", "Kenya",
    "Lesotho", "Liberia", "Madagascar", "Malawi", "Mali", "Mauritania", "Mauritius", "Morocco",
    "Mozambique", "Namibia", "Niger", "Nigeria", "São Tomé and Príncipe", "Senegal", "Seychelles",
    "Sierra Leone", "South Africa", "Sudan", "Tanzania", "Togo", "Tunisia", "Uganda", "Zambia",
    "Zimbabwe",
)  # fmt: skip


@pytest.mark.parametrize("name", choices("survey"))
def test_every_shipped_mapping_can_be_read(name: str) -> None:
    mapping = mapping_of(content_of(name), TOPICS)
    assert mapping.name == name
    known = set(TOPICS["topics"])
    items = set(content_of(name).get("items") or {})
    assert {topic.id for topic in mapping.topics} <= known | items
    assert len(mapping.topics) == len(content_of(name).get("topics") or {}) + len(items)


def test_topics_and_items_are_restricted_together() -> None:
    chosen = mapping_of(MINE, {**TOPICS, "only": ["f120", "freehms"]})
    assert [topic.id for topic in chosen.topics] == ["f120", "freehms"]
    with pytest.raises(UnknownName, match=r"unknown topic 'freehsm' .*did you mean 'freehms'"):
        mapping_of(MINE, {**TOPICS, "only": ["freehsm"]})
    with pytest.raises(WrongValue, match=r"topics.only='f118' .*topics of survey mine: f120"):
        mapping_of(MINE, {**TOPICS, "only": ["f118"]})


def test_an_item_is_a_topic_with_a_scale_of_its_own() -> None:
    mapping = mapping_of(MINE, TOPICS)
    assert not isinstance(mapping, OptionShares)
    item = mapping.questions[-1]
    assert (item.topic.id, item.topic.code) == ("freehms", "FREEHMS")
    assert item.topic.scale.answers == (1, 2, 3, 4, 5)
    assert item.missing == {7, 8, 9}


def test_missing_codes_of_a_whole_survey_give_way_to_the_scale_of_a_question() -> None:
    mapping = mapping_of({**MINE, "missing_codes": [8, 9]}, TOPICS)
    assert not isinstance(mapping, OptionShares)
    missing = {question.topic.id: question.missing for question in mapping.questions}
    assert missing == {"f120": set(), "f028": {9}, "freehms": {7, 8, 9}}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"weights": {}}, "survey.weights"),
        ({"weights": {"within": ["w", "w"]}}, r"survey.weights.within=.*each column once"),
        ({"weights": {"within": [False]}}, r"survey.weights.within=.*names of columns \(in quotes"),
        ({"country": {"column": False}}, "survey.country.column=False .*in quotes"),
        ({"country": {"column": "c", "codes": "iso"}}, "unknown kind of codes 'iso'"),
        ({"country": {"column": "c", "recode": {1: False}}}, r"survey.country.recode.1=False"),
        ({"country": {"column": "c", "recode": {False: "NO"}}}, r"recode=False .*in quotes"),
        ({"topics": {"f120": "Q1", "f118": "q1"}}, "survey.topics.f118='q1' .*f120 has this one"),
        ({"topics": {"f120": True}}, "survey.topics.f120=True"),
        ({"topics": {"x999": "Q1"}, "items": {}}, "a topic that is chosen"),
        (
            {"topics": {"f120": {"column": "Q1", "recode": {1: 12}}}},
            r"survey.topics.f120.recode.1=12 .*topic's scale",
        ),
        (
            {"topics": {"f120": {"column": "Q1", "missing_codes": [9, 99]}}},
            r"survey.topics.f120.missing_codes=\[9\] .*not answers as well",
        ),
        (
            {"topics": {"f120": {"column": "Q1", "missing_codes": [99, 99]}}},
            "a list of distinct whole numbers",
        ),
        ({"items": {"freehms": {**ITEM, "con": [2, 4, 5]}}}, "survey.items.freehms=.*exactly once"),
        ({"items": {"freehms": {**ITEM, "con": [4]}}}, "survey.items.freehms=.*exactly once"),
        ({"items": {"f118": ITEM}}, "survey.items.f118='f118' .*goes to survey.topics"),
        (
            {"topics": {"f120": {"column": "Q1", "recode": {"5": 6}}}},
            r"survey.topics.f120.recode=.*a whole number, or a label in quotes",
        ),
        (
            {"topics": {"f120": {"column": "Q1", "recode": {"Never": 1, "never ": 2}}}},
            r"survey.topics.f120.recode.never =2 .*each label once",
        ),
        (
            {"topics": {"f120": {"column": "Q1", "recode": {"x": 1}, "missing_codes": ["X"]}}},
            r"survey.topics.f120.missing_codes=\['x'\] .*not answers as well",
        ),
        (
            {"topics": {"f120": {"column": "Q1", "recode": "reverse"}}},
            r"survey.topics.f120.recode='reverse' .*expected reversed, or a code",
        ),
        ({"topics": {"f120": ["Q1", "q1"]}}, "survey.topics.f120='q1' .*f120 has this one"),
        ({"topics": {"f120": []}}, "survey.topics.f120=.*a column, or a list of columns"),
        (
            {"items": {"freehms": {**ITEM, "columns": ["a", "b"]}}},
            "survey.items.freehms.columns=.*one of columns and column",
        ),
        ({"file": {"separator": ";;"}}, "survey.file.separator=';;' .*one character"),
        ({"keep": {"wave": [None]}}, "survey.keep.wave=None"),
        ({"layout": "long"}, "unknown layout 'long' in survey.layout"),
        ({"weigths": {}}, "unknown key 'weigths' in survey: did you mean 'weights'"),
    ],
)
def test_a_mistake_in_a_mapping_names_its_key(change: dict[str, Any], message: str) -> None:
    with pytest.raises(UserError, match=message) as caught:
        mapping_of(MINE | change, TOPICS)
    assert "\n" not in str(caught.value)


def test_numbers_of_countries_are_those_of_the_code_book() -> None:
    recode = shipped_mapping("afrobarometer9").country.recode or {}
    for number, name in enumerate(AFROBAROMETER, 2):
        assert recode[str(number)] == recode.get(name, country_code(name)), name
    assert not {"1", "41"} & set(recode)
