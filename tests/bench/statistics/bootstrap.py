"""Bootstrap rounds against the plain procedure, and the time of a cell's figures in all rounds."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator

import numpy as np

from culture_ray.measures.cells import tabulate_all
from culture_ray.measures.resampling.bootstrap import StudyCell, bootstrap, study_topics
from culture_ray.measures.resampling.published import published_bootstraps
from culture_ray.measures.resampling.resample import DrawLevel, Resampling
from culture_ray.stages.regress.cell_figures import figures_in_rounds
from tests.bench.figure import Figure
from tests.bench.statistics.large import study_cell
from tests.bench.statistics.published_polars import joined_tables, one_round
from tests.bench.statistics.study import Study, make_study

ROUNDS = 2000
CORES = len(os.sched_getaffinity(0))
CELLS, POPULATIONS, TOPICS = 60, 100, 32


def figures() -> Iterator[Figure]:
    """Yield the ratios per round, and the CPU time of one cell."""
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
            bootstrap(cells, study.truth, Resampling(DrawLevel.JOINT_TOPICS, n))
        ),
    }.items():
        plain = _per_round(lambda n: [one_round(tables) for _ in range(n)], 3)
        ours = _per_round(act, ROUNDS)
        name = f"bootstrap round, plain polars over {kind}"
        yield Figure(name, plain / ours, "x", target=1000.0)
    yield from _per_cell()


def _per_cell() -> Iterator[Figure]:
    """Yield the CPU time of a large study's cell, as the stage regress computes it."""
    generator = np.random.default_rng(3)
    truth = generator.random((POPULATIONS, TOPICS))
    cells = [study_cell(generator, truth, str(number), number % 50) for number in range(CELLS)]
    topics, sampling = study_topics(cells), Resampling(rounds=ROUNDS)
    figures_in_rounds(cells[0], truth, np.ones(2), sampling, topics)
    began = time.process_time()
    for cell in cells:
        figures_in_rounds(cell, truth, np.ones(2), sampling, topics)
    each = (time.process_time() - began) / CELLS
    name = f"ten figures of a cell in {ROUNDS:,} joint rounds"
    yield Figure(name, 1000 * each, "CPU ms", 1.1, "lower")


def study_cells(study: Study) -> list[StudyCell]:
    """Return the count tables of a study."""
    keys = study.responses["model"] + "|" + study.responses["language"]
    names, owner = np.unique(keys.to_numpy(str), return_inverse=True)
    made = tabulate_all(
        owner, study.responses["topic"], study.responses["value_polarity"], len(names)
    )
    return [StudyCell(str(name), cell) for name, cell in zip(names, made, strict=True)]


def _per_round(act: Callable[[int], object], rounds: int) -> float:
    started = time.perf_counter()
    act(rounds)
    return (time.perf_counter() - started) / rounds
