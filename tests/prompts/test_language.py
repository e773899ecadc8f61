from __future__ import annotations

from typing import Any

import pytest

from culture_ray.errors import BadPrompts, UnknownName, WrongValue
from culture_ray.prompts.language import check_language, read_language

Content = dict[str, Any]
INTERVIEWS = "hypothetical_interviews"


def test_texts_are_found_by_their_ids(danish: Content) -> None:
    language = read_language("da", danish)
    assert (language.code, language.name, language.native_name) == ("da", "Danish", "dansk")
    assert language.protocols[INTERVIEWS].templates["t01"] == "Ti borgere svarer på: {topic}"
    assert language.protocols[INTERVIEWS].completion_lead == "Sammendrag:"
    assert language.topics["f120"].con == "Abort kan ikke forsvares."
    assert language.topics["f120"].wordings["w2"] == "Er abort i orden?"


def test_unreviewed_texts_are_counted_one_by_one(danish: Content) -> None:
    assert read_language("da", danish).unreviewed == 0
    wordings = danish["topics"]["f120"]["wordings"]
    wordings["w3"] = {"text": "Bør abort være lovligt?", "made_by": "vary", "reviewed": False}
    language = read_language("da", danish)
    assert language.unreviewed == 1
    assert language.topics["f120"].wordings["w3"] == "Bør abort være lovligt?"


def test_texts_take_the_review_of_their_file(danish: Content) -> None:
    danish["reviewed"] = False
    wordings = danish["topics"]["f120"]["wordings"]
    wordings["w1"] = {"text": wordings["w1"], "made_by": "a person", "reviewed": True}
    assert read_language("da", danish).unreviewed == 3 + 8 - 1


def test_blank_lines_around_a_text_are_not_part_of_it(danish: Content) -> None:
    danish["topics"]["f120"]["wordings"]["w1"] = "Kan abort forsvares?\n"
    assert read_language("da", danish).topics["f120"].wordings["w1"] == "Kan abort forsvares?"


@pytest.mark.parametrize(
    ("template", "found"),
    [
        ("Ti borgere svarer.", r"\{topic\} is missing; put \{topic\}"),
        ("Ti borgere svarer: {emne}", r"\{topic\} is missing"),
        ("Ti {hvem} svarer: {topic}", r"'\{hvem\}' is not a placeholder"),
        ("Ti svarer: {topic}}", r"'\}' is not a placeholder"),
        ("Ti svarer: {{topic}}", r"'\{\}' is not a placeholder"),
        (" ", "the text is empty"),
        ("Ti borgere svarer pÃ¥: {topic}", "'pÃ¥:' looks garbled"),
        ("Ti borgere svarer p\N{REPLACEMENT CHARACTER}: {topic}", "'p.:' looks garbled"),
    ],
)
def test_a_bad_template_is_named(danish: Content, template: str, found: str) -> None:
    danish["protocols"][INTERVIEWS]["templates"]["t02"] = template
    place = f"language da, protocol {INTERVIEWS}, template t02: "
    with pytest.raises(BadPrompts, match=place + found) as caught:
        read_language("da", danish)
    assert "\n" not in str(caught.value)


def test_two_wordings_that_are_the_same_text_are_named(danish: Content) -> None:
    danish["topics"]["f120"]["wordings"]["w2"] = "kan  abort forsvares? "
    with pytest.raises(BadPrompts, match=r"f120, wording w2: the same text as .*f120, wording w1"):
        read_language("da", danish)


def test_one_text_cannot_phrase_two_topics(danish: Content) -> None:
    danish["topics"]["e035"]["wordings"]["w1"] = danish["topics"]["f120"]["wordings"]["w1"]
    with pytest.raises(BadPrompts, match=r"e035, wording w1: the same text as .*f120, wording w1"):
        read_language("da", danish)


def test_two_templates_or_statements_that_are_the_same_text_are_named(danish: Content) -> None:
    danish["topics"]["f120"]["con"] = danish["topics"]["f120"]["pro"]
    with pytest.raises(BadPrompts, match=r"f120, con: the same text as .*f120, pro"):
        read_language("da", danish)
    danish["topics"]["f120"]["con"] = "Abort er forkert."
    templates = danish["protocols"][INTERVIEWS]["templates"]
    templates["t02"] = templates["t01"]
    with pytest.raises(BadPrompts, match=r"template t02: the same text as .*template t01"):
        read_language("da", danish)


def test_all_keys_that_a_file_lacks_are_named_at_once(danish: Content) -> None:
    for key in ("made_by", "native_name", "reviewed"):
        del danish[key]
    with pytest.raises(
        WrongValue, match=r"language\.da lacks native_name, made_by, reviewed: write"
    ):
        read_language("da", danish)


@pytest.mark.parametrize("key", ["pro", "con"])
def test_a_brace_in_a_statement_is_an_error(danish: Content, key: str) -> None:
    danish["topics"]["f120"][key] = "Abort {kan} forsvares helt."
    with pytest.raises(BadPrompts, match=rf"topic f120, {key}: '\{{kan\}}'"):
        read_language("da", danish)


def test_the_code_has_to_be_the_name_of_the_file(danish: Content) -> None:
    with pytest.raises(WrongValue, match=r"language\.nb\.code='da' .*'nb'"):
        read_language("nb", danish)


def test_a_bare_no_is_explained(danish: Content) -> None:
    danish["code"] = False
    with pytest.raises(WrongValue, match="in quotes: YAML reads a bare yes, no"):
        read_language("no", danish)


@pytest.mark.parametrize(
    ("path", "value", "error", "message"),
    [
        (["protocol"], {}, UnknownName, "'protocol' in language.da: .*'protocols'"),
        (["protocols", "interviews"], {}, UnknownName, "unknown protocol 'interviews'"),
        (["topics", "f120", "wordings"], {}, WrongValue, r"f120\.wordings=\{\}"),
        (["topics", "f120", "wordings"], {1: "x"}, WrongValue, "=1 .*ids that are strings"),
        (["topics", "f120", "pro"], None, WrongValue, r"language\.da\.topics\.f120\.pro=None"),
        (["topics", "f120", "pro"], {"txt": ""}, UnknownName, r"'txt' in language\.da\.topics"),
        (["reviewed"], "yes", WrongValue, r"reviewed='yes'.*true or false"),
    ],
)
def test_a_file_of_another_form_is_told(
    danish: Content, path: list[str], value: object, error: type[Exception], message: str
) -> None:
    entry = danish
    for name in path[:-1]:
        entry = entry[name]
    entry[path[-1]] = value
    with pytest.raises(error, match=message):
        read_language("da", danish)


def test_missing_topics_are_listed(danish: Content) -> None:
    language = read_language("da", danish)
    check_language(language, ["e035", "f120"], INTERVIEWS)
    with pytest.raises(BadPrompts, match="language da: no texts for 2 of 3 topics: h010, h011;"):
        check_language(language, ["h010", "f120", "h011"], INTERVIEWS)


def test_a_missing_protocol_is_told(danish: Content) -> None:
    danish["protocols"] = {}
    with pytest.raises(BadPrompts, match=f"language da: no templates for protocol {INTERVIEWS}"):
        check_language(read_language("da", danish), ["f120"], INTERVIEWS)
