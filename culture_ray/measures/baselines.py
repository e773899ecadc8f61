"""Baselines: value polarities of simulated respondents, for comparison with the models.

Each simulated response has ten opinions, as many as the paper's protocol asks for.
"""

from __future__ import annotations

import hashlib

import numpy as np

from culture_ray.measures.result import FloatArray, IntArray

OPINIONS = 10


def baseline_polarity(
    name: str, topic: IntArray, truth: FloatArray, *, seed: int, language: str
) -> FloatArray:
    """Return the value polarity of each simulated response, shape (n,).

    `topic` (n,) is the topic index of each response, `truth` (T,) the value polarity of the people
    who speak the language. Ten opinions are drawn per response: pro with a probability that is
    uniform on 0..1 (`uniform_random`), pro with probability 1/2 (`fifty_percent`), or pro with the
    people's probability (`perfect`; NaN where it is unknown). Raises KeyError for another name.
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
