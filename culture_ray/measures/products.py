"""Products of tall matrices with small ones, in blocks for which BLAS starts no threads."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from culture_ray.measures.result import FloatArray

QUIET = 1 << 17
"""Multiplications per product up to which no BLAS in use starts threads."""


def row_products(rows: FloatArray, matrix: FloatArray) -> FloatArray:
    """Return rows @ matrix, (B, K) with (K, N) to (B, N), as a stack of products of a few rows.

    The stack costs no more than a single product. BLAS would run the single product in several
    threads, which wait for each other if the cores are busy; it is then up to 30 times slower.
    Rounding does not depend on the order of `rows` in memory.
    """
    rows = np.ascontiguousarray(rows)
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
    """Return matrix @ columns, (..., N, K) with (..., K, B) to (..., N, B).

    As `row_products`, a few columns at a time, for arrays with the rounds on the last axis.
    """
    count, (height, inner) = columns.shape[-1], matrix.shape[-2:]
    together = 1 << (max(1, QUIET // max(height * inner, 1)).bit_length() - 1)
    found = np.empty((*columns.shape[:-2], height, count), np.result_type(matrix, columns))
    whole = count - count % together
    if whole:
        chunks = (whole // together, together)
        np.matmul(
            matrix if matrix.ndim == 2 else matrix[..., None, :, :],
            _split(columns[..., :whole], chunks),
            out=_split(found[..., :whole], chunks),
        )
    if whole < count:
        np.matmul(matrix, columns[..., whole:], out=found[..., whole:])
    return found


def _split(columns: npt.NDArray[Any], chunks: tuple[int, int]) -> npt.NDArray[Any]:
    """Return a view (..., chunks, K, B / chunks) of columns (..., K, B)."""
    return columns.reshape(*columns.shape[:-1], *chunks).swapaxes(-3, -2)
