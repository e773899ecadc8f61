"""culture_ray: do language models hold the views of the people whose language they speak?

The Python API, described in `culture_ray.api` and by `help(culture_ray.Run)`:

    import culture_ray as cr

    run = cr.open_run("results/quickstart")     # run.main_cells, run.responses, ...: data frames
    plan = cr.plan("experiment=paper")          # plan.requests, plan.gpu_hours, plan.dollars
    run = cr.sweep("experiment=quickstart")     # run or resume a sweep in this process
    run = cr.import_scores("scored.csv", run="theirs")
"""

from __future__ import annotations

from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from culture_ray import errors as errors
    from culture_ray.api import Plan as Plan
    from culture_ray.api import Run as Run
    from culture_ray.api import import_scores as import_scores
    from culture_ray.api import open_run as open_run
    from culture_ray.api import plan as plan
    from culture_ray.api import sweep as sweep

try:
    __version__ = version("culture-ray")
except PackageNotFoundError:  # a source tree that is not installed
    __version__ = "unknown"

__all__ = ["Plan", "Run", "errors", "import_scores", "open_run", "plan", "sweep"]


def __getattr__(name: str) -> Any:
    """Return a name of the API, which is loaded with the first of them."""
    if name not in __all__:
        raise AttributeError(f"module 'culture_ray' has no attribute {name!r}")
    if name in {"errors", "plan", "sweep"}:
        return import_module(f"culture_ray.{name}")  # plan and sweep can be called
    return getattr(import_module("culture_ray.api"), name)
