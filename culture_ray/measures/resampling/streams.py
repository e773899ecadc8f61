"""Random streams that depend only on their seed, purpose and block of rounds."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

import numpy as np

from culture_ray.measures.result import require

BLOCK = 256
"""Number of rounds drawn from one stream. Changing it changes every resample."""


def seeded_runs(
    rounds: int, seed: int, purpose: str, longest: int
) -> Iterator[tuple[np.random.Generator, int, int]]:
    """Yield runs of rounds (generator, first, last + 1), at most `longest` and within one block.

    The runs of a block share its generator, so code that draws round by round draws the same for
    any length of runs.
    """
    for block, first in enumerate(range(0, rounds, BLOCK)):
        generator = stream(seed, purpose, block)
        end = min(first + BLOCK, rounds)
        for start in range(first, end, longest):
            yield generator, start, min(start + longest, end)


def stream(seed: int, purpose: str, block: int) -> np.random.Generator:
    """Return the generator of the rounds block * BLOCK .. (block + 1) * BLOCK - 1 of one purpose.

    Equal arguments give equal streams in any process, with any number of workers and any chunking
    of rounds; different arguments give independent streams. Raises `InvalidMeasureInput` for a
    negative seed.
    """
    require(seed >= 0, f"a negative seed, {seed}")
    digest = hashlib.sha256(purpose.encode()).digest()
    entropy = [seed, *np.frombuffer(digest, dtype="<u4").tolist(), block]
    return np.random.Generator(np.random.PCG64DXSM(np.random.SeedSequence(entropy)))
