"""Parsing of a judge's answer."""

from __future__ import annotations

import json

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from culture_ray.judging.parse import JudgeReading, Unparsable, parse_answer


def parse(raw: str) -> JudgeReading | Unparsable:
    return parse_answer(raw, max_opinions=20, languages=("da", "en"))


@given(st.text())
@example("[" * 100_000)
@example('{"stances":' + "[" * 100_000)
@example('{"stances":[' + "9" * 5000 + "]}")
@example('{"stances":[NaN, "\\ud800"]}')
def test_no_text_makes_the_parser_raise(raw: str) -> None:
    answer = parse(raw)
    assert isinstance(answer, JudgeReading) or answer.reason


STANCES = st.lists(st.sampled_from(["pro", "con", "neutral"]), min_size=1, max_size=20)


@given(STANCES, st.sampled_from(["da", "en", "other"]))
def test_an_answer_by_the_schema_is_read_as_it_stands(stances: list[str], language: str) -> None:
    raw = json.dumps({"language": language, "stances": stances})
    assert parse(raw) == JudgeReading(tuple(stances), language)  # type: ignore[arg-type]


@given(STANCES, st.data())
def test_a_cut_answer_is_read_up_to_its_last_whole_stance(
    stances: list[str], data: st.DataObject
) -> None:
    raw = json.dumps({"language": "da", "stances": stances}, separators=(",", ":"))
    cut = data.draw(st.integers(1, len(raw) - 1))
    whole = raw[:cut].partition("[")[2].count('"') // 2
    answer = parse(raw[:cut])
    if whole:
        assert answer == JudgeReading(tuple(stances[:whole]), "da", repaired=True)  # type: ignore[arg-type]
    else:
        assert isinstance(answer, Unparsable)


@pytest.mark.parametrize(
    "raw",
    [
        '```json\n{"language": "da", "stances": ["pro", "con"]}\n```',
        'Here you are: {"language":"da","stances":["pro","con"]} I hope it helps.',
        '{"language":"da","stances":["pro","con",],}',
        '{"language":"da-DK","stances":["pro", "con"',
        '{"language":"da","stances":["PRO "," Con"]} ',
    ],
)
def test_fences_words_and_commas_around_the_json_do_no_harm(raw: str) -> None:
    answer = parse(raw)
    assert isinstance(answer, JudgeReading)
    assert answer.stances == ("pro", "con")
    assert answer.language == "da"


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        ("", "answer is empty"),
        ("pro, con, pro", "no JSON object"),
        ('["pro","con"]', "no JSON object"),
        ('{"language":"da"}', '"stances" is missing'),
        ('{"language":"da","stances":[]}', "empty"),
        ('{"language":"da","stances":"pro"}', "a str, not a list"),
        ('{"language":"da","stances":["for"]}', "stance 1 is 'for'"),
        ('{"language":"da","stances":["pro",3]}', "stance 2 is a int"),
        (json.dumps({"stances": ["pro"] * 21}), "21 stances, more than the maximum of 20"),
    ],
)
def test_what_cannot_be_read_says_why(raw: str, reason: str) -> None:
    answer = parse(raw)
    assert isinstance(answer, Unparsable)
    assert reason in answer.reason


@pytest.mark.parametrize(
    ("raw", "stances"),
    [
        ('{"language":"en","stances":["con"]} No: {"language":"en","stances":["pro","con"]}',
         ("pro", "con")),
        ('The text has {two} opinions. {"language":"en","stances":["pro"]}', ("pro",)),
        ('{"note":{"n":2},"stances":["pro","con"]}', ("pro", "con")),
        ('{"answer":{"language":"en","stances":["con","pro"]}}', ("con", "pro")),
        ('{"language":"en","stances":["pro","con" "neutral"]}', ("pro", "con", "neutral")),
        ('{"language":"en" "stances":["pro"\n"con"\n"neutral"]}', ("pro", "con", "neutral")),
        ('{"stances":["pro"]} As I said, "stances": one of three.', ("pro",)),
        ('{"stances":["pro"]} No: {"language":"en","stances":["con","pro","neu', ("con", "pro")),
    ],
)  # fmt: skip
def test_the_last_answer_is_read_and_no_stance_is_lost(raw: str, stances: tuple[str, ...]) -> None:
    answer = parse(raw)
    assert isinstance(answer, JudgeReading), answer
    assert answer.stances == stances


@pytest.mark.parametrize(
    "raw",
    [
        '{"language":"en","stances":["pro", con, "neutral"]}',
        '{"language":"en","stances":["pro","con"; "neutral"]}',
        '{"language":"en","stances":["pro","con"} and more',
    ],
)
def test_an_answer_that_is_broken_in_its_middle_gives_a_reason(raw: str) -> None:
    answer = parse(raw)
    assert isinstance(answer, Unparsable)
    assert "is broken" in answer.reason


@given(STANCES, STANCES, st.sampled_from(["", "\n\n", " So the answer is: ", "{}", "[1] {x} "]))
def test_a_draft_is_never_read_as_the_answer(
    draft: list[str], final: list[str], between: str
) -> None:
    raw = json.dumps({"stances": draft}) + between + json.dumps({"stances": final})
    answer = parse(raw)
    assert isinstance(answer, JudgeReading)
    assert list(answer.stances) == final


@given(STANCES, st.data())
def test_a_missing_comma_loses_no_stance(stances: list[str], data: st.DataObject) -> None:
    raw = json.dumps({"language": "da", "stances": stances})
    commas = [place for place, c in enumerate(raw) if c == ","]
    place = data.draw(st.sampled_from(commas))
    answer = parse(raw[:place] + raw[place + 1 :])
    assert isinstance(answer, JudgeReading)
    assert list(answer.stances) == stances


def test_a_language_that_was_not_offered_is_other_and_none_named_is_none() -> None:
    named, unnamed = parse('{"language":"fr","stances":["pro"]}'), parse('{"stances":["pro"]}')
    assert isinstance(named, JudgeReading) and named.language == "other"
    assert isinstance(unnamed, JudgeReading) and unnamed.language is None


def test_a_long_stance_is_shown_by_its_start() -> None:
    exact, longer = "x" * 80, "x" * 81
    for said, shown in ((exact, exact), (longer, "x" * 77 + "...")):
        reading = parse(json.dumps({"stances": [said]}))
        assert isinstance(reading, Unparsable)
        assert repr(shown) in reading.reason


@pytest.mark.parametrize(
    "raw",
    [
        '{"stances": ["pro"]}',
        '{ "stances": ["pro"] }',
        '{\n  "stances": ["pro"]\n}',
        '{"note": "{", "stances": ["pro"]}',
        r'{"note": "he said \"yes\"", "stances": ["pro"]}',
        r'{"note": "he said \"yes\" \"no\"", "stances": ["pro"]}',
    ],
)
def test_a_whole_answer_does_not_count_as_repaired(raw: str) -> None:
    assert parse(raw) == JudgeReading(("pro",), None)


def test_stances_after_the_end_of_an_object_make_the_answer_unparsable() -> None:
    assert isinstance(parse('{"stances":["pro"]}, "stances": ["con", "pro"'), Unparsable)


def test_a_cut_answer_has_its_own_stances_and_not_those_of_a_draft_in_it() -> None:
    raw = '{"draft": {"stances":["con"]},"stances":["pro","con"'
    assert parse(raw) == JudgeReading(("pro", "con"), None, repaired=True)
