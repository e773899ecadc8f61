"""Commands at the prompt: the CPU seconds of each, start-up included, and of all that it starts."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from culture_ray.config.compose import compose
from culture_ray.config.run_settings import settings_from
from tests.answered import answer
from tests.bench.figure import Figure

TIMES = 3
"""Runs of each command, of which the quickest counts."""

_ROOT = Path(__file__).resolve().parents[2]


def figures() -> Iterator[Figure]:
    """Yield the commands that do little, and a second sweep on a finished quickstart."""
    with tempfile.TemporaryDirectory() as folder:
        words = ("experiment=quickstart", f"results={folder}")
        content, experiment = compose(words)
        answer(settings_from(content, experiment, "culture-ray sweep"))
        # The sizes are those of a quickstart; its responses are made up.
        first = _cpu_seconds("sweep", *words)
        yield Figure("sweep, all but the responses and labels of a quickstart", first, "CPU s")
        for name, command, target, code in (
            ("sweep, a second time", ("sweep", *words), 2.0, 0),
            ("status", ("status", "run=quickstart", f"results={folder}"), 0.3, 0),
            ("plan of the quickstart", ("plan", *words), 1.5, 0),
            ("plan of the paper", ("plan", "experiment=paper"), 0.8, 0),
            ("a mistyped key", ("plan", "experiment=paper", "sede=2"), 0.5, 2),
            ("a mistyped verb", ("statsu",), 0.2, 2),
            ("--help", ("--help",), 0.3, 0),
        ):
            found = min(_cpu_seconds(*command, code=code) for _ in range(TIMES))
            yield Figure(f"{name}", found, "CPU s", target, "lower")


def _cpu_seconds(*words: str, code: int = 0) -> float:
    """Return the seconds of CPU that a command takes, its ended children's included."""
    command = [sys.executable, "-m", "culture_ray.cli.main", *words]
    process = subprocess.Popen(
        command, env=os.environ | {"PYTHONPATH": str(_ROOT)},
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != code:
        raise RuntimeError(f"culture-ray {' '.join(words)} ended with {process.returncode}")
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    for figure in figures():
        print(figure.line())
