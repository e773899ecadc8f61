"""A Ray cluster of several raylets on this machine, with stand-in GPUs, for killing parts of it."""

from __future__ import annotations

import json
import random
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
from ray.cluster_utils import Cluster

from tests.chaos import killing

_QUICK = {  # a raylet that is gone is noticed within a second or two
    "health_check_initial_delay_ms": 1000,
    "health_check_period_ms": 500,
    "health_check_timeout_ms": 10000,  # one that is only slow is not gone
    "health_check_failure_threshold": 3,
}


@dataclass
class Machines:
    """The cluster, the drivers on it, and what was killed."""

    cluster: Any
    folder: Path
    gpus: int
    nodes: list[Any] = field(default_factory=list)
    drivers: list[subprocess.Popen[bytes]] = field(default_factory=list)
    kills: dict[str, int] = field(default_factory=dict)

    @property
    def log(self) -> Path:
        """File that drivers print to."""
        return self.folder / "drivers.log"

    def join(self) -> None:
        """Add a machine."""
        self.nodes.append(self.cluster.add_node(num_cpus=2, num_gpus=self.gpus))

    def drive(self, plan: Mapping[str, Any]) -> subprocess.Popen[bytes]:
        """Start a driver with a plan."""
        cluster = {"address": self.cluster.address, "hang_after_s": 240.0} | plan.get("cluster", {})
        words = ["-m", "tests.chaos.echo_driver", json.dumps({**plan, "cluster": cluster})]
        driver = killing.start(words, self.log)
        self.drivers.append(driver)
        return driver

    def kill_replica(self, chance: random.Random) -> bool:
        """Kill one replica; return whether there was one."""
        found = []
        for process in psutil.Process().children(recursive=True):
            try:
                if process.name().startswith("ray::Replica"):
                    found.append(process)
            except psutil.Error:
                continue
        return bool(found) and self._kill("replica", chance.choice(found).kill)

    def kill_machine(self, chance: random.Random) -> bool:
        """Kill a machine's raylet with all that is on it; another one joins."""
        if not self.nodes:
            return False
        node = self.nodes.pop(chance.randrange(len(self.nodes)))
        return self._kill("raylet", lambda: self.cluster.remove_node(node, allow_graceful=False))

    def kill_driver(self, chance: random.Random) -> bool:
        """Kill a driver that runs."""
        running = [driver for driver in self.drivers if driver.poll() is None]
        return bool(running) and self._kill("driver", chance.choice(running).kill)

    def _kill(self, what: str, act: Any) -> bool:
        try:
            act()
        except psutil.NoSuchProcess:
            return False
        self.kills[what] = self.kills.get(what, 0) + 1
        return True


@contextmanager
def machines(folder: Path, count: int, gpus: int) -> Iterator[Machines]:
    """Yield a cluster of a head without GPUs and `count` machines with `gpus` each."""
    head = {"num_cpus": 1, "num_gpus": 0, "include_dashboard": False, "_system_config": _QUICK}
    cluster = Cluster(initialize_head=True, head_node_args=head)
    made = Machines(cluster, folder, gpus)
    try:
        for _ in range(count):
            made.join()
        yield made
    finally:
        for driver in made.drivers:
            if driver.poll() is None:
                driver.kill()
            driver.wait()
        cluster.shutdown()


def shards(run: Path) -> int:
    """Return the number of committed shards of responses."""
    return sum(1 for _ in (run / "responses").rglob("[!.]*.arrow"))


def wait_for(condition: Any, log: Path, seconds: float = 400.0) -> None:
    """Wait until a condition holds; fails with the end of the log."""
    until = time.monotonic() + seconds
    while not condition():
        said = log.read_text()[-3000:] if log.exists() else "nothing was said"
        assert time.monotonic() < until, said
        time.sleep(0.05)
