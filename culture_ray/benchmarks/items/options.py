"""Options of items: from several columns, or from one that holds lists."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from culture_ray.benchmarks.design.columns import ItemColumns
from culture_ray.benchmarks.items.columns import Columns, as_text, column, number_of_rows, texts_in
from culture_ray.errors import BadTable
from culture_ray.prompts.options import LETTERS


def options_of(
    design: ItemColumns, columns: Columns, where: str, name: Callable[[int], str]
) -> list[tuple[str, ...]]:
    """Return the options of every item, each without white space around it.

    Columns at the end that an item leaves empty are options that it does not have. `name` returns
    an item's description for messages. Raises BadTable for too few or too many options, an empty
    one, one that stands twice, and a column that holds no lists of texts.
    """
    size = number_of_rows(columns)
    if design.fixed_options:
        return [design.fixed_options] * size
    if not design.options:
        return [()] * size
    if len(design.options) == 1:
        [only] = design.options
        values = column(columns, only, where)
        found = [_of_list(value, f"{name(place)}: '{only}'") for place, value in enumerate(values)]
    else:
        parts = [texts_in(columns, one, where) for one in design.options]
        stripped = ([text.strip() for text in own] for own in parts)
        found = list(zip(*stripped, strict=True))
    return [_checked(own, name, place) for place, own in enumerate(found)]


def _checked(own: tuple[str, ...], name: Callable[[int], str], place: int) -> tuple[str, ...]:
    """Return an item's options without empty ones at the end; raises BadTable."""
    while len(own) > 2 and not own[-1]:
        own = own[:-1]
    if len(own) < 2 or len(own) > len(LETTERS):
        raise BadTable(f"{name(place)} has {len(own)} options: from 2 to {len(LETTERS)}")
    if "" in own:
        raise BadTable(f"{name(place)} has no text for option {LETTERS[own.index('')]}")
    if len(set(own)) < len(own):
        double = next(text for text in own if own.count(text) > 1)
        raise BadTable(f"{name(place)} has the option '{double[:60]}' twice")
    return own


def _of_list(value: Any, where: str) -> tuple[str, ...]:
    """Return the options in a list, or in a mapping of letters or numbers to texts."""
    if isinstance(value, str):
        raise BadTable(
            f"{where} holds the text '{value[:40]}', not a list of options: make a list of it with "
            f"the transform parse (JSON or Python), split or lettered"
        )
    if isinstance(value, Mapping):
        in_order = all(len(str(key)) == 1 or str(key).isdigit() for key in value)
        keys = sorted(value, key=lambda key: (len(str(key)), str(key))) if in_order else list(value)
        value = [value[key] for key in keys]
    entries = list(value) if isinstance(value, list | tuple) else []
    for entry in entries:
        if isinstance(entry, list | tuple | Mapping):
            raise BadTable(
                f"{where} holds lists or objects, not the texts of options: name the field that "
                f"has these with the transform fields, such as {{options: choices.text}}"
            )
    return tuple(as_text(entry).strip() for entry in entries)
