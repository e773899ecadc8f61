"""Matrix products of many rows with a small matrix, without the threads of BLAS."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from culture_ray.measures.result import FloatArray

QUIET = 1 << 17
"""Multiplications in one product below which no BLAS in use starts threads."""


def row_products(rows: FloatArray, matrix: FloatArray) -> FloatArray:
    """rows @ matrix, (B, K) with (K, N) to (B, N), as a stack of products of a few rows each.

    It costs no more than one product. One product would be large enough for BLAS to share out
    among threads, which on a machine whose cores are taken wait for each other: 30 times slower.
    """
    count = len(rows)
    together = max(1, QUIET // max(matrix.size, 1))
    if count <= together:
        return np.asarray(rows @ matrix)
    whole = count - count % together
    stack = rows[:whole].reshape(whole // together, together, rows.shape[1]) @ matrix
    parts = [stack.reshape(whole, matrix.shape[1])]
    if whole < count:
        parts.append(rows[whole:] @ matrix)
        return np.concatenate(parts)
    return parts[0]


def column_products(
    matrix: npt.NDArray[np.floating[Any]], columns: npt.NDArray[Any]
) -> npt.NDArray[Any]:
    """matrix @ columns, (..., N, K) with (..., K, B) to (..., N, B), a few columns at a time.

    As `row_products`, for arrays that have the rounds last.
    """
    count, (height, inner) = columns.shape[-1], matrix.shape[-2:]
    together = 1 << (max(1, QUIET // max(height * inner, 1)).bit_length() - 1)
    found = np.empty((*columns.shape[:-2], height, count), np.result_type(matrix, columns))
    whole = count - count % together
    if whole:
        pieces = (whole // together, together)
        np.matmul(
            matrix if matrix.ndim == 2 else matrix[..., None, :, :],
            _split(columns[..., :whole], pieces),
            out=_split(found[..., :whole], pieces),
        )
    if whole < count:
        np.matmul(matrix, columns[..., whole:], out=found[..., whole:])
    return found


def _split(columns: npt.NDArray[Any], pieces: tuple[int, int]) -> npt.NDArray[Any]:
    """A view (..., pieces, K, B / pieces) of columns (..., K, B)."""
    return columns.reshape(*columns.shape[:-1], *pieces).swapaxes(-3, -2)
