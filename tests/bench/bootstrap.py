"""Bootstrap rounds against the plain procedure, and how time and memory grow with the study."""

from __future__ import annotations

import os
import resource
import time
from collections.abc import Callable, Iterator

import numpy as np

from culture_ray.measures.bootstrap import StudyCell, bootstrap
from culture_ray.measures.cells import tabulate, tabulate_all
from culture_ray.measures.published import published_bootstraps
from culture_ray.measures.resample import Drawn, Resampling
from tests.bench.figure import Figure
from tests.bench.published_polars import joined_tables, one_round
from tests.bench.study import Study, make_study

ROUNDS = 2000
CORES = len(os.sched_getaffinity(0))


def figures() -> Iterator[Figure]:
    """Yield the ratios per round and the growth."""
    study = make_study()
    cells = study_cells(study)
    tables = joined_tables(study)
    one_round(tables)  # polars compiles and warms up
    for kind, act in {
        "published": lambda n: [
            one
            for rows in study.kinds
            for one in published_bootstraps(cells, study.truth[rows], n, workers=CORES)
        ],
        "joint topics": lambda n: list(
            bootstrap(cells, study.truth, Resampling(Drawn.JOINT_TOPICS, n))
        ),
    }.items():
        plain = _per_round(lambda n: [one_round(tables) for _ in range(n)], 3)
        ours = _per_round(act, ROUNDS)
        name = f"bootstrap round, plain polars over {kind}"
        yield Figure(name, plain / ours, "x", target=1000.0)
    yield from _growth()


def study_cells(study: Study) -> list[StudyCell]:
    """Return the count tables of a study."""
    keys = study.responses["model"] + "|" + study.responses["language"]
    names, owner = np.unique(keys.to_numpy(str), return_inverse=True)
    made = tabulate_all(
        owner, study.responses["topic"], study.responses["value_polarity"], len(names)
    )
    return [StudyCell(str(name), cell) for name, cell in zip(names, made, strict=True)]


def _growth() -> Iterator[Figure]:
    """Time per cell with 100 populations; 200 models x 50 languages are 10,000 cells."""
    generator = np.random.default_rng(2)
    truth = generator.random((100, 32))
    weights = np.zeros((4, 100))
    weights[0, 0], weights[1, 1], weights[2, 2:12], weights[3, 1] = 1, 1, 0.1, 1
    made = tabulate(generator.integers(0, 32, 300), generator.integers(0, 11, 300) / 10)
    for count in (100, 1000):
        study = [StudyCell(f"cell {i}", made, weights) for i in range(count)]
        started = time.perf_counter()
        for _ in bootstrap(study, truth, Resampling(Drawn.JOINT_TOPICS, ROUNDS)):
            pass
        seconds = time.perf_counter() - started
        yield Figure(f"2,000 joint topic rounds, {count} cells x 100 populations", seconds, "s")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    yield Figure("peak memory of the bootstraps, polars included", peak, "GiB", 2.0, "lower")


def _per_round(act: Callable[[int], object], rounds: int) -> float:
    started = time.perf_counter()
    act(rounds)
    return (time.perf_counter() - started) / rounds
