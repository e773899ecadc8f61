"""A light driver for the chaos tests: python -m tests.chaos.echo_driver PLAN (JSON).

The executor, the store and Ray are the real ones; the stage is an echo and the engine a stand-in.
PLAN has `run`, `cluster` (settings of Cluster), `models` (plans of the stand-in, by name), and
`units` and `size` per model; `long_from`, the first of the units that are said to be long, so that
one more replica pays however long one takes to load.
"""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

from rich.console import Console

from culture_ray.errors import CultureRayError
from culture_ray.store.run_directory import RunDirectory
from culture_ray.sweep.execute.executor import Executor
from culture_ray.sweep.plan.cluster import Cluster
from culture_ray.sweep.plan.units import Unit
from culture_ray.sweep.progress.progress import Progress
from tests.standin import StandInEngine
from tests.sweep.echo import Echo, echo_model, echo_units


def main() -> None:
    """Run what is left of the plan; exit like the console command does."""
    plan = json.loads(sys.argv[1])
    run = Path(plan["run"])
    models = {name: echo_model(**plans) for name, plans in plan["models"].items()}
    units = [unit for name in models for unit in _units(plan, run, name)]
    totals = dict.fromkeys(models, (plan["units"] * plan["size"], 0))
    try:
        with Progress(Console()) as progress:
            progress.begin_stage("elicit", totals)
            with Executor(
                Cluster(**plan["cluster"]), models, StandInEngine, RunDirectory(run), progress
            ) as executor:
                left = [unit for unit in units if not unit.path.exists()]
                broken = executor.run(Echo(), left)
    except CultureRayError as error:
        print(error, flush=True)
        sys.exit(error.exit_code)
    for name, why in broken.items():
        print(f"not finished: {name}: {why}", flush=True)
    sys.exit(3 if broken else 0)


def _units(plan: dict[str, Any], run: Path, model: str) -> list[Unit]:
    units = echo_units(run, model, plan["units"], plan["size"])
    first = plan.get("long_from", len(units))
    return units[:first] + [replace(unit, tokens=1000 * unit.tokens) for unit in units[first:]]


if __name__ == "__main__":
    main()
