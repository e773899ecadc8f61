"""Kills and storms: the server's own total never passes the cap, and nothing is paid twice."""

from __future__ import annotations

import multiprocessing
import os
import random
import time
from dataclasses import replace

import pyarrow.dataset as ds
import pytest

from tests.api_server.running import api_server
from tests.api_server.settings import Answers, Settings, Storm
from tests.chaos.spending_worker import CAPPED, IN_FLIGHT, Job, work

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1800)]

KILLS = int(os.environ.get("CULTURE_RAY_CHAOS_KILLS", "30"))
"""300 for the whole proof."""

OUTAGES = int(os.environ.get("CULTURE_RAY_CHAOS_OUTAGES", "2"))
OUTAGE_S = float(os.environ.get("CULTURE_RAY_CHAOS_OUTAGE_S", "4"))
"""Minutes for the whole proof."""

WORKERS = 4
STORM = Storm(
    rates={
        "rate": 0.03, "error": 0.03, "unavailable": 0.01, "stall": 0.01, "truncated": 0.02,
        "dropped_before": 0.02, "dropped_after": 0.02, "odd": 0.05,
    },
    stall_s=2.0,
    retry_after_s=0.1,
)  # fmt: skip


@pytest.fixture
def server():
    answers = Answers(seconds=0.02, seconds_spread=0.1, shortest=5, longest=60)
    with api_server(Settings(answers=answers, storm=STORM)) as server:
        yield server


class Crew:
    """Workers that are started again when they are gone."""

    def __init__(self, job):
        self.job = job
        self.context = multiprocessing.get_context("forkserver")
        self.context.set_forkserver_preload(["tests.chaos.spending_worker", "openai"])
        self.running = {}
        self.done = {}
        self.capped = set()

    def tend(self):
        """Start who is missing; return whether anybody has work left."""
        for number in range(WORKERS):
            process = self.running.get(number)
            if process is not None and process.exitcode is None:
                continue
            if process is not None and process.exitcode == CAPPED:
                self.capped.add(number)
            if number in self.capped or (process is not None and process.exitcode == 0):
                continue
            assert process is None or process.exitcode < 0, f"exit code {process.exitcode}"
            # Without a lock: whoever holds one when it is killed holds it for ever.
            done = self.done[number] = self.context.RawValue("i", 0)
            self.running[number] = self.context.Process(target=work, args=(self.job, number, done))
            self.running[number].start()
        return any(process.exitcode is None for process in self.running.values())

    def kill(self, chance):
        """Kill one that is in the middle of its work; return how many that were."""
        busy = [n for n, p in self.running.items() if p.exitcode is None and self.done[n].value]
        if not busy:
            return 0
        victim = self.running[chance.choice(busy)]
        victim.kill()
        victim.join()
        return 1

    def end(self):
        for process in self.running.values():
            process.kill()
            process.join()


class Weather:
    """Outages of the server, each between two kills: nothing but server errors for a while."""

    def __init__(self, server, kills, outages):
        self.server = server
        self.due = [kills * (n + 1) // (outages + 1) for n in range(outages)]
        self.until = 0.0

    def change(self, kills):
        """Begin the outage that is due after so many kills, and end one that has lasted."""
        if self.until and time.monotonic() > self.until:
            self.server.change(storm={"rates": STORM.rates})
            self.until = 0.0
        elif self.due and kills >= self.due[0] and not self.until:
            del self.due[0]
            self.server.change(storm={"rates": {"unavailable": 0.8, "dropped_before": 0.2}})
            self.until = time.monotonic() + OUTAGE_S


def run_through(server, job, kills, chance, outages=0):
    """Run workers under `kills` kills; return their number and the workers that the cap stopped."""
    crew, done, weather = Crew(job), 0, Weather(server, kills, outages)
    try:
        while crew.tend():
            time.sleep(chance.uniform(0.0, 0.3))
            if done < kills:
                done += crew.kill(chance)
            weather.change(done)
            assert server.stats()["dollars"] <= job.cap
    finally:
        crew.end()
    return done, crew.capped


def test_kills_and_storms_never_pass_the_cap_and_pay_nothing_twice(server, tmp_path):
    chance = random.Random(20261122)
    job = Job(tmp_path, server.base_url, server.key, 20 * KILLS, WORKERS, cap=100.0)
    kills, capped = run_through(server, job, KILLS, chance, OUTAGES)
    assert kills >= 0.9 * KILLS, "the work ended before the kills"
    assert not capped
    table = ds.dataset(tmp_path / "shards", format="arrow").to_table()
    assert sorted(table["request_id"].to_pylist()) == [f"r{n:06d}" for n in range(job.requests)]
    stats = server.stats()
    assert table["text"].null_count == 0, "no fault that passes makes a failed row"
    again = sum(stats["paid"].values()) - len(stats["paid"])
    print(f"{kills} kills, {again} of {job.requests} requests paid again, {stats['statuses']}")
    assert again <= kills * IN_FLIGHT
    charged = job.accounts().balances.charged_nano / 1e9
    assert stats["dollars"] <= charged <= job.cap


def test_a_tight_cap_stops_everyone_below_it_and_a_wider_one_goes_on(server, tmp_path):
    chance = random.Random(7)
    count = 400
    tight = Job(tmp_path, server.base_url, server.key, count, WORKERS, cap=0.06)
    kills, capped = run_through(server, tight, 10, chance)
    spent = server.stats()["dollars"]
    assert capped == set(range(WORKERS))
    assert 0.5 * tight.cap < spent <= tight.cap
    wide = replace(tight, cap=100.0)
    _, capped = run_through(server, wide, 0, chance)
    assert not capped
    table = ds.dataset(tmp_path / "shards", format="arrow").to_table()
    assert len(set(table["request_id"].to_pylist())) == table.num_rows == count
    assert server.stats()["dollars"] <= wide.accounts().balances.charged_nano / 1e9
    assert sum(server.stats()["paid"].values()) - count <= kills * IN_FLIGHT
