"""Finding and killing the processes of a running sweep; only ever descendants of our own driver."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import psutil

ROOT = Path(__file__).parents[2]


def start(command: Sequence[str], log: Path) -> subprocess.Popen[bytes]:
    """Start a driver in a session of its own, its output in `log`."""
    with log.open("ab") as out:
        return subprocess.Popen(
            [sys.executable, *command],
            stdout=out,
            stderr=out,
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            start_new_session=True,
            preexec_fn=_hear_interrupts,  # noqa: PLW1509 - no threads here
        )


def _hear_interrupts() -> None:
    # A shell without job control lets what it starts in the background ignore Ctrl-C.
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def family(driver: subprocess.Popen[bytes]) -> dict[str, list[psutil.Process]]:
    """Return the driver's processes by role: driver, replica, engine, raylet."""
    roles: dict[str, list[psutil.Process]] = {"driver": [psutil.Process(driver.pid)]}
    for process in roles["driver"][0].children(recursive=True):
        try:
            words = " ".join(process.cmdline())
        except psutil.Error:
            continue
        if "Replica" in words and "ray::" in words:
            roles.setdefault("replica", []).append(process)
        elif "GovernorActor" in words and "ray::" in words:
            roles.setdefault("governor", []).append(process)
        elif "EngineCore" in words:
            roles.setdefault("engine", []).append(process)
        elif "/raylet" in words.split(" ", 1)[0]:
            roles.setdefault("raylet", []).append(process)
    return roles


def kill(driver: subprocess.Popen[bytes], role: str) -> bool:
    """Kill one process of a role; return whether there was one."""
    try:
        victims = family(driver).get(role, [])
        if not victims:
            return False
        victims[0].send_signal(signal.SIGKILL)
    except psutil.Error:
        return False
    return True


def run_through_kills(
    command: Sequence[str], log: Path, most: int, shards: Callable[[], int], chance: random.Random
) -> tuple[int, set[int]]:
    """Run a driver until it succeeds, killing its replica, itself or its raylet at random moments.

    Returns the number of kills, at most `most`, and the ids of all processes seen. `shards` returns
    the number of shards that are committed.
    """
    kills, sessions, goal = 0, 0, 3
    seen: set[int] = set()
    driver = start(command, log)
    try:
        while True:
            running = kills < most and driver.poll() is None
            if running and shards() >= goal and family(driver).get("replica"):
                time.sleep(chance.uniform(0.0, 0.5))
                seen.update(descendants(driver))
                kills += kill(driver, ("replica", "driver", "raylet")[kills % 3])
                goal = shards() + chance.choice((0, 3, 6, 9))
            if driver.poll() is not None:
                sessions += 1
                assert sessions < 3 * most, log.read_text()[-3000:]
                if driver.returncode == 0:
                    return kills, seen
                driver = start(command, log)
            time.sleep(0.2)
    finally:
        seen.update(descendants(driver))
        driver.kill()
        driver.wait()


def wait_gone(pids: Sequence[int], seconds: float = 180.0) -> list[str]:
    """Return the command lines of processes that are still there after at most `seconds`.

    Ray's own agents look for their dead raylet for a minute before they leave.
    """
    deadline = time.monotonic() + seconds
    left = list(pids)
    while left and time.monotonic() < deadline:
        left = [pid for pid in left if psutil.pid_exists(pid) and not _zombie(pid)]
        time.sleep(0.2)
    return [f"{pid} {' '.join(psutil.Process(pid).cmdline())[:150]}" for pid in left]


def descendants(driver: subprocess.Popen[bytes]) -> list[int]:
    """Return the ids of all processes below a driver."""
    try:
        return [p.pid for p in psutil.Process(driver.pid).children(recursive=True)]
    except psutil.Error:
        return []


def _zombie(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.Error:
        return True
