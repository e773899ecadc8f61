"""Study of 200 models x 50 languages against 100 populations, and a quarter of it.

`python -m tests.bench.statistics.large MODELS` does the work; `figures` runs it and watches time
and memory of the process with all that it starts.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator

import numpy as np
import pandas as pd
import psutil

from culture_ray.measures.cells import tabulate
from culture_ray.measures.resampling.bootstrap import StudyCell
from culture_ray.measures.resampling.resample import Resampling
from culture_ray.regression.designs import WITHIN
from culture_ray.regression.valid import Options, regress
from culture_ray.stages.regress.cell_figures import cell_figures
from culture_ray.sweep.plan.cluster import Cluster
from tests.bench.figure import Figure

MODELS, LANGUAGES, POPULATIONS, TOPICS, RESPONSES = 200, 50, 100, 32, 250
PER_FAMILY = 5


def figures() -> Iterator[Figure]:
    """Yield time and peak memory at a quarter of the models and at all of them."""
    seconds, peaks = {}, {}
    for models in (MODELS // 4, MODELS):
        seconds[models], peaks[models] = _watched(models)
        name = f"2,000 rounds, {models} models x {LANGUAGES} languages x {POPULATIONS}"
        target = 38.0 if models == MODELS else None
        yield Figure(name, seconds[models], "s", target, "lower")
        yield Figure(f"{name}, peak memory", peaks[models], "GiB", 4.0, "lower")
    name = "four times the models: times the "
    yield Figure(f"{name}time", seconds[MODELS] / seconds[MODELS // 4], "x", better="lower")
    yield Figure(f"{name}memory", peaks[MODELS] / peaks[MODELS // 4], "x", better="lower")


def work(models: int) -> None:
    """Bootstrap every cell and fit the default design to all of them."""
    generator = np.random.default_rng(3)
    truth = generator.random((POPULATIONS, TOPICS))
    cells, keys = [], []
    for model in range(models):
        for language in range(LANGUAGES):
            cells.append(study_cell(generator, truth, f"{model} {language}", language))
            keys.append((f"m{model}", f"f{model // PER_FAMILY}", f"l{language}"))
    clusters = np.full(len(cells), TOPICS)
    found = cell_figures(cells, truth, clusters, np.ones((len(cells), 2)), Resampling(), Cluster())
    rows = pd.DataFrame(keys, columns=["model", "family", "language"]).assign(
        alignment=found.estimates["alignment_language"], capability=generator.random(len(keys))
    )
    fitted = regress(rows, WITHIN, options=Options(), draws=found.rounds["alignment_language"].T)
    if not fitted.terms:
        raise RuntimeError(" ".join(fitted.notes))


def study_cell(
    generator: np.random.Generator, truth: np.ndarray, key: str, language: int
) -> StudyCell:
    """Return a cell that answers like people number `language` of the populations, with noise."""
    topic = generator.integers(0, TOPICS, RESPONSES)
    share = np.clip(truth[language, topic] + generator.normal(0, 0.2, RESPONSES), 0, 1)
    weights = np.zeros((4, POPULATIONS))
    weights[0, language] = weights[1, 99] = 1.0
    weights[2, 50 + language // 2 : 52 + language // 2] = 0.5
    weights[3] = weights[1] - weights[2]
    return StudyCell(key, tabulate(topic, generator.binomial(10, share) / 10), weights)


def _watched(models: int) -> tuple[float, float]:
    """Return seconds and peak GiB, shared memory counted once."""
    started, peak = time.perf_counter(), 0
    process = subprocess.Popen([sys.executable, "-m", "tests.bench.statistics.large", str(models)])
    while process.poll() is None:
        peak = max(peak, _proportional(psutil.Process(process.pid)))
        time.sleep(0.5)
    if process.returncode:
        raise RuntimeError(f"tests.bench.statistics.large {models} ended with {process.returncode}")
    return time.perf_counter() - started, peak / 2**30


def _proportional(parent: psutil.Process) -> int:
    total = 0
    try:
        for one in [parent, *parent.children(recursive=True)]:
            total += one.memory_full_info().pss
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return total  # one of them ended just now; the next look sees the others
    return total


if __name__ == "__main__":
    work(int(sys.argv[1]))
