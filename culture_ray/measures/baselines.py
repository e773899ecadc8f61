"""Baselines: what known ways of answering would score; they take part beside the models.

Each gives ten opinions per response, as the paper's protocol asks for.
"""

from __future__ import annotations

import hashlib

import numpy as np

from culture_ray.measures.result import FloatArray, IntArray

OPINIONS = 10


def baseline_polarity(
    name: str, topic: IntArray, truth: FloatArray, *, seed: int, language: str
) -> FloatArray:
    """Return a value polarity per response, shape (n,), NaN where the truth is unknown.

    `topic` is the index of each response's topic, `truth` (T,) the value polarity of the people
    who speak the language. `uniform_random` draws ten opinions with a share of pro that is
    itself drawn evenly from 0..1 for each response;
    `fifty_percent` draws ten opinions that are pro or con with equal chance; `perfect` draws ten
    opinions from the people themselves. Raises KeyError for another name.
    """
    digest = hashlib.sha256(f"{name}\x1f{language}\x1f{seed}".encode()).digest()
    generator = np.random.Generator(np.random.PCG64(int.from_bytes(digest[:16], "big")))
    size = topic.size
    share: FloatArray = {
        "uniform_random": generator.random(size),
        "fifty_percent": np.full(size, 0.5),
        "perfect": truth[topic],
    }[name]
    known = ~np.isnan(share)
    drawn = generator.binomial(OPINIONS, np.where(known, share, 0.0)) / OPINIONS
    return np.where(known, drawn, np.nan)
