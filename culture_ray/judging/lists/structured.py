"""Items of answers in JSON and in tables, where rows and entries are the opinions."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from culture_ray.judging.lists.numerals import value_of


def json_text(text: str) -> str | None:
    """Return the one text that a JSON answer wraps ({"response": "1. ..."}); None for others."""
    stripped = text.strip()
    if not stripped.startswith(("{", '"')):
        return None
    value = _value(stripped)
    if isinstance(value, Mapping) and len(value) == 1:
        value = next(iter(value.values()))
    return value if isinstance(value, str) and "\n" in value else None


def json_items(text: str, asked: int) -> list[str] | None:
    """Return the opinions of a JSON answer, with or without words around it; None without one.

    Opinions are the entries of its lists, at any depth, or of an object with one entry per person.
    An answer that is cut off has the entries that are whole. Of equally long lists with more
    entries than `asked`, such as two languages, the first counts.
    """
    start = _LOOKS_LIKE_JSON.search(text)
    if start is None or 2 * start.start() > len(text):
        return None
    value = _value(text[start.start() :])
    lists = [e for e in value.values() if isinstance(e, list)] if isinstance(value, Mapping) else []
    sizes = {len(entries) for entries in lists}
    if len(lists) > 1 and len(sizes) == 1 and sum(map(len, lists)) > asked and min(sizes) >= 3:
        value = lists[0]
    items = [item for item in _items(value) if any(map(str.isalpha, item))]
    return items if len(items) >= 2 else None


def table_rows(text: str) -> tuple[str, list[str], str] | None:
    """Return the text before a Markdown table, its body rows as texts, and the text after it.

    None without a table of at least two rows. A cell that only numbers its row is left out.
    """
    lines = text.split("\n")
    rule = next((i for i, line in enumerate(lines) if _RULE.match(line)), None)
    if rule is None:
        return None
    head, first = max(0, rule - 1), rule + 1
    end = next((i for i in range(first, len(lines)) if "|" not in lines[i]), len(lines))
    rows = [_cells(line) for line in lines[first:end] if not _RULE.match(line)]
    fullest = max((sum(map(bool, row)) for row in rows), default=0)
    if len(rows) > 2 and end == len(lines) and len(rows[-1]) < min(map(len, rows[:-1])):
        rows = rows[:-1]  # cut off before its opinion
    # A row with one cell among fuller ones is the heading of a group.
    rows = [row for row in rows if sum(map(bool, row)) > (1 if fullest > 1 else 0)]
    items = [" – ".join(cell for cell in _without_number(row) if cell) for row in rows]
    if len(items) < 2 or not all(any(map(str.isalpha, item)) for item in items):
        return None
    return "\n".join(lines[:head]), items, "\n".join(lines[end:])


def _cells(line: str) -> list[str]:
    return [cell.strip(" \t*_") for cell in line.strip().strip("|").split("|")]


def _without_number(row: list[str]) -> list[str]:
    return row[1:] if value_of(row[0].strip("#.)( ")) is not None else row


def _value(text: str) -> Any:
    """Return the JSON value at the start of `text`, closed after its last whole entry if cut."""
    text = re.sub(r",(\s*[}\]])", r"\1", text)
    try:
        value, end = _DECODER.raw_decode(text)
    except (ValueError, RecursionError):
        return _python_value(text) or _cut_value(text)
    lines = [value]
    # One object per line.
    while (following := re.compile(r"[\s,]*(?=[\[{])").match(text, end)) is not None:
        try:
            value, end = _DECODER.raw_decode(text, following.end())
        except (ValueError, RecursionError):
            break
        lines.append(value)
    return lines[0] if len(lines) == 1 else lines


def _python_value(text: str) -> Any:
    """Return a list or dictionary that is written as in Python, with single quotes."""
    close = {"[": "]", "{": "}"}.get(text[:1], "")
    if not close or len(text) > _LONGEST_LITERAL:
        return None
    try:
        return ast.literal_eval(text[: text.rfind(close) + 1])
    except (ValueError, SyntaxError, MemoryError, RecursionError, TypeError):
        return None


def _cut_value(text: str) -> Any:
    for place in [m.end() for m in re.finditer(r'["}\]](?=\s*(?:,|$))', text)][:-200:-1]:
        for ending in ("", "]", "}", "]}", "}]", "}]}", "}}", "}}}"):
            try:
                return _DECODER.decode(text[:place] + ending)
            except (ValueError, RecursionError):
                continue
    return None


def _items(value: Any) -> Iterator[str]:
    """Yield the opinions of a JSON value: entries of lists, or of an object by person."""
    if isinstance(value, list):
        for entry in value:
            if isinstance(entry, list) or (isinstance(entry, Mapping) and _holds_people(entry)):
                yield from _items(entry)
            else:
                yield _record(entry)
    elif isinstance(value, Mapping):
        inner = [entry for entry in value.values() if isinstance(entry, list | Mapping)]
        if any(isinstance(entry, list) or _holds_people(entry) for entry in inner):
            for entry in inner:
                yield from _items(entry)
        elif len(value) >= 2:
            for key, entry in value.items():
                if record := _record(entry):
                    yield record if _COUNTED.fullmatch(str(key)) else f"{key}: {record}"
        else:
            for entry in inner:
                yield from _items(entry)


def _holds_people(value: Any) -> bool:
    """Return True if entries of a value are people: a list of them, or an object by person."""
    if isinstance(value, list):
        # Lists of short words are properties of one person, such as traits.
        records = sum(isinstance(e, Mapping) or (isinstance(e, str) and len(e) > 24) for e in value)
        return records >= 1 and 2 * records >= len(value)
    if not isinstance(value, Mapping):
        return False
    people = [entry for entry in value.values() if isinstance(entry, Mapping)]
    counted = sum(bool(_COUNTED.fullmatch(str(key))) for key in value)
    lists = [e for e in value.values() if isinstance(e, list) and _holds_people(e)]
    return len(people) >= 2 or counted >= 2 or bool(lists)


def _record(value: Any) -> str:
    """Return the texts of one entry; numbers and flags with their names, except its own number."""
    if isinstance(value, str):
        return " ".join(value.split())
    if isinstance(value, Mapping):
        texts = [
            _record(entry) if isinstance(entry, str | Mapping | list) else f"{key}: {entry}".lower()
            for key, entry in value.items()
            if not _NUMBER_KEY.fullmatch(str(key)) or isinstance(entry, str)
        ]
        return " – ".join(text for text in texts if any(map(str.isalpha, text)))
    if isinstance(value, list):
        return ", ".join(map(_record, value))
    return ""


_DECODER = json.JSONDecoder()
_LOOKS_LIKE_JSON = re.compile(r"""\[\s*["'{\[]|\{\s*(?:"[^"\n]*"|'[^'\n]*')\s*:""")
_LONGEST_LITERAL = 20_000
"""Most characters that are read as a Python literal."""
_COUNTED = re.compile(r"[^\d\n]{0,24}\d{1,2}")
_NUMBER_KEY = re.compile(
    r"#|n|nr|no|id|index|number|person|citizen|respondent|\w*_?id", re.IGNORECASE
)
_RULE = re.compile(r"^[ \t]*\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)+\|?[ \t]*$")
