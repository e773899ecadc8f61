"""A driver process for the chaos tests: python -m tests.chaos.driver OVERRIDE ..."""

from __future__ import annotations

import sys

from rich.console import Console

from culture_ray.config.compose import compose_and_run
from culture_ray.config.run_settings import settings_from
from culture_ray.stages.context import RunContext
from culture_ray.stages.sweep import sweep
from culture_ray.sweep.progress.progress import Progress
from tests.standin import StandInEngine


def main() -> None:
    """Sweep with the stand-in engine; everything else is the real path."""

    def run(content, experiment):
        settings = settings_from(content, experiment, "chaos")
        with Progress(Console()) as progress:
            swept = sweep(RunContext(settings), StandInEngine, progress)
        sys.exit(3 if swept.failed_models else 0)

    compose_and_run("chaos", sys.argv[1:], run)


if __name__ == "__main__":
    main()
