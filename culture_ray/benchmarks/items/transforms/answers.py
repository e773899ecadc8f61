"""Transforms of answers: options from lettered lines, options drawn from a list, and votes."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence

from culture_ray.benchmarks.design.source import Transform
from culture_ray.benchmarks.items.columns import Columns, as_texts, column, taken
from culture_ray.benchmarks.items.right_answers import votes
from culture_ray.benchmarks.items.transforms.arguments import arguments_of, listed, one_column
from culture_ray.errors import BadTable, WrongValue
from culture_ray.prompts.options import LETTERS

_LETTERED = re.compile(r"\s*[(\[（]?([A-Za-zＡ-Ｚ])\s*[.):、：．）\]]\s*(.*)")


def voted(columns: Columns, transform: Transform, where: str) -> Columns:
    """Return the answers of annotators with their votes; rows without any are left out."""
    arguments = arguments_of(transform, "from", "texts", optional=("count", "minimum"))
    texts = [str(name) for name in listed(arguments["texts"])]
    count = str(arguments.get("count") or "")
    lists = column(columns, str(arguments["from"]), where)
    minimum = float(arguments.get("minimum") or 0)
    found = [votes(entries or (), texts, count, minimum) for entries in lists]
    kept = [place for place, answers in enumerate(found) if answers]
    answers: Columns = {
        "answers": [[text for text, _ in found[place]] for place in kept],
        "weights": [[weight for _, weight in found[place]] for place in kept],
    }
    return taken(columns, kept) | answers


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


def draw(columns: Columns, transform: Transform, where: str) -> Columns:
    """Return a new column with a right option and others drawn from a list, in a drawn order.

    Published files without options are put with drawn ones. The draw is a hash of the row's key,
    so that it is the same in every run. Neither the right option nor those of the column `without`
    are drawn as wrong ones.
    """
    needed = ("column", "right", "key", "others", "of")
    arguments = arguments_of(transform, *needed, optional=("without",))
    keys = as_texts(column(columns, str(arguments["key"]), where))
    pool = list(dict.fromkeys(as_texts(listed(arguments["of"]))))
    others = arguments["others"]
    if isinstance(others, bool) or not isinstance(others, int) or others < 1:
        raise WrongValue(f"{transform.key}.others", others, "a whole number of at least 1")
    rights = as_texts(column(columns, str(arguments["right"]), where))
    left_out = column(columns, str(arguments.get("without", arguments["right"])), where)
    drawn = []
    for key, right, besides in zip(keys, rights, left_out, strict=True):
        if not right:
            raise BadTable(f"{where}: {key} has no right option in '{arguments['right']}'")
        never = {right, *as_texts(listed(besides))}
        wrong = _shuffled([one for one in pool if one not in never], key)
        if len(wrong) < others:
            raise BadTable(
                f"{where}: {key} leaves {len(wrong)} of {len(pool)} entries of {transform.key}.of "
                f"to draw {others} wrong options from: give more, or leave the row out"
            )
        drawn.append(_shuffled([right, *wrong[:others]], f"order {key}"))
    return {**columns, str(arguments["column"]): drawn}


def _shuffled(entries: Sequence[str], key: str) -> list[str]:
    return sorted(entries, key=lambda one: hashlib.sha256(f"{key}\x1f{one}".encode()).digest())
