"""Default regression of up to 10,000 rows: CPU time, its growth, the permutation tests' part."""

from __future__ import annotations

import time
from collections.abc import Iterator
from math import log

import numpy as np
import pandas as pd

from culture_ray.regression.designs import WITHIN
from culture_ray.regression.valid import Options, regress
from tests.bench.figure import Figure

LANGUAGES, PER_FAMILY, ROUNDS, TOPICS = 50, 5, 2000, 32
SIZES = (50, 200)
"""Models."""


def figures() -> Iterator[Figure]:
    """Yield CPU seconds with and without permutation tests, and the exponent of their growth."""
    whole, tests = {}, {}
    for models in SIZES:
        rows, draws = study(models)
        whole[models] = _cpu_seconds(rows, draws, Options())
        tests[models] = whole[models] - _cpu_seconds(rows, draws, Options(permutations=0))
        name = f"regression of {len(rows):,} rows"
        target = 10.5 if models == SIZES[-1] else None
        yield Figure(name, whole[models], "CPU s", better="lower")
        yield Figure(f"{name}, its permutation tests", tests[models], "CPU s", target, "lower")
    few, many = SIZES
    growth = log(whole[many] / whole[few]) / log(many / few)
    yield Figure("regression, exponent of its time in models", growth, "", 2.0, "lower")


def study(models: int) -> tuple[pd.DataFrame, np.ndarray]:
    """Return rows of models in families, and (rounds, rows) their responses in topic draws."""
    generator = np.random.default_rng(3)
    keys = [
        (f"m{model}", f"f{model // PER_FAMILY}", f"l{language}")
        for model in range(models)
        for language in range(LANGUAGES)
    ]
    rows = pd.DataFrame(keys, columns=["model", "family", "language"])
    rows["capability"] = generator.random(len(rows))
    rows["alignment"] = 0.3 + 0.1 * generator.normal(size=len(rows))
    weights = generator.multinomial(TOPICS, np.full(TOPICS, 1 / TOPICS), ROUNDS) / TOPICS
    effects = generator.normal(0, 0.5, (TOPICS, len(rows))).astype(np.float32)
    return rows, weights.astype(np.float32) @ effects


def _cpu_seconds(rows: pd.DataFrame, draws: np.ndarray, options: Options) -> float:
    began = time.process_time()
    found = regress(rows, WITHIN, options=options, draws=draws, topics=TOPICS)
    if not found.terms:
        raise RuntimeError(" ".join(found.notes))
    return time.process_time() - began
