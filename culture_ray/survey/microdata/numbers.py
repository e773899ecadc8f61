"""Numbers in a column of a data file."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from culture_ray.errors import BadTable

Weights = npt.NDArray[np.float64]
_BLANK = ["", ".", "NA", "NaN", "nan", "null"]


def numbers(shown: str, table: pa.Table, name: str) -> Weights:
    """Return the numbers of a column, NaN for blanks; a comma is a decimal point.

    Raises BadTable, naming the file `shown`, for a text that is no number.
    """
    values = table.column(name).combine_chunks()
    if pa.types.is_string(values.type):
        # A file separated by semicolons may have decimal commas.
        texts = pc.replace_substring(pc.utf8_trim_whitespace(values), ",", ".")
        blank = pc.is_in(texts, value_set=pa.array(_BLANK))
        try:
            values = pc.if_else(blank, pa.scalar(None, pa.string()), texts).cast(pa.float64())
        except pa.ArrowInvalid as problem:
            raise BadTable(
                f"{shown}: column {name} holds text instead of numbers ({problem}); "
                "export the file with codes, not with value labels"
            ) from problem
    return np.array(values.to_numpy(zero_copy_only=False), dtype=np.float64)
