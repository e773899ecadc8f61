"""Columns of Arrow tables as numpy arrays, for tables of millions of answers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa

from culture_ray.measures.result import FloatArray, IntArray


def codes_of(table: pa.Table, name: str) -> tuple[IntArray, list[str]]:
    """Return the index of each row's text, and the texts by index; -1 for a null."""
    column: Any = table.column(name).combine_chunks()
    encoded = column.dictionary_encode()
    codes = encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False)
    return codes.astype(np.int64), encoded.dictionary.to_pylist()


def numbers_of(table: pa.Table, name: str) -> FloatArray:
    """Return a column of numbers or flags, NaN for a null."""
    column: Any = table.column(name)
    if pa.types.is_boolean(column.type):
        column = column.cast(pa.int8())
    return np.array(column.cast(pa.float64()).to_numpy(zero_copy_only=False), dtype=np.float64)


def list_column(table: pa.Table, name: str) -> Any:
    """Return a column of lists as one array."""
    column: Any = table.column(name).combine_chunks()
    if isinstance(column, pa.ChunkedArray):
        return column.chunk(0) if column.num_chunks else pa.array([], column.type)
    return column


def places_in_lists(lists: Any) -> Any:
    """Return lists of the same lengths that count 0, 1, 2, ..."""
    sizes = np.diff(lists.offsets.to_numpy())
    within = np.arange(sizes.sum()) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    return pa.ListArray.from_arrays(_offsets(sizes), pa.array(within, pa.int32()))


def lists_of(values: FloatArray, sizes: IntArray, null: Any) -> Any:
    """Return the first `sizes` values of each row of `values` as lists, null where `null` is."""
    kept = np.where(null, 0, sizes)
    used = np.arange(values.shape[1])[None, :] < kept[:, None]
    arrays: Any = pa.ListArray
    return arrays.from_arrays(_offsets(kept), pa.array(values[used]), mask=pa.array(null))


def _offsets(sizes: IntArray) -> Any:
    return pa.array(np.concatenate([[0], np.cumsum(sizes)]), pa.int32())
