"""Large sweeps as tables: planning them, opening their runs, reducing their labels."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.bench.figure import Figure

REQUESTS, SHARDS, LABELS = 1_000_000, 20_000, 5_000_000
ROWS_PER_SHARD = 64


def figures() -> Iterator[Figure]:
    """Yield time and peak memory of each; every one runs in a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        seconds, gib = _measured("plan", folder)
        yield Figure("plan, 1,000,000 requests", seconds, "s", 15.0, "lower")
        yield Figure("plan, 1,000,000 requests, peak memory", gib, "GiB", 1.5, "lower")
    with tempfile.TemporaryDirectory() as folder:
        _run("make_shards", folder)
        seconds, _ = _measured("open", folder)
        yield Figure("open a run of 20,000 shards", seconds, "s", 10.0, "lower")
        seconds, _ = _measured("status", folder)
        each = 1000 * seconds / SHARDS
        yield Figure("status of a run of 20,000 shards, each", each, "ms", 0.1, "lower")
    with tempfile.TemporaryDirectory() as folder:
        _run("make_labels", folder)
        seconds, gib = _measured("reduce", folder)
        yield Figure("reduce 5,000,000 labels", seconds, "s", 10.0, "lower")
        yield Figure("reduce 5,000,000 labels, peak memory", gib, "GiB", 1.0, "lower")


def _measured(act: str, folder: str) -> tuple[float, float]:
    """Return seconds of the act itself, without imports, and peak memory of its process in GiB."""
    process = _process(act, folder)
    said, _ = process.communicate()
    _check(act, process.returncode)
    seconds, gib = said.split()
    return float(seconds), float(gib)


def _run(act: str, folder: str) -> None:
    process = _process(act, folder)
    process.communicate()
    _check(act, process.returncode)


def _process(act: str, folder: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.bench.scale_acts", act, folder]
    root = str(Path(__file__).resolve().parents[2])
    environment = os.environ | {"PYTHONPATH": root}
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)


def _check(act: str, code: int) -> None:
    if code:
        raise RuntimeError(f"{act} ended with {code}")
