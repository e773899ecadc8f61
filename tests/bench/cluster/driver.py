"""Time that the driver of a sweep spends per unit and per request, on a real Ray."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from culture_ray.store.run_directory import RunDirectory
from culture_ray.sweep.execute.executor import Executor
from culture_ray.sweep.plan.cluster import Cluster
from tests.bench.figure import Figure
from tests.standin import StandInEngine
from tests.sweep.echo import Echo, echo_model, echo_units

SMALL, LARGE = 4, 256
"""Requests of a unit."""

UNITS = 300
H100_REQUESTS_PER_S = 18.5
"""Responses of 500 tokens of a 9B model on one H100: half of the roofline's 18,500 tokens/s."""


class _Silent:
    """Listener that does nothing with the events of a sweep."""

    def __getattr__(self, name: str) -> Callable[..., None]:
        return lambda *facts: None


def figures() -> Iterator[Figure]:
    """Yield CPU time of the driver's process, and the GPUs that it keeps busy at that pace."""
    small, large = _cpu_seconds(UNITS, SMALL), _cpu_seconds(UNITS, LARGE)
    per_request = max(0.0, (large - small) / UNITS / (LARGE - SMALL))
    per_unit = small / UNITS - SMALL * per_request
    yield Figure("driver, per request", 1e6 * per_request, "CPU us", 44.0, "lower")
    yield Figure("driver, per unit", 1e3 * per_unit, "CPU ms", 1.4, "lower")
    for size in (64, 1024):
        gpus = size / (per_unit + size * per_request) / H100_REQUESTS_PER_S
        name = f"H100s that one driver keeps busy with a 9B model, units of {size}"
        yield Figure(name, gpus, "", 10_000 if size > LARGE else None)


def _cpu_seconds(units: int, size: int) -> float:
    """Return the CPU seconds of this process, its threads included, once Ray has started."""
    with tempfile.TemporaryDirectory() as folder:
        run = RunDirectory(Path(folder))
        models = {name: echo_model(seconds=0, in_flight=512) for name in ("warm", "m")}
        with Executor(Cluster(max_replicas=1), models, StandInEngine, run, _Silent()) as executor:
            executor.run(Echo(), echo_units(run.folder, "warm", 2, size))
            began = time.process_time()
            executor.run(Echo(), echo_units(run.folder, "m", units, size))
            return time.process_time() - began
