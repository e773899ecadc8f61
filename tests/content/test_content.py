"""The topic catalogue and the language files are complete, parallel and well formed."""

import csv
import os
import re
import string
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import py3langid
import pytest
import yaml

from culture_ray.prompts.protocols import PROTOCOLS
from culture_ray.survey.language_tags import language_of

ROOT = Path(__file__).resolve().parents[2]
CATALOGUE_FILE = ROOT / "conf" / "topics" / "evs_wvs.yaml"
LANGUAGE_FILES = sorted((ROOT / "conf" / "language").glob("*.yaml"))
BESIDE = ROOT.parent / "shared" / "reference"
PUBLISHED_FIGURES = (
    Path(os.environ.get("CULTURE_RAY_REFERENCE", BESIDE)) / "ground_truth_country.csv"
)

CATALOGUE: dict[str, Any] = yaml.safe_load(CATALOGUE_FILE.read_text(encoding="utf-8"))
TOPICS: dict[str, dict[str, Any]] = CATALOGUE["topics"]
LANGUAGES: dict[str, dict[str, Any]] = {
    path.stem: yaml.safe_load(path.read_text(encoding="utf-8")) for path in LANGUAGE_FILES
}
FIELDS = ["code", "label", "category", "category_name", "scale"]
FIELDS += ["pro", "con", "middle", "missing", "note"]
PROTOCOL = "hypothetical_interviews"

each_topic = pytest.mark.parametrize("topic_id", TOPICS)
each_language = pytest.mark.parametrize("language", LANGUAGES)


def templates_of(language: str) -> dict[str, str]:
    templates: dict[str, str] = LANGUAGES[language]["protocols"][PROTOCOL]["templates"]
    return templates


def texts_of(language: str) -> Iterator[tuple[str, str]]:
    """Every text of a language with the place where it stands."""
    content = LANGUAGES[language]
    yield from templates_of(language).items()
    yield "completion_lead", content["protocols"][PROTOCOL]["completion_lead"]
    for topic_id, topic in content["topics"].items():
        yield f"{topic_id} pro", topic["pro"]
        yield f"{topic_id} con", topic["con"]
        for wording_id, wording in topic["wordings"].items():
            yield f"{topic_id} {wording_id}", wording


def test_the_package_header_of_each_file_puts_it_where_the_configuration_expects_it() -> None:
    assert CATALOGUE_FILE.read_text(encoding="utf-8").startswith("# @package topics\n")
    for path in LANGUAGE_FILES:
        header = f"# @package language.{path.stem}\n"
        assert path.read_text(encoding="utf-8").startswith(header), path.name


@each_topic
def test_a_topic_carries_every_field_of_the_catalogue(topic_id: str) -> None:
    topic = TOPICS[topic_id]
    # An item that the survey asks alone has no battery.
    assert [field for field in topic if field != "battery"] == FIELDS
    assert topic["code"] == topic_id.upper()
    assert topic["category"] == topic["code"][0]
    assert topic["label"].strip() and topic["category_name"].strip()
    assert list(topic["scale"]) == ["points", "low", "high"]
    assert topic["scale"]["low"] != topic["scale"]["high"]


@each_topic
def test_every_valid_answer_is_on_exactly_one_side(topic_id: str) -> None:
    topic = TOPICS[topic_id]
    lowest = {"below_0": 0, "below_1": 1}[topic["missing"]]
    answers = topic["pro"] + topic["con"] + topic["middle"]
    assert sorted(answers) == list(range(lowest, topic["scale"]["points"] + 1))
    assert topic["pro"] and topic["con"]


@each_topic
def test_the_pro_side_is_the_one_that_the_published_figures_count_as_pro(topic_id: str) -> None:
    # Their rule: the lower half of a scale, the upper half of a 10-point scale, E035 reversed.
    topic = TOPICS[topic_id]
    points = topic["scale"]["points"]
    half = points // 2
    upper = points == 10 and topic_id != "e035"
    assert topic["pro"] == (list(range(half + 1, 11)) if upper else list(range(1, half + 1)))


def test_categories_have_one_name_each() -> None:
    names = {(topic["category"], topic["category_name"]) for topic in TOPICS.values()}
    assert len(names) == len({category for category, _ in names})


def test_every_topic_has_published_figures_to_be_compared_with() -> None:
    if not PUBLISHED_FIGURES.exists():
        pytest.skip(f"nothing at {PUBLISHED_FIGURES}; set CULTURE_RAY_REFERENCE to its folder")
    with PUBLISHED_FIGURES.open(encoding="utf-8", newline="") as file:
        published = {row["question_key"].lower() for row in csv.DictReader(file)}
    assert set(TOPICS) <= published


@each_language
def test_a_language_says_what_it_is_and_who_made_it(language: str) -> None:
    content = LANGUAGES[language]
    assert content["code"] == language
    assert content["name"].strip() and content["native_name"].strip()
    assert content["made_by"].strip()
    assert isinstance(content["reviewed"], bool)


@each_language
def test_a_language_covers_exactly_the_catalogue_in_its_order(language: str) -> None:
    assert list(LANGUAGES[language]["topics"]) == list(TOPICS)


@each_language
def test_a_language_offers_ten_templates_and_five_wordings_of_each_topic(language: str) -> None:
    assert len(templates_of(language)) >= 10
    for topic_id, topic in LANGUAGES[language]["topics"].items():
        assert len(topic["wordings"]) >= 5, topic_id


@each_language
def test_languages_share_the_ids_of_templates_and_wordings(language: str) -> None:
    assert list(templates_of(language)) == list(templates_of("en"))
    for topic_id, topic in LANGUAGES["en"]["topics"].items():
        wordings = LANGUAGES[language]["topics"][topic_id]["wordings"]
        assert list(wordings) == list(topic["wordings"]), topic_id


@each_language
def test_a_template_has_one_slot_for_the_topic_and_no_other(language: str) -> None:
    for template_id, template in templates_of(language).items():
        slots = [name for _, name, _, _ in string.Formatter().parse(template) if name is not None]
        assert slots == ["topic"], template_id


@each_language
def test_a_template_asks_for_ten_numbered_summaries(language: str) -> None:
    for template_id, template in templates_of(language).items():
        # In any script and word order; with these digits, which the completion form continues.
        assert re.search(r"(?<!\d)10(?![\d.])", template), template_id
        assert re.search(r"(?<!\d)1\.\D*(?<!\d)10\.", template.splitlines()[-1]), template_id


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
def test_languages_share_the_ids_of_protocols_countries_and_answers(
    language: str,
) -> None:
    content, english = LANGUAGES[language], LANGUAGES["en"]
    assert list(content["protocols"]) == list(english["protocols"])
    for name, protocol in english["protocols"].items():
        assert list(content["protocols"][name]["templates"]) == list(protocol["templates"]), name
    shared = [name for name in content["countries"] if name in english["countries"]]
    assert shared == list(english["countries"])
    for name, answers in english["answers"].items():
        assert list(content["answers"][name]) == list(answers), name
    for topic_id, topic in english["topics"].items():
        assert content["topics"][topic_id]["answers"] == topic["answers"], topic_id
        assert list(content["topics"][topic_id]["questions"]) == list(topic["questions"]), topic_id


@each_language
def test_a_question_offers_the_answers_of_its_item(language: str) -> None:
    content = LANGUAGES[language]
    not_offered = {"e233b": {0}, "f028": {5}}  # given unprompted; not in the joint file
    for topic_id, topic in TOPICS.items():
        valid = {*topic["pro"], *topic["con"], *topic["middle"]}
        offered = set(content["answers"][content["topics"][topic_id]["answers"]])
        assert offered == valid - not_offered.get(topic_id, set()), topic_id


@each_language
def test_the_answers_of_ten_points_say_their_number(language: str) -> None:
    for name, answers in LANGUAGES[language]["answers"].items():
        if len(answers) == 10:
            assert all(re.match(rf"{code}\b", text) for code, text in answers.items()), name
            assert all(" – " in answers[end] for end in (1, 10)), name


@each_language
def test_questions_are_questions_and_speak_to_the_respondent(language: str) -> None:
    for topic_id, topic in LANGUAGES[language]["topics"].items():
        for text in topic["questions"].values():
            assert is_one(text, QUESTION_MARKS), f"{topic_id}: {text}"
            assert not COUNTRIES.search(text), topic_id
            assert text not in topic["wordings"].values(), topic_id


@each_language
def test_every_shipped_population_that_is_a_country_has_its_words(language: str) -> None:
    table = ROOT / "conf" / "populations" / "evs_wvs_joint_v5.csv"
    with table.open(encoding="utf-8", newline="") as file:
        known = {row["population"] for row in csv.DictReader(file) if row["kind"] == "country"}
    assert set(LANGUAGES[language]["countries"]) >= known


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


@each_language
def test_every_way_of_asking_has_its_texts_and_not_knowing_is_no_answer(language: str) -> None:
    content = LANGUAGES[language]
    for name, protocol in PROTOCOLS.items():
        if protocol.placeholders:
            assert protocol.texts in content["protocols"], name
    for scale, answers in content["answers"].items():
        said = {str(text).casefold() for text in answers.values()}
        assert content["dont_know"].casefold() not in said, scale
        assert content["middle"].casefold() not in said, scale
