"""Keys of scored responses: model, language, topic, family, persona and wording of each row."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from culture_ray.errors import BadTable, nearest
from culture_ray.tools.scored.choices import FILE_NAME, KEYS, KnownNames, ScoredChoices
from culture_ray.tools.scored.table import ScoredTable, refuse_values

_PERSONAS = ("persona", "country")


def key_sources(table: ScoredTable, choices: ScoredChoices) -> dict[str, str]:
    """Return the column of each key that is not a constant; raises BadTable for missing ones."""
    columns, constants = vars(choices.columns), vars(choices.constants)
    wanted = {
        key: str(columns[key])
        for key in (*KEYS, "family", "persona", "wording", "request_id")
        if columns[key] is not None and constants.get(key) is None
    }
    missing = [f"columns.{key}={column}" for key, column in wanted.items() if column not in table]
    if missing:
        raise BadTable(
            f"{table.source} has no column for {', '.join(missing)}: it has "
            f"{', '.join(table.names)}{_remedy(wanted, table)}"
        )
    if "persona" not in wanted and constants["persona"] is None:
        found = [name for name in _PERSONAS if name in table]
        wanted |= dict(zip(["persona"], found, strict=False))
    return {key: table.spelling(column) for key, column in wanted.items()}


def key_columns(
    table: ScoredTable,
    sources: Mapping[str, str],
    name: str,
    choices: ScoredChoices,
    known: KnownNames,
) -> dict[str, list[str | None]]:
    """Return the keys of each row by name, from the columns of `sources` and from constants.

    `name` is that of the file, without its ending. Raises BadTable for an empty key and for a
    language that is unknown.
    """
    keys: dict[str, list[str | None]] = {}
    for key in ("model", "language", "topic", "family", "persona", "wording", "request_id"):
        constant = getattr(choices.constants, key, None)
        if constant is not None:
            keys[key] = [name if (key, constant) == ("model", FILE_NAME) else constant] * table.rows
        elif key in sources:
            keys[key] = _texts(table, key, sources[key], choices.rename.get(key, {}))
    keys["topic"] = [
        topic and known.topics.get(topic.lower(), topic.lower()) for topic in keys["topic"]
    ]
    keys["language"] = _languages(table, keys["language"], known)
    if "persona" in keys:
        # A persona that is no population is kept as it is: its responses are a group of their own.
        named = {p: known.population(p) or p for p in set(filter(None, keys["persona"]))}
        keys["persona"] = [named[persona] if persona else None for persona in keys["persona"]]
    return keys


def renamed_values(
    table: ScoredTable, sources: Mapping[str, str], rename: Mapping[str, Mapping[str, str]]
) -> set[tuple[str, str]]:
    """Return the keys and values, in lower case, that the file has and `rename` replaces."""
    found = {
        (key, _text(cell).casefold())
        for key, pairs in rename.items()
        if pairs and key in sources
        for cell in table.column(sources[key])
    }
    return {(key, value) for key, value in found if value in rename[key]}


def one_spelling(values: Sequence[str | None]) -> tuple[list[str | None], dict[str, str]]:
    """Return values with one spelling for those that differ in capitals only, the most frequent.

    Also returns the spelling taken, by each that was replaced.
    """
    counts = Counter(value for value in values if value)
    taken: dict[str, str] = {}
    for value in sorted(counts, key=lambda one: -counts[one]):
        taken.setdefault(value.casefold(), value)
    replaced = {v: taken[v.casefold()] for v in counts if taken[v.casefold()] != v}
    return [replaced.get(value, value) if value else value for value in values], replaced


def _remedy(wanted: Mapping[str, str], table: ScoredTable) -> str:
    lacking = [key for key in KEYS if key in wanted and wanted[key] not in table]
    if not lacking:
        return ""
    examples = {"model": f"NAME (or model={FILE_NAME})", "language": "CODE", "topic": "ID"}
    words = " ".join(f"{key}={examples[key]}" for key in lacking)
    return f"; what holds for every row can be given as {words}"


def _texts(
    table: ScoredTable, key: str, column: str, renamed: Mapping[str, str]
) -> list[str | None]:
    cells = table.column(column)
    wrong = ((row, cell) for row, cell in enumerate(cells) if isinstance(cell, list | dict))
    refuse_values(table, column, wrong, f"a {key} has to be a text")
    texts = [_text(cell) for cell in cells]
    empty = [row for row, text in enumerate(texts) if not text]
    if empty and key in KEYS:
        noun = "row has" if len(empty) == 1 else "rows have"
        raise BadTable(
            f"{table.source}: {len(empty):,} {noun} no {key} (column {column}, first in row "
            f"{empty[0] + 1})"
        )
    return [renamed.get(text.casefold(), text) if text else None for text in texts]


def _text(value: Any) -> str:
    """Return a cell as text, empty for no value; "NA" is a text here: it is Namibia's code."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return " ".join(str(value).split())


def _languages(
    table: ScoredTable, texts: Iterable[str | None], known: KnownNames
) -> list[str | None]:
    counts = Counter(filter(None, texts := list(texts)))
    tags = {text: known.language_tag(text) for text in counts}
    unknown = [text for text, tag in tags.items() if tag is None]
    if unknown:
        rows = sum(counts[text] for text in unknown)
        hint = nearest(unknown[0], list(known.languages))
        raise BadTable(
            f"{table.source}: language '{unknown[0]}' is unknown, and {rows:,} rows in all are in "
            f"unknown languages ({hint}): rename.language={{{unknown[0]}: TAG}} names its language "
            f"tag (BCP 47), such as da or pt-BR"
        )
    return [tags[text] if text else None for text in texts]
