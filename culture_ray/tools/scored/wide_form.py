"""Tables with a column per topic, as data frames of surveys are, turned into a row per response."""

from __future__ import annotations

from collections.abc import Collection

from culture_ray.tools.scored.choices import ScoredChoices
from culture_ray.tools.scored.table import ScoredTable, has_no_value

_FEWEST = 2
"""Columns named as topics that make a table one of this form."""


def topic_columns(
    table: ScoredTable, choices: ScoredChoices, topics: Collection[str]
) -> tuple[str, ...]:
    """Return the columns that are named as topics, if the table has no column of topics.

    `topics` are the known ones in lower case.
    """
    if choices.constants.topic is not None or choices.columns.topic in table:
        return ()
    named = tuple(name for name in table.names if name.strip().lower() in topics)
    return named if len(named) >= _FEWEST else ()


def one_row_per_topic(
    table: ScoredTable, columns: tuple[str, ...], choices: ScoredChoices
) -> ScoredTable:
    """Return a row for each cell of these columns that is not empty.

    The topic and the cell become the columns that `choices` names for the topic and its value.
    """
    kept = tuple(name for name in table.names if name not in columns)
    value = choices.columns.answer or choices.columns.value_polarity
    rows = [
        (row, name.strip(), cell)
        for name in columns
        for row, cell in enumerate(table.column(name))
        if not has_no_value(cell)
    ]
    repeated = [[table.column(name)[row] for row, _, _ in rows] for name in kept]
    return ScoredTable(
        table.source,
        (*kept, choices.columns.topic, value),
        (*repeated, [topic for _, topic, _ in rows], [cell for _, _, cell in rows]),
        table.decimal_comma,
    )
