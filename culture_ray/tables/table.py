"""Declaration of a column, with its meaning and unit."""

from __future__ import annotations

from typing import Any

import pyarrow as pa

TEXT, REAL, INT, FLAG = pa.string(), pa.float64(), pa.int32(), pa.bool_()


def column(name: str, kind: pa.DataType, meaning: str, unit: str = "") -> pa.Field[Any]:
    """Return a field that carries its own documentation."""
    metadata = {"meaning": meaning} | ({"unit": unit} if unit else {})
    return pa.field(name, kind, metadata=metadata)
