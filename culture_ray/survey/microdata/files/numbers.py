"""Numbers in a column of a data file."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from culture_ray.errors import BadTable
from culture_ray.survey.blanks import is_blank

Weights = npt.NDArray[np.float64]


def numbers(shown: str, name: str, column: pa.Array[Any], expected: str) -> Weights:
    """Return the numbers (N,) of a column, NaN for blanks; a comma is a decimal point.

    Raises BadTable, with the file `shown`, the column's `name` and what is `expected`, for a text
    that is no number.
    """
    if not pa.types.is_string(column.type):
        return np.array(column.to_numpy(zero_copy_only=False), dtype=np.float64)
    encoded = column.dictionary_encode()
    texts = [str(text) for text in encoded.dictionary.to_pylist()]
    found = [_number(text) for text in texts]
    wrong = [text for text, number in zip(texts, found, strict=True) if number is None]
    if wrong:
        others = "1 other text" if len(wrong) == 2 else f"{len(wrong) - 1:,} other texts"
        more = f" and {others}" if len(wrong) > 1 else ""
        raise BadTable(
            f"{shown}: column {name} holds text instead of numbers, '{wrong[0].strip()[:60]}'"
            f"{more}; {expected}"
        )
    # The last entry is for rows without a text.
    values = np.array([*found, np.nan], dtype=np.float64)
    index = encoded.indices.fill_null(len(texts)).to_numpy()
    return np.asarray(values[index], dtype=np.float64)


def _number(text: str) -> float | None:
    if is_blank(text):
        return np.nan
    try:
        # A file separated by semicolons may have decimal commas, and one from a text processor
        # typographic minus signs.
        return float(text.replace(",", ".").replace("\N{MINUS SIGN}", "-").replace("_", "?"))
    except ValueError:
        return None
