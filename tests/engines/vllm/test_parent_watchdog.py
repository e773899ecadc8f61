"""A process that belongs to a replica ends with it; any other process is left alone."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from culture_ray.engines.vllm import parent_watchdog

CHILD = """
import time
from culture_ray.engines.vllm import parent_watchdog
parent_watchdog.share()
print('up', flush=True)
time.sleep(60)
"""
REPLICA = f"""
import os, subprocess, sys, time
from culture_ray.engines.vllm import parent_watchdog
parent_watchdog.bind_engine_to_this_process()
child = subprocess.Popen([sys.executable, "-c", {CHILD!r}], stdout=subprocess.PIPE, text=True)
child.stdout.readline()
print(child.pid, flush=True)
time.sleep(60)
"""


def is_alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    stat = Path(f"/proc/{pid}/stat").read_text()
    return stat.rpartition(")")[2].split()[0] != "Z"


@pytest.mark.slow
def test_an_engine_process_ends_when_its_replica_is_killed():
    replica = subprocess.Popen([sys.executable, "-c", REPLICA], stdout=subprocess.PIPE, text=True)
    child = int(replica.stdout.readline())
    assert is_alive(child)
    replica.kill()
    replica.wait()
    deadline = time.monotonic() + 30
    while is_alive(child) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not is_alive(child)


@pytest.mark.slow
def test_a_process_outside_a_replica_outlives_its_parent(monkeypatch):
    monkeypatch.delenv(parent_watchdog.REPLICA, raising=False)  # an engine in this process sets it
    parent = subprocess.Popen(
        [
            sys.executable,
            "-c",
            REPLICA.replace("parent_watchdog.bind_engine_to_this_process()", ""),
        ],
        stdout=subprocess.PIPE,
        text=True,
    )
    child = int(parent.stdout.readline())
    parent.kill()
    parent.wait()
    time.sleep(2.5)
    alive = is_alive(child)
    if alive:
        os.kill(child, 9)
    assert alive
