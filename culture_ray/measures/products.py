"""Matrix products of many rows with a small matrix, without the threads of BLAS."""

from __future__ import annotations

import numpy as np

from culture_ray.measures.measured import FloatArray

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
