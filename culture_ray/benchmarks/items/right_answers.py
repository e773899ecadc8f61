"""Right answers of items, from a column of letters, places, texts or flags, or from votes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any

from culture_ray.benchmarks.design.answers import AnswerKind
from culture_ray.benchmarks.items.columns import as_text
from culture_ray.benchmarks.rows import RightAnswer
from culture_ray.errors import BadTable
from culture_ray.prompts.options import LETTERS

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
            answers = _of_options(listed[place], options[place], chosen, partial(name, place))
        else:
            answers = _of_texts(listed[place], kind, partial(name, place))
        if not answers and kind.kind not in ("text", "layers", "statement"):
            raise BadTable(
                f"{name(place)} has no answer: leave such rows out with a transform keep or drop"
            )
        own = None if weights is None else _listed(weights[place])
        found.append(_weighted(answers, own, partial(name, place)))
    return found


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
    texts = [[as_text(value).strip() for value in own] for own in values]
    pairs = list(zip(texts, options, strict=True))
    if all(text in offered for own, offered in pairs for text in own):
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
    return [_of_option(as_text(value).strip(), options, form, name) for value in values]


def _of_option(
    value: str, options: Sequence[str], form: str, name: Callable[[], str]
) -> RightAnswer:
    place: int | None = None
    if form == "text":
        place = options.index(value) if value in options else None
    elif form == "letter":
        letter = value.strip("().: ").upper()
        place = LETTERS.index(letter) if letter in LETTERS else None
    elif value.isdigit():
        place = int(value) - (form == "place_from_1")
    if place is None or not 0 <= place < len(options):
        offered = ", ".join(
            f"{letter} ({text[:30]})" for letter, text in zip(LETTERS, options, strict=False)
        )
        raise BadTable(f"{name()} has the answer '{value}', which is not an option: {offered}")
    return RightAnswer(options[place], place)


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
            try:
                float(text.replace(",", ""))
            except ValueError:
                raise BadTable(f"{name()} has the answer '{text}', which is not a number") from None
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
