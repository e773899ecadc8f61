"""Random streams that depend on what they are for, never on who draws from them, or when."""

from __future__ import annotations

import hashlib

import numpy as np

from culture_ray.measures.measured import require

BLOCK = 256
"""Rounds drawn from one stream. Changing it changes every resample."""


def stream(seed: int, purpose: str, block: int) -> np.random.Generator:
    """The generator of the rounds block * BLOCK .. (block + 1) * BLOCK - 1 of one purpose.

    Equal arguments give equal streams in any process, on any number of workers, for any chunking
    of rounds; different ones give independent streams. Raises `InvalidMeasureInput` on a negative
    seed.
    """
    require(seed >= 0, f"a negative seed, {seed}")
    digest = hashlib.sha256(purpose.encode()).digest()
    entropy = [seed, *np.frombuffer(digest, dtype="<u4").tolist(), block]
    return np.random.Generator(np.random.PCG64DXSM(np.random.SeedSequence(entropy)))
