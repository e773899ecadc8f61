"""Distributions with one row per answer option, gathered into one row per response."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from culture_ray.errors import BadTable
from culture_ray.tools.scored.table import ScoredTable


def gathered(
    table: ScoredTable, sources: Mapping[str, str], option: str, share: str
) -> ScoredTable:
    """Return one row per response, with a mapping from options to shares in the column `share`.

    Rows with the same values in the columns of `sources` are one response. Raises BadTable for a
    missing column, and for an option that a response has twice.
    """
    names = list(dict.fromkeys(sources.values()))
    options, shares = table.column(option), table.column(share)
    found: dict[tuple[str, ...], dict[str, Any]] = {}
    first: dict[tuple[str, ...], list[Any]] = {}
    for row, cells in enumerate(zip(*(table.column(name) for name in names), strict=True)):
        key = tuple(map(str, cells))
        of_response = found.setdefault(key, {})
        first.setdefault(key, list(cells))
        if str(options[row]) in of_response:
            raise BadTable(
                f"{table.source}: option {options[row]} occurs twice in {', '.join(key)} (row "
                f"{row + 1}): columns.request_id=NAME tells several responses apart"
            )
        of_response[str(options[row])] = shares[row]
    columns = tuple([cells[i] for cells in first.values()] for i in range(len(names)))
    return ScoredTable(
        table.source,
        (*names, share),
        (*columns, list(found.values())),
        table.decimal_comma,
    )
