"""Texts of one language: templates per protocol; statements, wordings and questions per topic."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from culture_ray.errors import BadPrompts, UnknownName, WrongValue
from culture_ray.prompts.options import LETTERS, both_orders
from culture_ray.prompts.phrases import Phrases, read_phrases
from culture_ray.prompts.profile_texts import ProfileTexts, read_profile_texts
from culture_ray.prompts.protocols import Protocol, find_protocol
from culture_ray.prompts.text_checks import check_different
from culture_ray.prompts.text_reader import TextReader
from culture_ray.survey.fields import Fields
from culture_ray.survey.language_tags import EXPECTED, is_tag


@dataclass(frozen=True)
class TopicTexts:
    """Texts of a topic: its pro and con statements, and its wordings by id."""

    pro: str
    con: str
    wordings: Mapping[str, str]
    questions: Mapping[str, str] = field(default_factory=dict)
    """Survey questions in the second person, by id; empty if there are none."""
    answers: Mapping[int, str] = field(default_factory=dict)
    """Answers by the survey's code, in the survey's order."""

    def wording_ids(self, protocol: Protocol) -> tuple[str, ...]:
        """Return the ids of the wordings in which a protocol can ask about this topic."""
        return both_orders(self.questions) if protocol.offers_options else tuple(self.wordings)


@dataclass(frozen=True)
class ProtocolTexts:
    """Templates by id, and the words with which a base model's answer begins."""

    templates: Mapping[str, str]
    completion_lead: str


@dataclass(frozen=True)
class Language:
    """All texts of a language; `unreviewed` is the number that no person has confirmed yet."""

    code: str
    name: str
    native_name: str
    protocols: Mapping[str, ProtocolTexts]
    topics: Mapping[str, TopicTexts]
    unreviewed: int
    countries: Mapping[str, str] = field(default_factory=dict)
    """Phrase for living in a country, by population, as in "people who live in Denmark"."""
    phrases: Phrases | None = None
    """Phrases that models write around opinions; None if the file has none."""
    dont_know: str = ""
    """Answer of somebody who does not know; empty if the file has none."""
    respondents: ProfileTexts | None = None
    """Texts that describe a respondent of a survey; None if the file has none."""
    middle: str = ""
    """Answer that is added between the sides of an even scale; empty if the file has none."""


def read_language(code: str, mapping: Mapping[str, object]) -> Language:
    """Read and check the texts of a language.

    `mapping` is the content of conf/language/<code>.yaml. A text is a string, or a mapping of text,
    made_by and reviewed; a string takes the file's `reviewed`. Raises BadPrompts for a text that
    cannot be used, WrongValue and UnknownName for a malformed file; all name the language and the
    place.
    """
    top = Fields.of(mapping, f"language.{code}").known(_KEYS).needed(_NEEDED)
    if top.text("code") != code:
        raise WrongValue(top.at("code"), top.text("code"), f"'{code}', the name of the file")
    if not is_tag(code):
        raise WrongValue(top.at("code"), code, EXPECTED)
    top.text("made_by")
    texts = TextReader(f"language {code}", reviewed=top.flag("reviewed"))
    protocols, topics = top.nested("protocols"), top.nested("topics")
    scales = _scales(top, texts)
    return Language(
        code=code,
        name=top.text("name"),
        native_name=top.text("native_name"),
        protocols={
            name: _protocol(name, protocols.nested(name), texts) for name in protocols.values
        },
        topics=_topics(topics, scales, texts),
        countries=_countries(top, texts),
        dont_know=_optional(top, "dont_know", texts),
        middle=_optional(top, "middle", texts),
        phrases=read_phrases(top.nested("phrases")) if "phrases" in top.values else None,
        respondents=read_profile_texts(top.nested("respondents"), texts)
        if "respondents" in top.values
        else None,
        unreviewed=texts.unreviewed,
    )


def check_language(
    language: Language,
    topic_ids: Sequence[str],
    protocol: str,
    countries: Sequence[str] = (),
) -> None:
    """Raise BadPrompts unless the language has every text for this protocol.

    These are the protocol's templates, the texts of all topics, and phrases for all countries.
    """
    file = "its file"
    kind = find_protocol(protocol)
    if kind.texts not in language.protocols:
        raise BadPrompts(
            f"language {language.code}: no templates for protocol {protocol}; "
            f"add protocols.{kind.texts} to {file}, or leave it out of protocol=[...]"
        )
    missing = [topic for topic in topic_ids if topic not in language.topics]
    if missing:
        raise BadPrompts(
            f"language {language.code}: no texts for {len(missing)} of {len(topic_ids)} topics: "
            f"{', '.join(missing)}; add them to topics in {file} "
            "or leave them out with topics.only"
        )
    unasked = [topic for topic in topic_ids if not language.topics[topic].wording_ids(kind)]
    if unasked:
        raise BadPrompts(
            f"language {language.code}: no question for protocol {protocol} in {len(unasked)} of "
            f"{len(topic_ids)} topics: {', '.join(unasked)}; add questions and answers to them in "
            f"{file} or leave them out with topics.only"
        )
    nameless = [country for country in countries if country not in language.countries]
    if nameless:
        raise BadPrompts(
            f"language {language.code}: no phrase for {', '.join(nameless)} of "
            f"protocol.{protocol}.countries; add them to countries in {file}"
        )


_KEYS = (
    "code", "name", "native_name", "made_by", "reviewed", "protocols", "countries", "answers",
    "topics", "phrases", "dont_know", "middle", "respondents",
)  # fmt: skip

_NEEDED = ("code", "name", "native_name", "made_by", "reviewed", "protocols", "topics")


def _optional(top: Fields, name: str, texts: TextReader) -> str:
    return texts.take(top, name, f"{texts.language}, {name}") if name in top.values else ""


def _protocol(name: str, entry: Fields, texts: TextReader) -> ProtocolTexts:
    protocol = find_protocol(name)
    entry.known(("templates", "completion_lead")).needed(("templates", "completion_lead"))
    place = f"{texts.language}, protocol {name}"
    slots = protocol.placeholders
    templates = texts.take_all(entry.nested("templates"), f"{place}, template", slots)
    check_different({f"{place}, template {key}": text for key, text in templates.items()})
    lead = texts.take(entry, "completion_lead", f"{place}, completion_lead")
    return ProtocolTexts(templates, lead)


def _countries(top: Fields, texts: TextReader) -> dict[str, str]:
    if "countries" not in top.values:
        return {}
    place = f"{texts.language}, country"
    countries = texts.take_all(top.nested("countries"), place)
    check_different({f"{place} {name}": text for name, text in countries.items()})
    return countries


def _scales(top: Fields, texts: TextReader) -> dict[str, dict[int, str]]:
    """Return the answers of each scale by the survey's code."""
    if "answers" not in top.values:
        return {}
    scales, entries = {}, top.nested("answers")
    for name in entries.values:
        scale = entries.nested(name)
        codes = list(scale.values)
        if any(type(code) is not int for code in codes) or not 2 <= len(codes) <= len(LETTERS):
            raise WrongValue(
                scale.key, codes, f"2 to {len(LETTERS)} answers, by the survey's codes"
            )
        place = f"{texts.language}, answers {name}"
        taken = {code: texts.take(scale, code, f"{place}, code {code}") for code in sorted(codes)}
        check_different({f"{place}, code {code}": text for code, text in taken.items()})
        scales[str(name)] = taken
    return scales


def _topics(
    entries: Fields, scales: Mapping[str, Mapping[int, str]], texts: TextReader
) -> dict[str, TopicTexts]:
    topics = {name: _topic(name, entries.nested(name), scales, texts) for name in entries.values}
    # Wordings are compared across topics: two survey items cannot share a text.
    for what in ("wording", "question"):
        check_different(
            {
                f"{texts.language}, topic {topic}, {what} {name}": text
                for topic, of_topic in topics.items()
                for name, text in getattr(of_topic, f"{what}s").items()
            }
        )
    return topics


def _topic(
    name: str, entry: Fields, scales: Mapping[str, Mapping[int, str]], texts: TextReader
) -> TopicTexts:
    entry.known(("pro", "con", "wordings", "questions", "answers"))
    place = f"{texts.language}, topic {name}"
    questions: dict[str, str] = {}
    answers: Mapping[int, str] = {}
    if "questions" in entry.values or "answers" in entry.values:
        questions = texts.take_all(entry.nested("questions"), f"{place}, question")
        scale = entry.text("answers")
        if scale not in scales:
            raise UnknownName("scale", scale, scales, where=entry.at("answers"))
        answers = scales[scale]
    topic = TopicTexts(
        pro=texts.take(entry, "pro", f"{place}, pro"),
        con=texts.take(entry, "con", f"{place}, con"),
        wordings=texts.take_all(entry.nested("wordings"), f"{place}, wording"),
        questions=questions,
        answers=answers,
    )
    check_different({f"{place}, pro": topic.pro, f"{place}, con": topic.con})
    return topic
