"""`culture-ray analyse`: measures and regressions of a run, without models."""

from __future__ import annotations

import shlex

from culture_ray.cli.console import Screen
from culture_ray.config.compose import compose_and_run
from culture_ray.config.launchers import Content
from culture_ray.config.stored import stored_settings
from culture_ray.run.open import remember
from culture_ray.stages.analyse import analyse
from culture_ray.stages.context import RunContext


def act(overrides: list[str]) -> int:
    """Measure and regress a run; return 0."""

    def run(content: Content, experiment: str) -> None:
        command = shlex.join(["culture-ray", "analyse", *overrides])
        settings = stored_settings(content, experiment, command, overrides)
        analyse(RunContext(settings))
        remember(settings.run, settings.raw)
        screen = Screen()
        if settings.protocols:
            screen.write_line(f"cells: {settings.run.folder / 'cells.csv'}")
            screen.write_line(f"regressions: {settings.run.folder / 'regression'}/")
        if settings.benchmarks:
            screen.write_line(f"benchmarks: {settings.run.folder / 'benchmarks.csv'}")

    compose_and_run("culture-ray analyse", overrides, run)
    return 0
