"""The record of readings says of every prompt text who has read it, and as it is now.

`readings.yaml` keeps a digest of what was read, per place and language; what the reader
found stands in `conf/language/READING.md`. After an edit, have the text read again, note the
finding there, and put the digest that the failing test prints into `readings.yaml`. Languages that
were read back as a whole have one digest, at `whole`. A language that only its writer has read has
none and is listed there as unread. The texts that every language got later have a digest of their
own, at `later`.
"""

import hashlib
import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
RECORD_FILE = ROOT / "conf" / "language" / "READING.md"
DIGESTS_FILE = Path(__file__).with_name("readings.yaml")
VERDICTS = {"agreed", "changed", "doubt", "corrected"}
EXPLANATION = re.compile(r"^- \*\*([\w, ]+): ([\w, -]+)\*\* (changed|doubt|corrected): \S", re.M)
UNREAD = re.compile(r"^- \*\*([\w-]+)\*\* unread: \S", re.M)
READ_BACK = re.compile(r"^- \*\*([\w-]+)\*\* read back: \S", re.M)
# What a statement is read against; a note or a code may change without a new reading.
MEANING = ["label", "scale", "pro", "con", "middle"]
LATER_PROTOCOLS = ("constrained_choice", "verbalised_distribution", "reasoned_answer", "battery")
LATER_TEXTS = ("dont_know", "middle", "respondents")

TOPICS: dict[str, dict[str, Any]] = yaml.safe_load(
    (ROOT / "conf" / "topics" / "evs_wvs.yaml").read_text(encoding="utf-8")
)["topics"]
LANGUAGES: dict[str, dict[str, Any]] = {
    path.stem: yaml.safe_load(path.read_text(encoding="utf-8"))
    for path in sorted((ROOT / "conf" / "language").glob("*.yaml"))
}
DIGESTS: dict[str, dict[str, str]] = yaml.safe_load(DIGESTS_FILE.read_text(encoding="utf-8"))
WHOLE: dict[str, str] = DIGESTS.pop("whole", {})
LATER: dict[str, str] = DIGESTS.pop("later", {})
UNREAD_PARTS = re.compile(r"^- \*\*(\w+): ([\w, -]+)\*\* unread: \S", re.M)

READ = [code for code in LANGUAGES if any(code in places for places in DIGESTS.values())]

each_read_language = pytest.mark.parametrize("language", READ)


def things_to_read(language: str) -> dict[str, Any]:
    """Per place (template, completion lead, topic, ...): all that a reader judges together."""
    content = LANGUAGES[language]
    protocol = content["protocols"]["hypothetical_interviews"]
    things: dict[str, Any] = dict(protocol["templates"])
    things["completion_lead"] = protocol["completion_lead"]
    for topic_id, texts in content["topics"].items():
        said = {key: texts[key] for key in ("pro", "con", "wordings")}
        things[topic_id] = {"item": item(topic_id), "texts": said}
    for short, name in (("persona", "persona"), ("direct", "direct_item")):
        protocol = content["protocols"][name]
        things |= {f"{short}_{key}": text for key, text in protocol["templates"].items()}
        things[f"{short}_lead"] = protocol["completion_lead"]
    things["countries"] = content["countries"]
    things |= {f"answers_{name}": in_text(answers) for name, answers in content["answers"].items()}
    for topic_id, texts in content["topics"].items():
        answers = in_text(content["answers"][texts["answers"]])
        asked = {"questions": texts["questions"], "answers": answers}
        things[f"q_{topic_id}"] = {"item": item(topic_id), "texts": asked}
    return things


def later_texts(language: str) -> dict[str, Any]:
    """Texts of a language written after its topics were read, but for parts not yet read."""
    content = LANGUAGES[language]
    things = {name: content["protocols"][name] for name in LATER_PROTOCOLS}
    unread = {
        part for part, codes in UNREAD_PARTS.findall(record()) if language in codes.split(", ")
    }
    return things | {name: content[name] for name in LATER_TEXTS if name not in unread}


def item(topic_id: str) -> dict[str, Any]:
    return {key: TOPICS[topic_id][key] for key in MEANING}


def in_text(answers: dict[int, str]) -> dict[str, str]:
    return {str(code): text for code, text in answers.items()}


def digest(thing: Any) -> str:
    text = json.dumps(thing, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode("utf-8")).hexdigest()[:12]


def recorded_verdicts() -> dict[str, dict[str, str]]:
    """Verdict per place and language, from the tables of the record."""
    verdicts: dict[str, dict[str, str]] = {}
    languages: list[str] = []
    for line in record().splitlines():
        if not line.startswith("|") or line.startswith("| ---"):
            continue
        place, *cells = (cell.strip() for cell in line.strip("|").split("|"))
        if place == "place":
            languages = cells
        else:
            assert place not in verdicts, f"{RECORD_FILE.name} has two rows for {place}"
            verdicts[place] = dict(zip(languages, cells, strict=True))
    return verdicts


def record() -> str:
    return RECORD_FILE.read_text(encoding="utf-8")


def test_the_record_says_of_every_language_whether_it_has_been_read_back() -> None:
    unread, read_back = UNREAD.findall(record()), READ_BACK.findall(record())
    assert sorted([*READ, *read_back, *unread]) == sorted(LANGUAGES)
    assert sorted(read_back) == sorted(WHOLE)
    claimed = {code for by_language in recorded_verdicts().values() for code in by_language}
    assert claimed == set(READ)


@pytest.mark.parametrize("language", sorted(WHOLE))
def test_no_text_has_changed_since_its_language_was_read_back(language: str) -> None:
    assert digest(things_to_read(language)) == WHOLE[language], f"{language} needs a reading"


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_no_later_text_has_changed_since_it_was_read(language: str) -> None:
    now = digest(later_texts(language))
    read = LATER.get(language)
    assert now == read, f"later texts of {language} need a reading: read as {read}, is now {now}"


@each_read_language
def test_no_text_has_changed_since_it_was_read(language: str) -> None:
    now = {place: digest(thing) for place, thing in things_to_read(language).items()}
    read = {place: by_language.get(language) for place, by_language in DIGESTS.items()}
    changed = [
        f"{place}: read as {read.get(place)}, is now {now.get(place)}"
        for place in now | read
        if read.get(place) != now.get(place)
    ]
    assert not changed, f"{language} has texts that need a reading:\n" + "\n".join(changed)


@each_read_language
def test_the_record_gives_a_verdict_on_every_topic_and_template(language: str) -> None:
    verdicts = recorded_verdicts()
    places = things_to_read(language)
    assert set(verdicts) <= set(places), f"no longer there: {set(verdicts) - set(places)}"
    found = {place: verdicts.get(place, {}).get(language, "no verdict") for place in places}
    wrong = {
        place: verdict
        for place, verdict in found.items()
        if not set(verdict.split(", ")) <= VERDICTS
    }
    assert not wrong, f"{language}: {wrong}"


@each_read_language
def test_the_record_explains_every_change_and_every_doubt(language: str) -> None:
    explained = {
        (place, code, verdict)
        for places, codes, verdict in EXPLANATION.findall(record())
        for place in places.split(", ")
        for code in codes.split(", ")
    }
    for place, by_language in recorded_verdicts().items():
        found = set(by_language.get(language, "agreed").split(", "))
        for verdict in VERDICTS - {"agreed"}:
            is_explained = (place, language, verdict) in explained
            assert is_explained == (verdict in found), f"{place} {language} {verdict}"
