"""A sweep and its judge through an API, with driver, workers and governor killed at random."""

from __future__ import annotations

import os
import random
import time

import pyarrow.dataset as ds
import pytest

from tests.api_server.running import api_server
from tests.api_server.settings import Answers, Settings
from tests.chaos import killing
from tests.chaos.test_spending import OUTAGES, STORM, Weather

pytestmark = [pytest.mark.cluster, pytest.mark.slow, pytest.mark.timeout(1800)]

KILLS = int(os.environ.get("CULTURE_RAY_CHAOS_RAY_KILLS", "5"))
KEY_VARIABLE = "CULTURE_RAY_TEST_KEY"
PROMPTS = 20 * KILLS
IN_FLIGHT = 8
REPLICAS = 2
CAP = 10.0
ROLES = ("replica", "governor", "replica", "driver", "governor")


def overrides(results, base_url):
    """The command of a sweep that asks two languages of one model, and judges with another."""
    api = [f"base_url='{base_url}'", f"key_variable={KEY_VARIABLE}", "timeout_s=1.5", "attempts=8"]
    words = [
        "experiment=quickstart", f"results={results}", "run=spending", "language=[da,en]",
        "model=[gpt_4o]", "judge=[gpt_4_1]", "protocol=[hypothetical_interviews]",
        f"design.prompts_per_language={PROMPTS}",
        "cluster.unit_size=4", "inference.rounds=60", f"spending.cap_dollars={CAP}",
        "stages=[elicit,judge]", "protocol.hypothetical_interviews.sampling.max_tokens=120",
    ]  # fmt: skip
    for model in ("model.gpt_4o", "judge.gpt_4_1.model"):
        words += [f"+{model}.api.{setting}" for setting in api]
        words += [
            f"{model}.in_flight={IN_FLIGHT}",
            f"{model}.most_replicas={REPLICAS}",
            f"+{model}.prices={{input: 2.0, output: 8.0}}",
            f"+{model}.limits={{requests_per_minute: 60000}}",
        ]
    return words


def test_kills_of_driver_workers_and_governor_never_pass_the_cap(tmp_path, monkeypatch):
    chance = random.Random(20261122)
    log, run = tmp_path / "driver.log", tmp_path / "spending"
    answers = Answers(seconds=0.05, seconds_spread=0.3, shortest=5, longest=120)
    with api_server(Settings(answers=answers, storm=STORM)) as server:
        monkeypatch.setenv(KEY_VARIABLE, server.key)
        command = ["-m", "culture_ray.cli.main", "sweep", *overrides(tmp_path, server.base_url)]
        kills, lost, paid, seen = 0, 0, 0, set()
        driver, weather = killing.start(command, log), Weather(server, KILLS, OUTAGES)
        try:
            while driver.poll() is None or driver.returncode != 0:
                if driver.poll() is not None:
                    # On a busy machine Ray may give its own start up.
                    said = log.read_text()[-3000:]
                    assert driver.returncode < 0 or "timed out during startup" in said, said
                    driver = killing.start(command, log)
                stats = server.stats()
                assert stats["dollars"] <= CAP
                weather.change(kills)
                answered = len(stats["paid"])
                if kills < KILLS and answered > paid:
                    time.sleep(chance.uniform(0.0, 0.5))
                    seen.update(killing.descendants(driver))
                    role = ROLES[kills % len(ROLES)]
                    if killing.kill(driver, role):
                        kills += 1
                        lost += {"replica": 1, "driver": REPLICAS, "governor": 0}[role] * IN_FLIGHT
                        paid = len(server.stats()["paid"])
                time.sleep(0.1)
        finally:
            seen.update(killing.descendants(driver))
            driver.kill()
            driver.wait()
        stats = server.stats()
    assert kills == KILLS, f"only {kills} kills before the end"
    asked = ds.dataset(run / "requests", format="arrow").to_table()["request_id"].to_pylist()
    responses = ds.dataset(run / "responses", format="arrow").to_table()
    labels = ds.dataset(run / "labels", format="arrow").to_table()
    assert len(asked) == 2 * PROMPTS
    assert sorted(responses["request_id"].to_pylist()) == sorted(asked)
    assert sorted(labels["response_id"].to_pylist()) == sorted(asked)
    assert responses["text"].null_count == 0, "no fault that passes makes a failed row"
    assert "error" not in labels["status"].to_pylist()
    assert labels["status"].to_pylist().count("labelled") > 0.9 * len(asked)
    again = sum(stats["paid"].values()) - len(stats["paid"])
    print(f"{kills} kills, {again} paid again of {lost} in flight, {stats['statuses']}")
    assert again <= lost
    spending = ds.dataset(run / "spending" / "spending.arrow", format="arrow").to_table()
    assert stats["dollars"] <= sum(spending["dollars"].to_pylist()) <= CAP
    assert not list((run / "spending" / "answers").rglob("*.jsonl"))
    assert killing.wait_gone(sorted(seen)) == []
    written = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert len(written) > 50
    assert not [path for path in written if server.key.encode() in path.read_bytes()]
