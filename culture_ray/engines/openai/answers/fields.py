"""Typed access to fields of decoded JSON: a value of another type counts as missing; pure."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence

LARGEST_COUNT = 2 * 10**7
"""Largest number of tokens that is believed of one answer: contexts end at 10 million."""

_NUMBER = re.compile(r"\+?\d{1,20}(?:\.\d*)?")


def text_of(value: object) -> str | None:
    """Return a string in storable form, None for anything else."""
    return storable(value) if isinstance(value, str) else None


def mapping_of(value: object) -> Mapping[str, object]:
    """Return a JSON object, empty for anything else."""
    return value if isinstance(value, Mapping) else {}


def items_of(value: object) -> Sequence[object]:
    """Return a JSON array, empty for anything else."""
    return value if isinstance(value, list) else ()


def count_of(value: object) -> int | None:
    """Return a number of tokens, a fraction rounded up; text such as "80" counts as a number.

    None for negative, infinite and absurdly large numbers, and for anything else.
    """
    if isinstance(value, str):
        word = value.strip()
        value = float(word) if _NUMBER.fullmatch(word) else None
    number = number_of(value)
    if number is None or not 0 <= number <= LARGEST_COUNT:
        return None
    return math.ceil(number)


def number_of(value: object) -> float | None:
    """Return a finite number, None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    # A large integer has no float, but can be compared.
    return float(value) if -1e300 < value < 1e300 else None


def storable(text: str) -> str:
    """Return a text that UTF-8 files can hold: the replacement character for NUL and surrogates.

    A pair of surrogates in succession becomes the character that it stands for.
    """
    if not text.isascii():
        text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text.replace("\0", "\N{REPLACEMENT CHARACTER}")
