"""Killing any process loses and doubles no answer of a benchmark with steps, and no rating."""

from __future__ import annotations

import os
import random
from pathlib import Path

import pyarrow.dataset as ds
import pytest

from culture_ray.store.run_directory import RunDirectory
from tests.chaos import killing

pytestmark = [pytest.mark.cluster, pytest.mark.slow, pytest.mark.timeout(1800)]

KILLS = int(os.environ.get("CULTURE_RAY_CHAOS_RAY_KILLS", "6")) // 2
QUESTIONS, CULTURES = 40, 7
ANSWERS = QUESTIONS * (1 + 1 + CULTURES + 1)
"""In the conditions baseline, contextual and agents, whose last step needs one view per culture."""
RATINGS = QUESTIONS * 3


def test_steps_and_ratings_survive_kills_of_driver_replica_and_raylet(tmp_path: Path) -> None:
    run = RunDirectory(tmp_path / "chaos")
    own = {"in_flight": "8", "memory_gib": "0.1", "cpus_per_replica": "1"}
    overrides = [
        "experiment=quickstart",
        "protocol=[]",
        "language=[en]",
        "benchmark=[worldview]",
        "benchmark.worldview.samples=1",
        f"results={tmp_path}",
        "run=chaos",
        "inference.rounds=20",
        "cluster.unit_size=8",
        *(f"model.gemma_3_270m.{key}={value}" for key, value in own.items()),
        *(f"judge.gemma_3_270m.model.{key}={value}" for key, value in own.items()),
    ]
    command = ["-m", "tests.chaos.driver", *overrides]
    kills, seen = killing.run_through_kills(
        command,
        tmp_path / "driver.log",
        KILLS,
        lambda: len(run.shards("benchmarks")),
        random.Random(16),
    )
    assert kills >= KILLS - 1, f"only {kills} kills before the end"
    answers = _rows(run.answer_shards())
    assert len(answers) == len({row["request_id"] for row in answers}) == ANSWERS
    assert {row["failure"] for row in answers} == {None}
    views = {row["item"]: 0 for row in answers}
    for row in answers:
        views[row["item"]] += row["step"] == "views"
    assert set(views.values()) == {CULTURES}
    ratings = _rows(run.rating_shards())
    assert len(ratings) == len({row["answer_id"] for row in ratings}) == RATINGS
    assert not list(run.quarantine.rglob("*.arrow*"))
    assert (run.folder / "benchmarks.csv").exists()
    assert killing.wait_gone(sorted(seen)) == []


def _rows(shards: list[Path]) -> list[dict[str, object]]:
    return ds.dataset([str(path) for path in shards], format="arrow").to_table().to_pylist()
