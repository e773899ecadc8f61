"""Values of scored responses: value polarity and what it was made of, in the columns of labels."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from culture_ray.errors import BadTable, WrongValue
from culture_ray.judging.polarity import value_polarity
from culture_ray.survey.topics import Scale
from culture_ray.tools.scored.choices import ScoredChoices, ScoredColumns
from culture_ray.tools.scored.distributions import answer_values, distribution_values
from culture_ray.tools.scored.stances import listed_stances, stance_words
from culture_ray.tools.scored.table import (
    ScoredTable,
    has_no_value,
    is_percentage,
    refuse_values,
)

Values = dict[str, list[Any]]
"""Columns of LABELS, one entry per row; null where a response has none."""


def label_values(
    table: ScoredTable,
    choices: ScoredChoices,
    topics: Sequence[str | None],
    scales: Mapping[str, Scale],
) -> tuple[Values, list[str]]:
    """Return the values of each row, and the columns they come from.

    Raises BadTable for a missing column and for values that cannot be read, WrongValue for choices
    that contradict one another.
    """
    columns = choices.columns
    chosen = [n for n in ("answer", "distribution") if getattr(columns, n) is not None]
    if len(chosen) > 1:
        raise WrongValue("columns.distribution", columns.distribution, "null beside columns.answer")
    if columns.answer is not None:
        return answer_values(table, columns.answer, topics, scales), [columns.answer]
    if columns.distribution is not None:
        names = columns.distribution
        used = [names] if isinstance(names, str) else list(names)
        return distribution_values(table, used, topics, scales), used
    if columns.value_polarity in table:
        return _polarities(table, choices), [columns.value_polarity]
    if _has_counts(table, columns):
        return _counts(table, columns)
    raise BadTable(
        f"{table.source} has no column for columns.value_polarity={columns.value_polarity}, nor "
        f"for columns.pro={columns.pro} and columns.con={columns.con}: it has "
        f"{', '.join(table.names)}; answer codes are named by columns.answer, shares of each "
        f"answer by columns.distribution"
    )


def _has_counts(table: ScoredTable, columns: ScoredColumns) -> bool:
    stated = columns.value_polarity != ScoredColumns.value_polarity
    return not stated and columns.pro in table and columns.con in table


def _polarities(table: ScoredTable, choices: ScoredChoices) -> Values:
    column, words = choices.columns.value_polarity, stance_words(choices.stances)
    cells = table.column(column)
    numbers = [table.number(cell) for cell in cells]
    lists = [None if has_no_value(cell) else listed_stances(cell, words) for cell in cells]
    have_number = sum(number is not None and not math.isnan(number) for number in numbers)
    if sum(stances is not None for stances in lists) > have_number:
        wrong = [
            (row, cell)
            for row, (cell, stances) in enumerate(zip(cells, lists, strict=True))
            if stances is None and not has_no_value(cell)
        ]
        refuse_values(
            table, column, wrong, f"stances have to be among {', '.join(words)}; "
            f"stances.pro=[WORD,...], stances.con and stances.neutral set the words"
        )  # fmt: skip
        return _from_stances(lists)
    invalid = [(row, cells[row]) for row, number in enumerate(numbers) if number is None]
    low, high = choices.value_range
    refuse_values(
        table, column, invalid, f"values have to be numbers from {low:g} to {high:g}, or lists of "
        f"stances ({', '.join(words)}; others by stances.pro=[WORD,...])"
    )  # fmt: skip
    percentages = [is_percentage(cell) for cell in cells]
    if any(percentages):
        others = [
            (row, cell)
            for row, cell in enumerate(cells)
            if not percentages[row] and not has_no_value(cell)
        ]
        refuse_values(table, column, others, "other values are percentages, which all have to be")
    value_range = (0.0, 1.0) if any(percentages) else choices.value_range
    return {"value_polarity": _shares(table, column, numbers, value_range)}


def _shares(
    table: ScoredTable,
    column: str,
    numbers: Sequence[float | None],
    value_range: tuple[float, float],
) -> list[float | None]:
    low, high = value_range
    if low == high:
        raise WrongValue("value_range", list(value_range), "two different numbers")
    known = [math.nan if number is None else number for number in numbers]
    shares = [(number - low) / (high - low) + 0.0 for number in known]  # no -0.0
    outside = [(row, known[row]) for row, share in enumerate(shares) if share < 0 or share > 1]
    if outside:
        row, value = outside[0]
        raise BadTable(
            f"{table.source}: column {column} holds {value:g} in row {row + 1}, and "
            f"{len(outside):,} values outside {low:g}..{high:g} in all: value_range=[0,100] takes "
            f"percentages, columns.answer={column} answer codes"
        )
    return [None if math.isnan(share) else share for share in shares]


def _from_stances(lists: Sequence[list[str] | None]) -> Values:
    counts = {
        name: [None if stances is None else stances.count(name) for stances in lists]
        for name in ("pro", "con", "neutral")
    }
    return {
        **counts,
        "stances": list(lists),
        "value_polarity": [
            None if stances is None else value_polarity(stances.count("pro"), stances.count("con"))
            for stances in lists
        ],
    }


def _counts(table: ScoredTable, columns: ScoredColumns) -> tuple[Values, list[str]]:
    named = {"pro": columns.pro, "con": columns.con}
    if columns.neutral in table:
        named["neutral"] = columns.neutral
    counts: dict[str, list[float]] = {}
    for name, column in named.items():
        cells = table.column(column)
        numbers = [table.number(cell) for cell in cells]
        wrong = [
            (row, cells[row])
            for row, number in enumerate(numbers)
            if number is None or number < 0 or math.isinf(number)
        ]
        refuse_values(table, column, wrong, "numbers of opinions are whole numbers from 0")
        counts[name] = [math.nan if number is None else number for number in numbers]
    polarity = [
        None if math.isnan(pro + con) else value_polarity(pro, con)
        for pro, con in zip(counts["pro"], counts["con"], strict=True)
    ]
    values: Values = {"value_polarity": polarity}
    every = [number for numbers in counts.values() for number in numbers]
    if any(number > 1 for number in every) or not any(0 < number < 1 for number in every):
        values |= {name: _whole(table, named[name], numbers) for name, numbers in counts.items()}
    # Shares of opinions have the same value polarity, but say nothing of their number.
    return values, list(named.values())


def _whole(table: ScoredTable, column: str, numbers: Sequence[float]) -> list[int | None]:
    wrong = [(r, n) for r, n in enumerate(numbers) if not (math.isnan(n) or n.is_integer())]
    refuse_values(
        table, column, wrong, "numbers of opinions are whole numbers, and shares at most 1"
    )
    return [None if math.isnan(number) else int(number) for number in numbers]
