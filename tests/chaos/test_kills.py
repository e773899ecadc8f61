"""Killing any process at any moment loses no request, doubles none, and leaves nothing running."""

from __future__ import annotations

import os
import random

import pyarrow.dataset as ds
import pytest

from tests.chaos import killing

pytestmark = [pytest.mark.cluster, pytest.mark.slow, pytest.mark.timeout(1800)]

LANGUAGES = ("da", "en", "nl", "pt")
KILLS = int(os.environ.get("CULTURE_RAY_CHAOS_RAY_KILLS", "6"))
"""40 for the whole proof (make chaos). Most of them end a session; the next one loads all anew."""

PROMPTS = 8 * KILLS


def overrides(results, run):
    return [
        "experiment=quickstart",
        "protocol=[hypothetical_interviews_short]",
        f"results={results}",
        f"run={run}",
        f"design.prompts_per_language={PROMPTS}",
        "cluster.unit_size=4",
        "model.gemma_3_270m.in_flight=8",
        "model.gemma_3_270m.memory_gib=0.1",
        "model.gemma_3_270m.cpus_per_replica=1",
        "judge.gemma_3_270m.model.in_flight=8",
        "judge.gemma_3_270m.model.memory_gib=0.1",
        "judge.gemma_3_270m.model.cpus_per_replica=1",
        "+model.gemma_3_270m.env.STANDIN_SECONDS='0.3'",
        "+judge.gemma_3_270m.model.env.STANDIN_SECONDS='0.3'",
    ]


def rows(folder):
    """Request ids of a kind of shard, as they would be read by anyone."""
    return ds.dataset(folder, format="arrow", partitioning="hive").to_table()


def check_complete(run):
    asked = ds.dataset(run / "requests", format="arrow").to_table()["request_id"].to_pylist()
    responses = rows(run / "responses")
    labels = rows(run / "labels")
    assert len(asked) == len(set(asked)) == PROMPTS * len(LANGUAGES)
    assert sorted(responses["request_id"].to_pylist()) == sorted(asked)
    assert sorted(labels["response_id"].to_pylist()) == sorted(asked)
    assert not list(run.rglob("quarantine/**/*.arrow*"))


def test_random_kills_of_driver_replica_and_raylet_lose_and_double_nothing(tmp_path):
    log, run = tmp_path / "driver.log", tmp_path / "chaos"
    command = ["-m", "tests.chaos.driver", *overrides(tmp_path, "chaos")]
    kills, seen = killing.run_through_kills(
        command, log, KILLS, lambda: _shards(run), random.Random(20261121)
    )
    assert kills >= 5 * KILLS // 6, f"only {kills} kills before the end"
    check_complete(run)
    assert (run / "report.html").exists()
    assert killing.wait_gone(sorted(seen)) == []


def _shards(run):
    return sum(1 for kind in ("responses", "labels") for _ in (run / kind).rglob("*.arrow"))
