"""Random streams that depend on what they are for, never on who draws from them, or when."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

import numpy as np

from culture_ray.measures.result import require

BLOCK = 256
"""Rounds drawn from one stream. Changing it changes every resample."""


def seeded_runs(
    rounds: int, seed: int, purpose: str, longest: int
) -> Iterator[tuple[np.random.Generator, int, int]]:
    """Runs of rounds (generator, first, last + 1), at most `longest` and within one block.

    The generator of a run stands where the run before left it, so code that draws round by round
    draws the same whatever the runs' length.
    """
    for block, first in enumerate(range(0, rounds, BLOCK)):
        generator = stream(seed, purpose, block)
        end = min(first + BLOCK, rounds)
        for start in range(first, end, longest):
            yield generator, start, min(start + longest, end)


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
