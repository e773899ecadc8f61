"""Stopping on request, several drivers, machines that come and go, metrics: with real Ray."""

from __future__ import annotations

import signal
import time
import urllib.request

import pytest
import ray

from culture_ray.store.shards import read
from tests.chaos.machines import machines, shards, wait_for
from tests.standin import Gate
from tests.sweep.echo import echo_units, ids_of, rows

pytestmark = [pytest.mark.cluster, pytest.mark.slow, pytest.mark.timeout(900)]

SIZE = 4


@pytest.fixture(scope="module")
def there(tmp_path_factory):
    with machines(tmp_path_factory.mktemp("cluster"), count=1, gpus=2) as made:
        yield made


def plan(run, units, seconds=0.5, cluster=None, **plans):
    return {
        "run": str(run),
        "units": units,
        "size": SIZE,
        "models": {"m": {"gpus": 1, "in_flight": 8, "seconds": seconds, **plans}},
        "cluster": cluster or {},
    }


def check_whole(run, units):
    asked = [i for unit in echo_units(run, "m", units, SIZE) for i in ids_of(unit)]
    found = rows(run)
    assert sorted(found) == sorted(asked)
    assert not any(row["failure"] for row in found.values())
    return found


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGUSR2])
def test_a_drained_sweep_keeps_what_was_answered_and_goes_on(there, tmp_path, number):
    # The last request of every unit takes for ever, so that no unit ends by itself.
    slow = " ".join(f"m-{unit}-3" for unit in range(12))
    hung = tmp_path / "hung"
    cluster = {"grace_s": 16.0, "max_replicas": 1, "hang_after_s": 900.0}
    driver = there.drive(plan(tmp_path, 12, 0.2, cluster, hangs=slow, hangs_once=str(hung)))
    wait_for(hung.exists, there.log)
    driver.send_signal(number)
    assert driver.wait(timeout=200) == 75
    assert (
        f"stopped by {number.name}; the responses received so far are committed"
        in there.log.read_text()
    )
    assert shards(tmp_path) == 0
    kept = sum(read(path).num_rows for path in (tmp_path / "parts").rglob("*.arrow"))
    assert kept > 0
    assert list((tmp_path / "claims").iterdir()) == []

    again = there.drive(plan(tmp_path, 12, 0.01))
    assert again.wait(timeout=400) == 0, there.log.read_text()[-3000:]
    found = check_whole(tmp_path, 12)
    assert len({row["replica"] for row in found.values()}) > 1, "kept rows are in the shards"
    assert not (tmp_path / "parts").exists() or not list((tmp_path / "parts").rglob("*.arrow"))


def gated(run, units, opened, **cluster):
    """Return a plan whose first units are answered, the others when the gate opens further."""
    gate = Gate(run / "gate")
    gate.open(opened)
    patient = {"hang_after_s": 900.0}  # who waits at the gate does not hang
    gated = plan(run, units, 0.1, patient | cluster, open=str(run / "gate"))
    return gated | {"long_from": opened}, gate


def test_two_drivers_share_the_work_and_ask_nothing_twice(there, tmp_path):
    work, gate = gated(tmp_path, 60, 8, max_replicas=1)
    both = [there.drive(work), there.drive(work)]
    wait_for(lambda: gate.waiting() == 2, there.log)
    gate.open(60)
    assert [driver.wait(timeout=400) for driver in both] == [0, 0], there.log.read_text()[-3000:]
    found = check_whole(tmp_path, 60)
    share = [sum(str(d.pid) in row["replica"] for row in found.values()) for d in both]
    assert sum(share) == len(found)
    assert min(share) > 0, share
    units = [e for e in read(tmp_path / "timeline.arrow").to_pylist() if e["event"] == "unit"]
    assert len(units) == 60, "a unit was asked twice"
    assert len({event["driver"] for event in units}) == 2


def test_a_machine_that_comes_late_is_used_and_one_that_goes_is_survived(there, tmp_path):
    work, gate = gated(tmp_path, 200, 20)
    driver = there.drive(work)
    # An open unit may wait behind closed ones, as replicas read the rows of several at once.
    wait_for(lambda: gate.waiting() == 2, there.log)
    first = there.nodes.pop()
    there.join()
    wait_for(lambda: gate.waiting() > 2, there.log)
    opened = iter(range(21, 200))

    def late_one_answers():
        gate.open(next(opened))
        return len({row["replica"] for row in rows(tmp_path).values()}) > 2

    wait_for(late_one_answers, there.log)
    there.cluster.remove_node(first, allow_graceful=False)
    gate.open(200)
    assert driver.wait(timeout=400) == 0, there.log.read_text()[-3000:]
    check_whole(tmp_path, 200)
    events = read(tmp_path / "timeline.arrow").to_pylist()
    assert sum(event["event"] == "leave" for event in events) == 1
    assert any(event["what"] == "its machine is gone" for event in events)
    assert not any(event["event"] == "refusal" for event in events)


def metric_ports(there, seconds=120):
    """Ports on which nodes export metrics, once their agents have announced them."""
    ray.init(address=there.cluster.address, log_to_driver=False, logging_level="ERROR")
    try:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            said = {node["MetricsExportPort"] for node in ray.nodes() if node["Alive"]}
            if found := {port for port in said if 0 < port < 2**16}:
                return found
            time.sleep(1)
        return set()
    finally:
        ray.shutdown()


def test_prometheus_sees_what_a_sweep_does(there, tmp_path):
    pytest.importorskip("opencensus", reason="the extra metrics (ray[default]) is not installed")
    work, _ = gated(tmp_path, 40, 20)
    driver = there.drive(work)
    # One of them may wait behind closed units, if its replica was lost with the test before.
    wait_for(lambda: shards(tmp_path) > 0, there.log)
    ports = metric_ports(there)
    assert ports, "no node exports metrics"

    def scraped():
        pages = [
            urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10).read().decode()
            for port in ports
        ]
        return [line for page in pages for line in page.splitlines() if "culture_ray_" in line]

    wanted = ("output_tokens", "requests", "in_flight", "replicas", "output_tokens_per_second")
    wait_for(
        lambda: all(
            any(f"culture_ray_{name}" in line and 'model="m"' in line for line in scraped())
            for name in wanted
        ),
        there.log,
        seconds=200,
    )
    driver.kill()
    driver.wait()
