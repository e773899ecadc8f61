"""Answer kind of a benchmark: how an answer is asked for and read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from culture_ray.errors import WrongValue
from culture_ray.survey.fields import Fields

KINDS = ("option", "statement", "label", "short", "number", "text", "layers")


@dataclass(frozen=True)
class LexiconSource:
    """File of terms that are looked for in free texts, CSV or JSON lines."""

    file: str
    term: str = "term"
    """Column of the terms."""
    group: str = "group"
    """Column of the group of each term, such as a region; the file may have none."""

    @classmethod
    def of(cls, fields: Fields) -> LexiconSource | None:
        """Return the lexicon in an answer kind, a path or {file, term, group}; None without one."""
        if not fields.has("lexicon"):
            return None
        if not isinstance(fields.values["lexicon"], Mapping):
            return cls(fields.text("lexicon"))
        nested = fields.nested("lexicon").known(cls.__dataclass_fields__)
        return cls(
            nested.text("file"), nested.text("term", cls.term), nested.text("group", cls.group)
        )


@dataclass(frozen=True)
class AnswerKind:
    """Kind of a benchmark's answers, one of KINDS, with what reading them needs."""

    kind: str
    by: str = "probability"
    """For option: probability of the letters, or text (the last letter of an answer in words)."""
    labels: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)
    """For label and statement: texts that stand for a label, by label and language.

    The first text of a language is the one that the model is asked for. A statement has the labels
    true and false, in this order."""
    tolerance: float = 0.0
    """For number: largest absolute difference that counts as equal."""
    relative: float = 0.0
    """For number: largest difference that counts as equal, as a share of the right number."""
    tag: str = ""
    """For number: text before the answer, such as ####; empty for the last number."""
    strip: tuple[str, ...] = ()
    """For short: words left out before answers are compared, such as articles."""
    lexicon: LexiconSource | None = None
    """For text: terms that are looked for."""
    words: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """For layers: words whose probability is read after every layer, by name; they may hold {text}
    and the item's fields."""

    @classmethod
    def of(cls, fields: Fields) -> AnswerKind:
        """Return the answer kind in a benchmark's file; raises WrongValue, UnknownName."""
        kind = fields.one_of("kind", KINDS)
        fields.known(("kind", *_OF_KIND[kind]))
        labels = _labels(fields)
        if kind == "label" and len(labels) < 2:
            raise WrongValue(fields.at("labels"), sorted(labels), "at least two labels")
        if kind == "statement":
            labels = labels or {"true": {"en": ("True",)}, "false": {"en": ("False",)}}
            if list(labels) != ["true", "false"]:
                raise WrongValue(fields.at("labels"), list(labels), '"true" and "false", quoted')
        if kind == "layers" and not fields.has("words"):
            raise WrongValue(fields.at("words"), None, "words by name")
        return cls(
            kind=kind,
            by=fields.one_of("by", ("probability", "text"), "probability"),
            labels=labels,
            tolerance=_not_negative(fields, "tolerance"),
            relative=_not_negative(fields, "relative"),
            tag=fields.text("tag", ""),
            strip=fields.texts("strip", ()),
            lexicon=LexiconSource.of(fields),
            words=_words(fields),
        )


_OF_KIND = {
    "option": ("by",),
    "statement": ("labels",),
    "label": ("labels",),
    "short": ("strip",),
    "number": ("tolerance", "relative", "tag"),
    "text": ("lexicon",),
    "layers": ("words",),
}
"""Keys of each answer kind: a key that would do nothing is refused."""


def _labels(fields: Fields) -> dict[str, dict[str, tuple[str, ...]]]:
    value = fields.values.get("labels")
    if value is None:
        return {}
    if isinstance(value, list | tuple):
        return {label: {"en": (label,)} for label in fields.texts("labels")}
    nested = fields.nested("labels")
    found = {}
    for key in nested.values:
        label = nested.name(key)
        if isinstance(nested.values[key], Mapping):
            texts = nested.nested(key)
            found[label] = {texts.name(code): texts.texts(code) for code in texts.values}
        else:
            found[label] = {"en": nested.texts(key)}
    return found


def _words(fields: Fields) -> dict[str, tuple[str, ...]]:
    if not fields.has("words"):
        return {}
    nested = fields.nested("words")
    return {nested.name(key): nested.texts(key) for key in nested.values}


def _not_negative(fields: Fields, name: str) -> float:
    number = fields.number(name, 0.0)
    if number < 0:
        raise WrongValue(fields.at(name), number, "0 or more")
    return number
