"""The language files are complete and parallel."""

import csv
import re
import string

from culture_ray.prompts.protocols import PROTOCOLS
from tests.content.shipped_texts import (
    CATALOGUE_FILE,
    LANGUAGE_FILES,
    LANGUAGES,
    ROOT,
    TOPICS,
    each_language,
    templates_of,
)


def test_the_package_header_of_each_file_puts_it_where_the_configuration_expects_it() -> None:
    assert CATALOGUE_FILE.read_text(encoding="utf-8").startswith("# @package topics\n")
    for path in LANGUAGE_FILES:
        header = f"# @package language.{path.stem}\n"
        assert path.read_text(encoding="utf-8").startswith(header), path.name


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
def test_every_shipped_population_that_is_a_country_has_its_words(language: str) -> None:
    table = ROOT / "conf" / "populations" / "evs_wvs_joint_v5.csv"
    with table.open(encoding="utf-8", newline="") as file:
        known = {row["population"] for row in csv.DictReader(file) if row["kind"] == "country"}
    assert set(LANGUAGES[language]["countries"]) >= known


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
