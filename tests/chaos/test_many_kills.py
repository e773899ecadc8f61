"""Replicas, machines and drivers die at random: no row is lost, none doubled."""

from __future__ import annotations

import os
import random
import time

import pytest

from tests.chaos.machines import Machines, machines, shards
from tests.sweep.echo import echo_units, ids_of, rows

pytestmark = [pytest.mark.cluster, pytest.mark.slow, pytest.mark.timeout(3600)]

KILLS = int(os.environ.get("CULTURE_RAY_CHAOS_KILLS", "14"))
"""Over both tests, about; 200 or more for the whole proof (make chaos)."""

SIZE = 4
POISON = "m0-7-2"


def plan(run, units, models, **cluster):
    return {
        "run": str(run),
        "units": units,
        "size": SIZE,
        "models": {
            f"m{i}": {"gpus": 1, "in_flight": 8, "seconds": 0.2, "poison": POISON}
            for i in range(models)
        },
        "cluster": cluster,
    }


def check_whole(run, units, models):
    found = rows(run)
    asked = [
        i for m in range(models) for u in echo_units(run, f"m{m}", units, SIZE) for i in ids_of(u)
    ]
    assert sorted(found) == sorted(asked)
    failed = {key for key, row in found.items() if row["failure"] is not None}
    assert failed == {POISON}, "only what kills engines is given up"
    assert "each time it had this request" in found[POISON]["failure"]
    assert not list((run / "parts").rglob("*.arrow"))


def storm(there: Machines, run, work, kills, seed, most_drivers):
    """Kill until so many are dead, never without progress for long, then let the rest end."""
    chance = random.Random(seed)
    total = sum(kills.values())
    killers = {
        "replica": there.kill_replica,
        "raylet": there.kill_machine,
        "driver": there.kill_driver,
    }
    left = [what for what, count in kills.items() for _ in range(count)]
    chance.shuffle(left)
    before = -1
    while True:
        running = [driver for driver in there.drivers if driver.poll() is None]
        if any(driver.returncode == 0 for driver in there.drivers) and not left:
            break
        ended = [driver.returncode for driver in there.drivers if driver.returncode is not None]
        assert {0, -9}.issuperset(ended), there.log.read_text()[-4000:]
        while len(running) < most_drivers:
            running.append(there.drive(work))
        now = shards(run)
        if left and now > before and killers[left[-1]](chance):
            if left.pop() == "raylet":
                there.join()
            before = now
        time.sleep(chance.uniform(0.05, 0.4))
    assert sum(there.kills.values()) == total


def test_replicas_and_machines_die(tmp_path):
    run, units = tmp_path / "run", 10 + 6 * KILLS // 5
    with machines(tmp_path, count=3, gpus=2) as there:
        kills = {"replica": 11 * KILLS // 20, "raylet": max(2, KILLS // 12)}
        storm(there, run, plan(run, units, 2), kills, 1, most_drivers=1)
    check_whole(run, units, 2)


def test_two_drivers_on_one_run_directory_die_and_come_back(tmp_path):
    run, units = tmp_path / "run", 10 + 6 * KILLS // 5
    with machines(tmp_path, count=2, gpus=2) as there:
        work = plan(run, units, 1, max_replicas=2)
        kills = {"driver": max(2, 9 * KILLS // 50), "replica": max(2, 3 * KILLS // 20)}
        storm(there, run, work, kills, 2, most_drivers=2)
    check_whole(run, units, 1)
