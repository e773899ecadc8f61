"""Stances, counts, answers and distributions give the value polarity that they stand for."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from culture_ray.errors import BadTable, WrongValue
from culture_ray.tools.scored.choices import StanceWords
from culture_ray.tools.scored.shares import normalised
from culture_ray.tools.scored.stances import listed_stances, stance_words
from tests.tools.scored.reading import rows_of

WORDS = stance_words(StanceWords())
STANCES = ["pro", "con", "neutral", "pro"]


@pytest.mark.parametrize(
    "cell",
    [
        ["pro", "con", None, "PRO"],
        ("pro", "con", "NULL", "pro"),
        '["pro", "con", null, "pro"]',
        "['pro', 'con', None, 'pro']",
        "['pro' 'con' 'NULL' 'pro']",
        "[pro, con, neutral, pro]",
        "pro;con;neutral;pro",
        "pro, con, NULL, pro",
        "pro con neutral pro",
    ],
)
def test_a_list_of_stances_in_any_form_is_read(cell: Any) -> None:
    assert listed_stances(cell, WORDS) == STANCES


@pytest.mark.parametrize(
    "cell",
    [{"pro": 2, "Con": 1, "NULL": 0}, '{"pro": 2, "con": 1}', "{'pro': 2, 'con': 1, 'neutral': 0}"],
)
def test_numbers_of_stances_are_stances(cell: Any) -> None:
    assert listed_stances(cell, WORDS) == ["pro", "pro", "con"]


@pytest.mark.parametrize("cell", [{"pro": 0.7}, {"pro": -1}, '{"pro": true}', "{pro, con}"])
def test_other_mappings_are_no_stances(cell: Any) -> None:
    assert listed_stances(cell, WORDS) is None


@pytest.mark.parametrize("cell", ["", "0.5", "mostly", 0.5, None, ["pro", "maybe"], "[0.5, 1]"])
def test_what_is_no_list_of_stances_is_none(cell: Any) -> None:
    assert listed_stances(cell, WORDS) is None


@given(st.lists(st.sampled_from(["pro", "con", "neutral"]), max_size=12))
def test_stances_survive_json_and_python(stances: list[str]) -> None:
    assert listed_stances(json.dumps(stances), WORDS) == stances
    assert listed_stances(repr(stances), WORDS) == stances


def lines(*rows: dict[str, Any]) -> str:
    keys = {"model": "m", "language": "da", "topic": "f120"}
    return "\n".join(json.dumps({**keys, **row}) for row in rows)


def test_stances_become_counts_and_value_polarity(tmp_path: Path) -> None:
    text = lines({"o": ["pro", "pro", "con", "NULL"]}, {"o": ["NULL"]}, {"o": []}, {"o": None})
    rows = rows_of(tmp_path / "x.jsonl", text, columns={"value_polarity": "o"})
    assert rows["value_polarity"].tolist()[0] == pytest.approx(2 / 3)
    assert rows["value_polarity"].isna().tolist() == [False, True, True, True]
    assert rows["pro"].tolist() == [2, 0, 0, None]
    assert rows["neutral"].tolist() == [1, 1, 0, None]
    assert rows["stances"].tolist()[0] == ["pro", "pro", "con", "neutral"]


def test_other_words_for_stances_are_named_and_can_be_set(tmp_path: Path) -> None:
    path, text = tmp_path / "x.jsonl", lines({"o": ["for", "against"]}, {"o": ["pro"]})
    with pytest.raises(BadTable, match=r"row 1, and 1 such value in all: stances have to be among"):
        rows_of(path, text, columns={"value_polarity": "o"})
    words = StanceWords(pro=("pro", "for"), con=("against",))
    rows = rows_of(path, text, columns={"value_polarity": "o"}, stances=words)
    assert rows["value_polarity"].tolist() == [0.5, 1.0]


def test_counts_are_used_where_there_is_no_value_polarity(tmp_path: Path) -> None:
    text = lines({"pro": 3, "con": 1, "neutral": 6}, {"pro": 0, "con": 0, "neutral": 10}, {})
    rows = rows_of(tmp_path / "x.jsonl", text)
    assert rows["value_polarity"].tolist()[0] == 0.75
    assert rows["value_polarity"].isna().tolist() == [False, True, True]
    assert rows["neutral"].tolist() == [6, 10, None]


def test_shares_of_opinions_give_value_polarity_but_no_counts(tmp_path: Path) -> None:
    rows = rows_of(tmp_path / "x.jsonl", lines({"pro": 0.3, "con": 0.1, "neutral": 0.6}))
    assert rows["value_polarity"].tolist() == [pytest.approx(0.75)]
    assert "pro" not in rows


@pytest.mark.parametrize("wrong", [-1, "many", 2.5, "inf"])
def test_numbers_of_opinions_that_are_none_are_refused(tmp_path: Path, wrong: Any) -> None:
    with pytest.raises(BadTable, match=r"column pro holds .* in row 2, and 1 such value"):
        rows_of(tmp_path / "x.jsonl", lines({"pro": 3, "con": 1}, {"pro": wrong, "con": 1}))


def test_percentages_and_reversed_scales_are_mapped_by_their_range(tmp_path: Path) -> None:
    path, text = tmp_path / "x.jsonl", lines({"value_polarity": 100}, {"value_polarity": 25})
    assert rows_of(path, text, value_range=(0, 100))["value_polarity"].tolist() == [1.0, 0.25]
    assert rows_of(path, text, value_range=(100, 0))["value_polarity"].tolist() == [0.0, 0.75]
    with pytest.raises(BadTable, match=r"holds 100 in row 1, and 2 values outside 0\.\.1"):
        rows_of(path, text)
    with pytest.raises(WrongValue, match="two different numbers"):
        rows_of(path, text, value_range=(5, 5))


@pytest.mark.parametrize("value", ["inf", True, "yes", [0.5], 10**400])
def test_what_is_no_share_is_refused(tmp_path: Path, value: Any) -> None:
    text = lines({"value_polarity": 0.5}, {"value_polarity": value})
    with pytest.raises(BadTable, match="in row 2, and 1"):
        rows_of(tmp_path / "x.jsonl", text)


def test_thousands_are_no_decimals(tmp_path: Path) -> None:
    text = 'model,language,topic,pro,con\nm,da,f120,"1,234","2"\n'
    with pytest.raises(BadTable, match="column pro holds '1,234' in row 1"):
        rows_of(tmp_path / "x.csv", text)


@pytest.mark.parametrize("empty", ["", "NA", "NaN", "null", "None", " ", ".", ".a", "#NULL!"])
def test_empty_values_are_undefined(tmp_path: Path, empty: str) -> None:
    text = f"model,language,topic,value_polarity\nm,da,f120,0.5\nm,da,f120,{empty}\n"
    assert rows_of(tmp_path / "x.csv", text)["value_polarity"].isna().tolist() == [False, True]


def test_answer_codes_are_sides_of_the_topics_scale(tmp_path: Path) -> None:
    answers = [{"a": 7}, {"a": "2"}, {"a": -1}, {"a": None}, {"a": 3, "topic": "c001_01"}]
    rows = rows_of(tmp_path / "x.jsonl", lines(*answers), columns={"answer": "a"})
    assert rows["value_polarity"].tolist()[:2] == [1.0, 0.0]
    assert rows["value_polarity"].isna().tolist() == [False, False, True, True, True]
    assert rows["p_middle"].tolist() == [0, 0, None, None, 1.0]


@pytest.mark.parametrize("wrong", [11, 6.5, "often"])
def test_an_answer_off_the_scale_is_refused(tmp_path: Path, wrong: Any) -> None:
    with pytest.raises(BadTable, match="codes on the topic's scale; value_range"):
        rows_of(tmp_path / "x.jsonl", lines({"a": wrong}), columns={"answer": "a"})


def test_an_answer_to_an_unknown_topic_is_refused(tmp_path: Path) -> None:
    text = lines({"a": 1, "topic": "Q182"})
    with pytest.raises(BadTable, match=r"topic 'q182' in row 1 .* rename\.topic=\{q182: ID\}"):
        rows_of(tmp_path / "x.jsonl", text, columns={"answer": "a"})
    rows = rows_of(
        tmp_path / "x.jsonl", text, columns={"answer": "a"}, rename={"topic": {"q182": "F120"}}
    )
    assert rows["topic"].tolist() == ["f120"]


SHARES = (0.1, 0.2, 0.3, 0.4)
"""Shares of the codes 1 to 4 of d059, where 1 and 2 are pro."""


@pytest.mark.parametrize(
    ("ending", "text", "columns"),
    [
        ("jsonl", lines({"topic": "d059", "d": SHARES}), {"distribution": "d"}),
        ("jsonl", lines({"topic": "d059", "d": [10, 20, 30, 40]}), {"distribution": "d"}),
        ("jsonl", lines({"topic": "d059", "d": [1, 2, 3, 4]}), {"distribution": "d"}),
        ("jsonl", lines({"topic": "d059", "d": {"1": 0.1, "2": 0.2, "3": 0.3, "4": 0.4}}),
         {"distribution": "d"}),
        ("csv", 'model,language,topic,d\nm,da,d059,"[0.1, 0.2, 0.3, 0.4]"\n',
         {"distribution": "d"}),
        ("csv", "model,language,topic,d\nm,da,d059,\"{1: 0.1, 2: 0.2, 3: 0.3, 4: 0.4}\"\n",
         {"distribution": "d"}),
        ("csv", "model,language,topic,a,b,c,d\nm,da,d059,0.1,0.2,0.3,0.4\n",
         {"distribution": ("a", "b", "c", "d")}),
        ("csv", "model,language,topic,o,p\nm,da,d059,1,0.1\nm,da,d059,2,0.2\nm,da,d059,3,0.3\n"
         "m,da,d059,4,0.4\n", {"option": "o", "share": "p"}),
    ],
)  # fmt: skip
def test_distributions_in_any_form_give_the_shares_of_the_sides(
    tmp_path: Path, ending: str, text: str, columns: dict[str, Any]
) -> None:
    rows = rows_of(tmp_path / f"x.{ending}", text, columns=columns)
    assert len(rows) == 1
    row = rows.iloc[0]
    assert row["p_pro"] == pytest.approx(0.3)
    assert row["p_con"] == pytest.approx(0.7)
    assert row["option_mass"] == pytest.approx(1.0)
    assert row["value_polarity"] == pytest.approx(0.3)


@pytest.mark.parametrize(
    "wrong", [[0.5, 0.5], [0.9, 0.9, 0.1, 0.1], [-0.1, 0.5, 0.3, 0.3], {"7": 1.0}, "words", [0] * 4]
)
def test_a_distribution_that_does_not_fit_is_refused(tmp_path: Path, wrong: Any) -> None:
    text = lines({"topic": "d059", "d": SHARES}, {"topic": "d059", "d": wrong})
    with pytest.raises(BadTable, match="row 2, and 1 such value in all: a distribution needs"):
        rows_of(tmp_path / "x.jsonl", text, columns={"distribution": "d"})


def test_an_option_that_a_response_has_twice_is_refused(tmp_path: Path) -> None:
    text = "model,language,topic,o,p\nm,da,d059,1,0.1\nm,da,d059,1,0.2\n"
    with pytest.raises(BadTable, match="option 1 occurs twice in m, da, d059"):
        rows_of(tmp_path / "x.csv", text, columns={"option": "o", "share": "p"})


@pytest.mark.parametrize(
    "columns",
    [
        {"option": "o"},
        {"share": "p"},
        {"answer": "a", "distribution": "d"},
        {"option": "o", "share": "p", "distribution": "d"},
    ],
)
def test_choices_that_contradict_one_another_are_refused(
    tmp_path: Path, columns: dict[str, str]
) -> None:
    text = "model,language,topic,o,p,a,d\nm,da,d059,1,1,1,1\n"
    with pytest.raises(WrongValue):
        rows_of(tmp_path / "x.csv", text, columns=columns)


def test_a_file_without_any_value_says_what_could_hold_them(tmp_path: Path) -> None:
    with pytest.raises(BadTable) as problem:
        rows_of(tmp_path / "x.csv", "model,language,topic,score\nm,da,f120,1\n")
    for words in ("columns.value_polarity=value_polarity", "columns.pro=pro", "columns.answer"):
        assert words in str(problem.value)


@given(st.lists(st.floats(0, 1), min_size=2, max_size=10).filter(lambda s: sum(s) > 0))
def test_shares_keep_their_proportions(shares: list[float]) -> None:
    whole = [share / sum(shares) for share in shares]
    assert normalised(whole) == pytest.approx(whole)
    assert normalised([100 * share for share in whole]) == pytest.approx(whole)


def test_a_share_left_over_stays_so() -> None:
    assert normalised([0.2, 0.3]) == [0.2, 0.3]
    assert normalised([0.0, 0.0]) is None


@pytest.mark.parametrize("choices", [{}, {"value_range": (0.0, 100.0)}])
def test_percentages_are_hundredths_whatever_the_range(
    choices: dict[str, Any], tmp_path: Path
) -> None:
    text = "model,language,topic,value_polarity\ng,da,f120,1%\ng,da,d059,45.5 %\ng,da,own_1,٪\n"
    with pytest.raises(BadTable, match="'٪'"):
        rows_of(tmp_path / "bad.csv", text, **choices)
    found = rows_of(tmp_path / "good.csv", text.rpartition("g,da,own")[0], **choices)
    assert found["value_polarity"].tolist() == pytest.approx([0.01, 0.455])


def test_percentages_among_other_numbers_are_refused(tmp_path: Path) -> None:
    text = "model,language,topic,value_polarity\ng,da,f120,40%\ng,da,d059,0.5\n"
    with pytest.raises(BadTable, match=r"holds '0.5' in row 2, and 1 such value .* percentages"):
        rows_of(tmp_path / "mixed.csv", text)
