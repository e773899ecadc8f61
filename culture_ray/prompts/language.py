"""The texts of one language: templates per protocol, statements and wordings per topic."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from culture_ray.errors import BadPrompts, WrongValue
from culture_ray.prompts.protocols import find_protocol
from culture_ray.prompts.text_checks import check_braces, check_different, check_readable
from culture_ray.survey.fields import Fields


@dataclass(frozen=True)
class TopicTexts:
    """What being for and against a topic means, and the ways to phrase it by wording id."""

    pro: str
    con: str
    wordings: Mapping[str, str]


@dataclass(frozen=True)
class ProtocolTexts:
    """Templates by id, and the words that lead a base model into the list it completes."""

    templates: Mapping[str, str]
    completion_lead: str


@dataclass(frozen=True)
class Language:
    """All texts of a language; `unreviewed` counts those that no person has confirmed yet."""

    code: str
    name: str
    native_name: str
    protocols: Mapping[str, ProtocolTexts]
    topics: Mapping[str, TopicTexts]
    unreviewed: int


def read_language(code: str, mapping: Mapping[str, object]) -> Language:
    """Return the texts of a language, checked.

    `mapping` is the content of conf/language/<code>.yaml. Every text is plain, or a mapping of
    text, made_by and reviewed; a plain one takes the file's `reviewed`. Raises BadPrompts for a
    text that cannot be used, WrongValue and UnknownName for a file of another form; all name the
    language and the place.
    """
    top = Fields.of(mapping, f"language.{code}").known(_KEYS)
    if top.text("code") != code:
        raise WrongValue(top.at("code"), top.text("code"), f"'{code}', as the file is named")
    top.text("made_by")
    texts = _Texts(f"language {code}", reviewed=top.flag("reviewed"))
    protocols, topics = top.nested("protocols"), top.nested("topics")
    return Language(
        code=code,
        name=top.text("name"),
        native_name=top.text("native_name"),
        protocols={
            name: _protocol(name, protocols.nested(name), texts) for name in protocols.values
        },
        topics=_topics(topics, texts),
        unreviewed=texts.unreviewed,
    )


def check_language(language: Language, topic_ids: Sequence[str], protocol: str) -> None:
    """Raise BadPrompts unless the language has texts for this protocol and all these topics."""
    if protocol not in language.protocols:
        raise BadPrompts(
            f"language {language.code}: no templates for protocol {protocol}; "
            f"add protocols.{protocol} to conf/language/{language.code}.yaml"
        )
    missing = [topic for topic in topic_ids if topic not in language.topics]
    if missing:
        raise BadPrompts(
            f"language {language.code}: no texts for {len(missing)} of {len(topic_ids)} topics: "
            f"{', '.join(missing)}; add them to topics in conf/language/{language.code}.yaml "
            "or leave them out with topics.only"
        )


_KEYS = ("code", "name", "native_name", "made_by", "reviewed", "protocols", "topics")

_ENTRY = ("text", "made_by", "reviewed", "digest", "problems")
"""Keys of a text that says who made it; the last two are written by translate and vary."""


@dataclass
class _Texts:
    """Takes texts, plain or a mapping of text, made_by, reviewed, and counts the unreviewed."""

    language: str
    reviewed: bool
    unreviewed: int = field(default=0, init=False)

    def take(self, entry: Fields, name: str, place: str, slots: Sequence[str] = ()) -> str:
        """Return one text; among braces it holds `slots` and nothing else."""
        value: Any = entry.values.get(name)
        reviewed = self.reviewed
        if isinstance(value, Mapping):
            fields = entry.nested(name).known(_ENTRY)
            value, reviewed = fields.values.get("text"), fields.flag("reviewed", self.reviewed)
        if not isinstance(value, str):
            raise WrongValue(entry.at(name), value, "a text")
        check_readable(place, value)
        check_braces(place, value, slots)
        self.unreviewed += not reviewed
        return value.strip()

    def take_all(self, entry: Fields, place: str, slots: Sequence[str] = ()) -> dict[str, str]:
        """Return the texts of a mapping by id; there is at least one."""
        if not entry.values:
            raise WrongValue(entry.key, {}, "at least one text")
        for name in entry.values:
            if not isinstance(name, str):
                raise WrongValue(entry.key, name, "ids that are texts, such as t01 or w1")
        return {name: self.take(entry, name, f"{place} {name}", slots) for name in entry.values}


def _protocol(name: str, entry: Fields, texts: _Texts) -> ProtocolTexts:
    protocol = find_protocol(name)
    entry.known(("templates", "completion_lead"))
    place = f"{texts.language}, protocol {name}"
    slots = protocol.placeholders
    templates = texts.take_all(entry.nested("templates"), f"{place}, template", slots)
    check_different({f"{place}, template {key}": text for key, text in templates.items()})
    lead = texts.take(entry, "completion_lead", f"{place}, completion_lead")
    return ProtocolTexts(templates, lead)


def _topics(entries: Fields, texts: _Texts) -> dict[str, TopicTexts]:
    topics = {name: _topic(name, entries.nested(name), texts) for name in entries.values}
    # One text cannot phrase two survey items either, so wordings are compared across topics.
    check_different(
        {
            f"{texts.language}, topic {topic}, wording {name}": wording
            for topic, of_topic in topics.items()
            for name, wording in of_topic.wordings.items()
        }
    )
    return topics


def _topic(name: str, entry: Fields, texts: _Texts) -> TopicTexts:
    entry.known(("pro", "con", "wordings"))
    place = f"{texts.language}, topic {name}"
    topic = TopicTexts(
        pro=texts.take(entry, "pro", f"{place}, pro"),
        con=texts.take(entry, "con", f"{place}, con"),
        wordings=texts.take_all(entry.nested("wordings"), f"{place}, wording"),
    )
    check_different({f"{place}, pro": topic.pro, f"{place}, con": topic.con})
    return topic
