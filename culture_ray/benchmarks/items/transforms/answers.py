"""Transforms of answers: options from lettered lines, and votes of annotators."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from culture_ray.benchmarks.design.source import Transform
from culture_ray.benchmarks.items.columns import Columns, as_texts, column, taken
from culture_ray.benchmarks.items.right_answers import votes
from culture_ray.benchmarks.items.transforms.arguments import arguments_of, listed, one_column
from culture_ray.errors import BadTable
from culture_ray.prompts.options import LETTERS

_LETTERED = re.compile(r"\s*[(\[（]?([A-Za-zＡ-Ｚ])\s*[.):、：．）\]]\s*(.*)")


def voted(columns: Columns, transform: Transform, where: str) -> Columns:
    """Return the answers of annotators with their votes; rows without any are left out.

    The column `from` holds a list of answers, of objects with the answers in the fields `texts`, or
    a mapping of answers to their numbers; several columns hold the number of the answer in their
    name.
    """
    arguments = arguments_of(transform, "from", optional=("texts", "count", "minimum"))
    names = [str(name) for name in listed(arguments["from"])]
    parts = [column(columns, name, where) for name in names]
    if len(parts) == 1:
        whole = parts[0]
    else:
        whole = [dict(zip(names, own, strict=True)) for own in zip(*parts, strict=True)]
    texts = [str(name) for name in listed(arguments.get("texts") or ())]
    count = str(arguments.get("count") or "")
    minimum = float(arguments.get("minimum") or 0)
    found = [votes(*_annotations(value, texts, count), minimum) for value in whole]
    kept = [place for place, answers in enumerate(found) if answers]
    answers: Columns = {
        "answers": [[text for text, _ in found[place]] for place in kept],
        "weights": [[weight for _, weight in found[place]] for place in kept],
    }
    return taken(columns, kept) | answers


def _annotations(
    value: Any, texts: Sequence[str], count: str
) -> tuple[list[Mapping[str, Any]], Sequence[str], str]:
    """Return annotations as objects, with the names of their fields for the text and the number."""
    if isinstance(value, str):
        raise TypeError(f"'{value[:40]}' is a text, not a list: use the transform parse or split")
    if isinstance(value, Mapping):
        numbers = [(text, float(number or 0)) for text, number in value.items()]
        own: list[Mapping[str, Any]] = [{"text": t, "number": n} for t, n in numbers if n]
        return own, ("text",), "number"
    entries = list(value or ())
    if texts:
        return entries, texts, count
    if any(isinstance(entry, Mapping) for entry in entries):
        raise TypeError("the annotations are objects: name the fields of the answer in texts")
    return [{"text": entry} for entry in entries], ("text",), ""


def lettered(columns: Columns, transform: Transform, where: str) -> Columns:
    """Return a column of texts with lines A., B., ... as lists of options, without the letters.

    A line without the next letter continues the option before it.
    """
    name = one_column(transform)
    found = [
        _options(text, f"{where}: row {row}, '{name}' ({transform.key})")
        for row, text in enumerate(as_texts(column(columns, name, where)), start=1)
    ]
    return {**columns, name: found}


def _options(text: str, where: str) -> list[str]:
    found: list[str] = []
    for line in text.splitlines():
        match = _LETTERED.match(line)
        letter = match[1].upper().translate(_NARROW) if match else ""
        if match and len(found) < len(LETTERS) and letter == LETTERS[len(found)]:
            found.append(match[2].strip())
        elif found and line.strip():
            found[-1] = f"{found[-1]} {line.strip()}".strip()
        elif line.strip():
            raise BadTable(f"{where} begins with '{line.strip()[:40]}', not with option A")
    if len(found) < 2:
        raise BadTable(f"{where} has no options in lines A., B., ...")
    return found


_NARROW = {ord("Ａ") + place: ord("A") + place for place in range(26)}
