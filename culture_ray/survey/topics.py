"""Topic catalogue: survey items with their answer scales and pro and con answers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from culture_ray.errors import UnknownName, WrongValue
from culture_ray.survey.fields import Fields

_SHOWN = 6
"""Topics that a message names."""

LOWEST_VALID = {"below_1": 1, "below_0": 0}
"""Lowest code that counts as an answer, by the value of `missing` in the catalogue."""


@dataclass(frozen=True)
class Scale:
    """Answer scale: labels of its ends, and its pro, con and middle codes.

    `missing` is `below_1` or `below_0`: lower codes are not answers.
    """

    points: int
    low: str
    high: str
    pro: tuple[int, ...]
    con: tuple[int, ...]
    middle: tuple[int, ...]
    missing: str

    @property
    def answers(self) -> tuple[int, ...]:
        """Return the codes of all answers, from the low end of the scale to the high one."""
        return tuple(sorted((*self.pro, *self.con, *self.middle)))


@dataclass(frozen=True)
class Topic:
    """Survey item; `id` is its EVS/WVS code in lower case."""

    id: str
    code: str
    label: str
    category: str
    category_name: str
    scale: Scale
    note: str
    battery: str = ""
    """Items that the survey asks as one question; empty for an item that stands alone."""


def name_topics(content: Mapping[str, object]) -> None:
    """Replace what `topics.only` names by the ids of the topics, where it fits one topic each.

    F120 is f120, and abortion is the only topic with that word in its label. A name that fits no
    topic stays, and is refused where the catalogue is read. Raises WrongValue for words that fit
    several topics, and names these.
    """
    chosen = content.get("topics")
    if not isinstance(chosen, dict) or not isinstance(chosen.get("topics"), Mapping):
        return
    only = chosen.get("only")
    if isinstance(only, str):
        only = [only]
    if isinstance(only, list):
        chosen["only"] = [_topic_named(name, chosen["topics"]) for name in only]


def _topic_named(name: object, catalogue: Mapping[str, object]) -> object:
    if not isinstance(name, str) or name in catalogue:
        return name
    word = name.casefold()
    if word in catalogue:
        return word
    labels = {
        topic: str(entry.get("label", ""))
        for topic, entry in catalogue.items()
        if isinstance(entry, Mapping)
    }
    found = [topic for topic, label in labels.items() if word and word in label.casefold()]
    if len(found) > 1:
        named = ", ".join(f"{topic} ({labels[topic]})" for topic in found[:_SHOWN])
        more = f" and {len(found) - _SHOWN} more" if len(found) > _SHOWN else ""
        raise WrongValue(
            "topics.only", name, f"one topic; these have it in their label: {named}{more}"
        )
    return found[0] if found else name


def read_topics(mapping: Mapping[str, object]) -> tuple[Topic, ...]:
    """Return the topics of a catalogue in its order, restricted to those in `only` if it is set.

    `mapping` is the content of a file in conf/topics. Raises WrongValue for a malformed entry and
    UnknownName for a name in `only` that is not in the catalogue; both name the key.
    """
    catalogue = Fields.of(mapping, "topics").known(("name", "source", "only", "topics"))
    entries = catalogue.nested("topics")
    topics = [read_topic(str(name), entries.nested(name)) for name in entries.values]
    if not topics:
        raise WrongValue("topics.topics", {}, "at least one topic")
    only = _only(catalogue, [topic.id for topic in topics])
    return tuple(topic for topic in topics if only is None or topic.id in only)


def read_topic(name: str, entry: Fields) -> Topic:
    """Return the topic of one entry; raises WrongValue and UnknownName, naming the key."""
    entry.known(("code", "label", "category", "category_name", "battery", "note", *_SCALE_KEYS))
    code = entry.text("code")
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name) or code.lower() != name:
        raise WrongValue(entry.at("code"), code, f"the survey's code: '{name}' in capitals")
    return Topic(
        id=name,
        code=code,
        label=entry.text("label"),
        category=entry.text("category"),
        category_name=entry.text("category_name"),
        scale=_scale(entry),
        note=entry.text("note", default=""),
        battery=entry.text("battery", default=""),
    )


def _only(catalogue: Fields, known: list[str]) -> set[str] | None:
    names = catalogue.values.get("only")
    if names is None:
        return None
    if not isinstance(names, list | tuple) or not names:
        raise WrongValue("topics.only", names, "null for all topics, or a list of topic ids")
    for name in names:
        if name not in known:
            raise UnknownName("topic", str(name), known, "topics.only", "culture-ray list topics")
    return set(names)


_SCALE_KEYS = ("scale", "pro", "con", "middle", "missing")


def _scale(entry: Fields) -> Scale:
    ends = entry.nested("scale").known(("points", "low", "high"))
    missing = entry.text("missing", default="below_1")
    if missing not in LOWEST_VALID:
        raise WrongValue(entry.at("missing"), missing, f"one of {', '.join(LOWEST_VALID)}")
    scale = Scale(
        points=ends.whole_number("points"),
        low=ends.text("low"),
        high=ends.text("high"),
        pro=entry.codes("pro"),
        con=entry.codes("con"),
        middle=entry.codes("middle", default=()),
        missing=missing,
    )
    _check_codes(entry, scale)
    return scale


def _check_codes(entry: Fields, scale: Scale) -> None:
    if scale.points < 2:
        raise WrongValue(entry.at("scale.points"), scale.points, "at least 2")
    for name, codes in (("pro", scale.pro), ("con", scale.con)):
        if not codes:
            raise WrongValue(entry.at(name), list(codes), "at least one answer code")
    first = LOWEST_VALID[scale.missing]
    found = sorted((*scale.pro, *scale.con, *scale.middle))
    complete = [list(range(1, scale.points + 1))]
    if first == 0:
        # A scale that begins at 1 may have an extra code 0 ("it is against democracy").
        complete += [list(range(scale.points)), list(range(scale.points + 1))]
    if found not in complete:
        expected = f"each of the {scale.points} answer codes exactly once in pro, con or middle"
        raise WrongValue(entry.key, found, expected)
