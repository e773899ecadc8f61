"""Time of a verb and its own peak memory: python -m tests.bench.peak VERB WORDS...

The kernel's `ru_maxrss` starts at what the parent once had in memory, so that it measures a large
parent; `VmHWM` begins anew with the program.
"""

from __future__ import annotations

import atexit
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class VerbRun:
    """One run of a verb, its start included."""

    seconds: float
    cpu_s: float
    """CPU seconds of all its processes."""
    gib: float
    """Most memory of its own process, in GiB."""


def run_verb(*words: str) -> VerbRun:
    """Run a verb to its end; raises RuntimeError for another exit code than 0."""
    with tempfile.TemporaryDirectory() as folder:
        said = Path(folder) / "peak"
        command = [sys.executable, "-m", "tests.bench.peak", str(said), *words]
        root = str(Path(__file__).resolve().parents[2])
        began = time.perf_counter()
        process = subprocess.Popen(
            command, stdout=subprocess.DEVNULL, env=os.environ | {"PYTHONPATH": root}
        )
        _, status, used = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            raise RuntimeError(f"culture-ray {words[0]} ended with {process.returncode}")
        return VerbRun(seconds, used.ru_utime + used.ru_stime, float(said.read_text()))


def peak_gib() -> float:
    """Return the most memory that this process has had, in GiB."""
    lines = Path("/proc/self/status").read_text().splitlines()
    (kib,) = (line.split()[1] for line in lines if line.startswith("VmHWM"))
    return int(kib) / 2**20


if __name__ == "__main__":
    from culture_ray.cli.main import main

    said = Path(sys.argv[1])
    atexit.register(lambda: said.write_text(str(peak_gib())))
    main(sys.argv[2:])
