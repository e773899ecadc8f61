"""The texts of the language files: sentences in their language, without a country's name."""

from __future__ import annotations

import re

import py3langid

from culture_ray.survey.language_tags import language_of
from tests.content.shipped_texts import (
    LANGUAGES,
    each_language,
    templates_of,
    texts_of,
)


@each_language
def test_only_templates_have_braces(language: str) -> None:
    templates = set(templates_of(language))
    marked = [place for place, text in texts_of(language) if re.search(r"[{}$]", text)]
    assert set(marked) == templates


@each_language
def test_texts_are_not_empty_and_have_no_stray_blanks(language: str) -> None:
    # French sets a space before these marks.
    marks = ".," if language == "fr" else "?.,:;"
    for place, text in texts_of(language):
        assert text and text == text.strip(), place
        assert not re.search(rf"  | \n|\n\n| [{marks}]", text), place


@each_language
def test_wordings_are_questions_and_statements_are_sentences(language: str) -> None:
    # A whole question fits after a colon and in quotation marks in any language, without
    # declension, contraction or a change of word order.
    for topic_id, topic in LANGUAGES[language]["topics"].items():
        for text in topic["wordings"].values():
            assert is_one(text, QUESTION_MARKS), f"{topic_id}: {text}"
        for text in (topic["pro"], topic["con"]):
            # Thai ends a sentence with nothing.
            ended = text + "." if language == "th" else text
            assert is_one(ended, FULL_STOPS), f"{topic_id}: {text}"


QUESTION_MARKS = "?？؟;"

FULL_STOPS = ".。।"


def is_one(text: str, marks: str) -> bool:
    """True if the text is one sentence that ends in one of `marks`, which stand nowhere else."""
    opens = text.removeprefix("¿")[0]
    return not opens.islower() and [c for c in text if c in marks] == [text[-1]]


@each_language
def test_questions_are_questions_and_speak_to_the_respondent(language: str) -> None:
    for topic_id, topic in LANGUAGES[language]["topics"].items():
        for text in topic["questions"].values():
            assert is_one(text, QUESTION_MARKS), f"{topic_id}: {text}"
            assert not COUNTRIES.search(text), topic_id
            assert text not in topic["wordings"].values(), topic_id


@each_language
def test_the_texts_of_the_other_protocols_are_in_their_language(language: str) -> None:
    content = LANGUAGES[language]
    texts = [
        text
        for name in (
            "persona",
            "direct_item",
            "constrained_choice",
            "verbalised_distribution",
            "reasoned_answer",
            "battery",
        )
        for text in content["protocols"][name]["templates"].values()
    ]
    texts += [text for topic in content["topics"].values() for text in topic["questions"].values()]
    texts += [text for answers in content["answers"].values() for text in answers.values()]
    detected, _ = py3langid.classify(re.sub(r"\{\w+\}|\d", "", "\n".join(texts)))
    assert language_of(detected) == language_of(language)


def test_no_text_stands_twice() -> None:
    seen: dict[str, str] = {}
    for language in LANGUAGES:
        own: dict[str, str] = {}
        for place, text in texts_of(language):
            here = f"{language} {place}"
            first = own.setdefault(text.casefold(), here)
            assert first == here, f"{here} repeats {first}: {text}"
            # Varieties of one language, such as pt-PT and pt-BR, share most of their texts.
            elsewhere = seen.setdefault(text.casefold(), language)
            assert language_of(elsewhere) == language_of(language), f"{here} is {elsewhere}: {text}"


@each_language
def test_the_texts_are_in_the_language_of_their_file(language: str) -> None:
    texts = "\n".join(text for _, text in texts_of(language)).replace("{topic}", "")
    detected, _ = py3langid.classify(texts)
    assert language_of(detected) == language_of(language)


COUNTRIES = re.compile(
    r"\b(danmark|denmark|denemarken|dinamarca|dansk\w*|danish|deens\w*|dinamarquês\w*"
    r"|nederland\w*|netherlands|holland\w*|dutch|holandês\w*|paíse?s baixos"
    r"|portug\w*|brazil\w*|brasil\w*|brazili\w*|england|engeland|inglaterra|english|engels\w*"
    r"|britain|british|brit\w*|storbritannien|groot-brittannië|amerika\w*|america\w*|américa"
    r"|usa|estados unidos|verenigde staten|united states|kenya\w*|nigeria\w*|singapor\w*"
    r"|australi\w*|canad\w*|new zealand\w*)\b",
    re.IGNORECASE,
)


@each_language
def test_no_text_names_a_country_or_a_people(language: str) -> None:
    own = [phrase.casefold() for phrase in LANGUAGES[language]["countries"].values()]
    for place, text in texts_of(language):
        assert not COUNTRIES.search(text), f"{place}: {text}"
        assert not any(phrase in text.casefold() for phrase in own), f"{place}: {text}"
