"""Answers to survey items: codes on a topic's scale, or shares of each code."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from culture_ray.errors import BadTable
from culture_ray.judging.answers import side_probabilities
from culture_ray.survey.topics import LOWEST_VALID, Scale
from culture_ray.tools.scored.shares import listed_shares, normalised
from culture_ray.tools.scored.table import ScoredTable, has_no_value, refuse_values

_COLUMNS = ("p_pro", "p_con", "p_middle", "option_mass", "value_polarity", "answer_shares")


def answer_values(
    table: ScoredTable, column: str, topics: Sequence[str | None], scales: Mapping[str, Scale]
) -> dict[str, list[Any]]:
    """Return answer codes as shares 0 and 1, of the answers and of their sides (in LABELS).

    Codes below the scale's lowest stand for no answer, as in survey files. Raises BadTable.
    """
    cells, of_topic = table.column(column), _scales(table, topics, scales)
    wrong, rows = [], []
    for row, (cell, scale) in enumerate(zip(cells, of_topic, strict=True)):
        number = table.number(cell)
        if number is None or not (math.isnan(number) or number.is_integer()):
            wrong.append((row, cell))
        elif math.isnan(number) or number < LOWEST_VALID[scale.missing]:
            rows.append(_no_values())
        elif int(number) not in scale.answers:
            wrong.append((row, cell))
        else:
            codes = scale.answers
            rows.append(_label_values(codes, [float(code == number) for code in codes], scale))
    refuse_values(
        table, column, wrong, "answers have to be codes on the topic's scale; "
        "value_range=[LOW,HIGH] takes numbers in columns.value_polarity; leave the cell empty "
        "where there is no answer"
    )  # fmt: skip
    return {name: [row[name] for row in rows] for name in _COLUMNS}


def distribution_values(
    table: ScoredTable,
    columns: Sequence[str],
    topics: Sequence[str | None],
    scales: Mapping[str, Scale],
) -> dict[str, list[Any]]:
    """Return distributions over answer codes, and the shares of their sides, as in LABELS.

    One column holds lists in the order of the codes, or mappings from codes; several columns hold
    one code each, in order. Raises BadTable for a distribution that does not fit its topic or does
    not add up.
    """
    of_topic = _scales(table, topics, scales)
    cells = [table.column(name) for name in columns]
    combined = cells[0] if len(cells) == 1 else [_present(row) for row in zip(*cells, strict=True)]
    place = " and ".join(columns)
    rows, wrong = [], []
    for row, (cell, scale) in enumerate(zip(combined, of_topic, strict=True)):
        if has_no_value(cell):
            rows.append(_no_values())
            continue
        codes = scale.answers
        found = listed_shares(cell, codes, table.number)
        shares = None if found is None else normalised(found)
        if shares is None:
            wrong.append((row, cell))
        else:
            rows.append(_label_values(codes, shares, scale))
    refuse_values(
        table, place, wrong, "a distribution needs a share for each answer code of its topic, and "
        "shares that add up to 1 at most, to 100, or are counts"
    )  # fmt: skip
    return {name: [row[name] for row in rows] for name in _COLUMNS}


def _scales(
    table: ScoredTable, topics: Iterable[str | None], scales: Mapping[str, Scale]
) -> list[Scale]:
    found = [(topic, scales.get(topic or "")) for topic in topics]
    for row, (topic, scale) in enumerate(found, start=1):
        if scale is None:
            raise BadTable(
                f"{table.source}: topic '{topic}' in row {row} is not in the catalogue, so its "
                f"answer scale is unknown: describe it in a file of conf/topics and choose "
                f"topics=NAME, or rename.topic={{{topic}: ID}}"
            )
    return [scale for _, scale in found if scale is not None]


def _present(cells: Sequence[Any]) -> list[Any] | None:
    return None if all(has_no_value(cell) for cell in cells) else list(cells)


def _label_values(codes: Sequence[int], shares: Sequence[float], scale: Scale) -> dict[str, Any]:
    sides = side_probabilities(codes, shares, scale)
    found = (sides.pro, sides.con, sides.middle, sides.mass, sides.value_polarity, list(shares))
    return dict(zip(_COLUMNS, found, strict=True))


def _no_values() -> dict[str, Any]:
    return dict.fromkeys(_COLUMNS)
