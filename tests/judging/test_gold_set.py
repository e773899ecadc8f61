"""The gold set: as large and as varied as a judge's error needs, and read whole by the splitter."""

from __future__ import annotations

from collections import Counter

import pytest

from culture_ray.errors import BadTable, UnknownName
from culture_ray.judging.flags import is_refusal
from culture_ray.judging.gold_set import GoldResponse, gold_languages, gold_set, read_gold
from culture_ray.judging.language_id import LanguageDetector
from culture_ray.judging.opinions import split_opinions
from culture_ray.judging.reliability import measure_reliability
from tests.shipped import SHIPPED

GOLD = gold_set()


@pytest.mark.parametrize("language", gold_languages())
def test_each_language_has_sixty_responses_with_ten_opinions_about_balanced(language: str) -> None:
    responses = gold_set([language])
    assert len(responses) >= 60
    assert {len(r.stances) for r in responses if r.form != "refusal"} == {10}
    shares = Counter(s for r in responses for s in r.stances)
    assert 0.7 < shares["pro"] / shares["con"] < 1.4
    assert shares["neutral"] / shares.total() > 0.1
    marks = Counter(mark for r in responses for opinion in r.marks for mark in opinion)
    assert min(marks[m] for m in ("negation", "irony", "condition", "mixed", "reversed")) >= 15
    assert {"summary", "refusal", "continued", "label", "bullets"} <= {r.form for r in responses}
    assert len({r.topic for r in responses}) >= 30


@pytest.mark.parametrize("response", GOLD, ids=lambda r: r.id)
def test_the_splitter_finds_every_gold_opinion(response: GoldResponse) -> None:
    split = split_opinions(response.text, SHIPPED, continues_list=response.continues_list)
    if response.form == "refusal":
        assert is_refusal(response.text, split, SHIPPED)
    else:
        assert not is_refusal(response.text, split, SHIPPED)
        assert split.count == len(response.stances)


@pytest.mark.slow
def test_the_detector_names_the_language_of_almost_every_gold_response() -> None:
    detector = LanguageDetector(gold_languages())
    found = [(r.language, detector.detect(r.text).language) for r in GOLD]
    assert all(language in {expected, None} for expected, language in found)
    assert sum(language is None for _, language in found) <= 0.02 * len(found)


@pytest.mark.slow
def test_no_opinion_is_written_twice_in_a_language() -> None:
    for language in gold_languages():
        lines = [
            opinion
            for r in gold_set([language])
            if r.form not in {"summary", "refusal"}
            for opinion in split_opinions(r.text, SHIPPED, continues_list=r.continues_list).opinions
            if len(opinion) > 40
        ]
        assert [line for line, times in Counter(lines).items() if times > 1] == []


def test_a_second_reading_marks_where_it_disagrees() -> None:
    (response,) = read_gold(
        "- {id: x-1, topic: f120, form: numbered, second: [pro, neutral],"
        " opinions: [{pro: Yes.}, {con: Hardly.}]}",
        "en",
    )
    assert response.agreed == (True, False)
    assert response.text == "1. Yes.\n2. Hardly."


def test_an_opinion_that_the_readers_dispute_is_no_error_of_the_judge() -> None:
    (response,) = read_gold(
        "- {id: x-1, topic: f120, form: numbered, second: [pro, neutral],"
        " opinions: [{pro: Yes.}, {con: Hardly.}]}",
        "en",
    )
    row, *groups = measure_reliability([response.compared_with(["pro", "neutral"])])
    assert (row.statements, row.disputed) == (1, 1)
    assert row.error is not None and row.error.estimate == 0
    assert [(g.kind, g.group) for g in groups] == [("form", "numbered"), ("language", "en")]


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ("{id: x, topic: f120, form: numbered, opinions: [{for: Yes.}]}", "'for' is not pro"),
        ("{id: x, topic: f120, form: wild, opinions: [{pro: Yes.}]}", "unknown form 'wild'"),
        ("{id: x, topic: f120, form: numbered, opinions: [{pro: A, con: B}]}", "one stance"),
        (
            "{id: x, topic: f120, form: numbered, second: [], opinions: [{pro: A}]}",
            "0 stances in the second",
        ),
        ("{id: x, topic: t, form: summary, text: a, stances: [yes]}", "'True' is not pro"),
    ],
)
def test_a_gold_file_that_is_wrong_says_where(entry: str, message: str) -> None:
    with pytest.raises(BadTable, match=message):
        read_gold(f"- {entry}", "en")


def test_two_gold_responses_cannot_share_an_id() -> None:
    entry = "- {id: x, topic: f120, form: numbered, opinions: [{pro: Yes.}]}\n"
    with pytest.raises(BadTable, match="two responses have the id x"):
        read_gold(entry * 2, "en")


def test_a_language_without_a_gold_set_is_named() -> None:
    with pytest.raises(UnknownName, match="unknown language 'fr' in the gold set"):
        gold_set(["fr"])


def test_the_place_of_an_opinion_does_not_give_its_stance_away() -> None:
    lists = [r.stances for r in GOLD if r.form not in {"summary", "refusal"}]
    for column in zip(*lists, strict=True):
        shares = Counter(column)
        assert 0.3 < shares["pro"] / len(lists) < 0.5
        assert 0.35 < shares["con"] / len(lists) < 0.6
        assert 0.05 < shares["neutral"] / len(lists) < 0.25
