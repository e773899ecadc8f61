"""Rows of a file of scored responses, as the file holds them."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from culture_ray.errors import BadTable
from culture_ray.survey.blanks import is_blank

_THOUSANDS = re.compile(r"\s*[1-9]\d{0,2}(,\d{3})+\s*")


@dataclass(frozen=True, eq=False)
class ScoredTable:
    """Named columns of equal length; values are strings where the file is text."""

    source: str
    """Path of the file, for messages."""
    names: tuple[str, ...]
    columns: tuple[Sequence[Any], ...]
    decimal_comma: bool = False
    """True where the separator leaves the comma free for decimals; elsewhere 1,234 is no number."""

    @property
    def rows(self) -> int:
        """Number of rows."""
        return len(self.columns[0]) if self.columns else 0

    def __contains__(self, name: str) -> bool:
        return self.spelling(name) in self.names

    def spelling(self, name: str) -> str:
        """Return the column's name as the file has it: in other capitals, if only one is so."""
        alike = [own for own in self.names if own.casefold() == name.casefold()]
        return alike[0] if len(alike) == 1 and name not in self.names else name

    def column(self, name: str) -> Sequence[Any]:
        """Return the values of a column; raises BadTable unless the file has exactly one."""
        name = self.spelling(name)
        found = [
            values for own, values in zip(self.names, self.columns, strict=True) if own == name
        ]
        if len(found) == 1:
            return found[0]
        if found:
            raise BadTable(
                f"{self.source} has {len(found)} columns named {name}: rename or remove all but one"
            )
        raise BadTable(f"{self.source} has no column {name}: it has {', '.join(self.names)}")

    def number(self, value: Any) -> float | None:
        """Return a value as a number, NaN for no value; None for what is not a number.

        A percentage is a hundredth: 45% is .45.
        """
        if has_no_value(value):
            return math.nan
        if isinstance(value, bool):
            return None
        if isinstance(value, str):
            if is_percentage(value):
                share = self.number(value.strip()[:-1])
                return None if share is None or math.isnan(share) else share / 100
            if self.decimal_comma or not _THOUSANDS.fullmatch(value):
                value = value.replace(",", ".")
        try:
            return float(value)
        except (TypeError, ValueError, OverflowError):
            return None


def is_percentage(value: Any) -> bool:
    """Return True for a text that ends in a per cent sign, also that of Arabic."""
    return isinstance(value, str) and value.strip()[-1:] in ("%", "٪", "％")


def has_no_value(value: Any) -> bool:
    """Return True for an empty cell and for the words that files write for one, such as NA."""
    if isinstance(value, str):
        return is_blank(value)
    return value is None or (isinstance(value, float) and math.isnan(value))


def refuse_values(
    table: ScoredTable, column: str, wrong: Iterable[tuple[int, Any]], expected: str
) -> None:
    """Raise BadTable with the first of the wrong values and their number, if there are any.

    `wrong` are positions from 0 and values.
    """
    found = list(wrong)
    if found:
        row, value = found[0]
        raise BadTable(
            f"{table.source}: column {column} holds {_shown(value)} in row {row + 1}, and "
            f"{len(found):,} such {'value' if len(found) == 1 else 'values'} in all: {expected}"
        )


def _shown(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:g}"
    text = str(value)
    return f"'{text if len(text) <= 60 else text[:57] + '...'}'"
