"""Right answers of items, from a column of letters, places, texts or flags, or from votes."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any

from culture_ray.benchmarks.design.answers import AnswerKind
from culture_ray.benchmarks.items.columns import as_text
from culture_ray.benchmarks.rows import RightAnswer
from culture_ray.errors import BadTable
from culture_ray.prompts.options import LETTERS

_NUMBER = re.compile(r"[-+]?(?:\d{1,3}(?:,\d{3})+|\d+)?(?:\.\d+|(?<=\d)\.?)(?:[eE][-+]?\d+)?")
_TRUE, _FALSE = ("true", "1", "yes"), ("false", "0", "no")


def right_answers(
    values: Sequence[Any],
    weights: Sequence[Any] | None,
    options: Sequence[Sequence[str]],
    form: str,
    kind: AnswerKind,
    name: Callable[[int], str],
) -> list[tuple[RightAnswer, ...]]:
    """Return the right answers of every item, from the values of its answer column.

    `options` are those of every item, `form` is one of ANSWER_FORMS or empty, and `name` returns an
    item's description for messages. Raises BadTable for an answer that is no option, no label or
    no number, and for numbers that may be places counted from 0 or from 1.
    """
    listed = [_listed(value) for value in values]
    by_option = kind.kind in ("option", "statement")
    chosen = form or (_form_of(listed, options, name) if by_option else "text")
    found = []
    for place in range(len(listed)):
        if by_option:
            given = _of_options(listed[place], options[place], chosen, partial(name, place))
        else:
            given = _of_texts(listed[place], kind, partial(name, place))
        if not given and kind.kind not in ("text", "layers", "statement"):
            raise BadTable(
                f"{name(place)} has no answer: leave such rows out with a transform keep or drop"
            )
        own = None if weights is None else _listed(weights[place])
        answers = _weighted(given, own, partial(name, place))
        closed = by_option or kind.kind == "label"
        found.append(_most_voted(answers) if own is not None and closed else answers)
    return found


def _most_voted(answers: tuple[RightAnswer, ...]) -> tuple[RightAnswer, ...]:
    """Return the answers with most votes: of options and labels, these are the right ones."""
    most = max((answer.weight for answer in answers), default=0.0)
    return tuple(answer for answer in answers if answer.weight == most)


def votes(
    annotations: Iterable[Mapping[str, Any]], texts: Sequence[str], count: str, minimum: float
) -> list[tuple[str, float]]:
    """Return the distinct answers with their votes, the most frequent first.

    Every annotation holds spellings of one answer in the fields `texts`, each a text or a list, and
    its number of votes in the field `count`; without one it counts once. Answers with fewer votes
    than `minimum` are left out.
    """
    totals: dict[str, float] = {}
    for annotation in annotations:
        value = annotation.get(count) if count else 1
        number = float(value) if value is not None else 1.0
        spellings = dict.fromkeys(
            text for name in texts for text in _spellings(annotation.get(name))
        )
        for spelling in spellings:
            totals[spelling] = totals.get(spelling, 0.0) + number
    ranked = sorted(totals.items(), key=lambda entry: -entry[1])
    return [(text, number) for text, number in ranked if number >= minimum]


def _spellings(value: Any) -> list[str]:
    entries = value if isinstance(value, list | tuple) else [value]
    return [text for entry in entries if (text := as_text(entry).strip())]


def _listed(value: Any) -> list[Any]:
    if value is None or value == "":
        return []
    return list(value) if isinstance(value, list | tuple) else [value]


def _weighted(
    answers: Sequence[RightAnswer], weights: Sequence[Any] | None, name: Callable[[], str]
) -> tuple[RightAnswer, ...]:
    if weights is None:
        return tuple(answers)
    if len(weights) != len(answers):
        raise BadTable(f"{name()} has {len(answers)} answers and {len(weights)} weights")
    return tuple(
        RightAnswer(answer.text, answer.option, float(weight))
        for answer, weight in zip(answers, weights, strict=True)
    )


def _form_of(
    values: Sequence[Sequence[Any]],
    options: Sequence[Sequence[str]],
    name: Callable[[int], str],
) -> str:
    """Return the form in which answers are written; raises BadTable where it is not certain."""
    if all(
        len(own) == len(offered) and all(_flag(value) is not None for value in own)
        for own, offered in zip(values, options, strict=True)
    ):
        return "flags"
    texts = [[_plain(value) for value in own] for own in values]
    pairs = list(zip(texts, options, strict=True))
    if all(_place_of(text, offered) is not None for own, offered in pairs for text in own):
        return "text"
    if all(text.upper() in LETTERS for own in texts for text in own):
        return "letter"
    if all(text.isdigit() for own in texts for text in own):
        raise BadTable(
            f"{name(0)} has the answer {texts[0][0]}, and places may count from 0 or from 1: write "
            f"items.answer as {{column: ..., is: place_from_0}} or place_from_1"
        )
    return "text" if sum(len(text) > 1 for own in texts for text in own) else "letter"


def _of_options(
    values: Sequence[Any], options: Sequence[str], form: str, name: Callable[[], str]
) -> list[RightAnswer]:
    if form == "flags":
        flags = [_flag(value) for value in values]
        if len(flags) != len(options) or None in flags:
            raise BadTable(f"{name()} has {len(values)} flags for {len(options)} options")
        return [RightAnswer(options[place], place) for place, flag in enumerate(flags) if flag]
    return [_of_option(_plain(value), options, form, name) for value in values]


def _of_option(
    value: str, options: Sequence[str], form: str, name: Callable[[], str]
) -> RightAnswer:
    place: int | None = None
    if form == "text":
        place = _place_of(value, options)
    elif form == "letter":
        plain = value if value.isascii() else unicodedata.normalize("NFKC", value)
        letter = plain.strip("()[].:' ").upper()
        place = LETTERS.index(letter) if letter in LETTERS else None
    elif value.isdigit():
        place = int(value) - (form == "place_from_1")
    if place is None or not 0 <= place < len(options):
        offered = ", ".join(
            f"{letter} ({text[:30]})" for letter, text in zip(LETTERS, options, strict=False)
        )
        raise BadTable(f"{name()} has the answer '{value}', which is not an option: {offered}")
    return RightAnswer(options[place], place)


def _plain(value: Any) -> str:
    """Return a value as text; a whole number that a table has as 2.0 is 2."""
    text = as_text(value).strip()
    return re.sub(r"^(-?\d+)\.0+$", r"\1", text) if "." in text else text


def _place_of(text: str, options: Sequence[str]) -> int | None:
    """Return the place of an option with this text, else of the one that differs in form only.

    Such differences are those of case, white space and composed letters; None where two options do.
    """
    if text in options:
        return options.index(text)
    same = [place for place, option in enumerate(options) if _folded(option) == _folded(text)]
    return same[0] if len(same) == 1 else None


def _folded(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).casefold().split())


def _of_texts(
    values: Sequence[Any], kind: AnswerKind, name: Callable[[], str]
) -> list[RightAnswer]:
    texts = [as_text(value).strip() for value in values]
    if kind.kind == "label":
        labels = _labels(kind)
        for text in texts:
            if text.casefold() not in labels:
                known = ", ".join(kind.labels)
                raise BadTable(f"{name()} has the answer '{text}', which is not a label: {known}")
        texts = [labels[text.casefold()] for text in texts]
    if kind.kind == "number":
        for text in texts:
            if not _NUMBER.fullmatch(text):
                raise BadTable(
                    f"{name()} has the answer '{text}', which is not a number with a decimal "
                    f"point, such as 1234.5 or 1,234.5"
                )
    return [RightAnswer(text) for text in texts]


def _labels(kind: AnswerKind) -> Mapping[str, str]:
    """Return the label of every text that stands for one, in lower case."""
    found = {
        text.casefold(): label
        for label, by_language in kind.labels.items()
        for texts in by_language.values()
        for text in texts
    }
    return found | {label.casefold(): label for label in kind.labels}


def _flag(value: Any) -> bool | None:
    text = as_text(value).strip().casefold()
    return True if text in _TRUE else False if text in _FALSE else None
