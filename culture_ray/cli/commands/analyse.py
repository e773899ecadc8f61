"""`culture-ray analyse`: measures and regression of any run, without models."""

from __future__ import annotations

import shlex

from culture_ray.cli.console import Screen
from culture_ray.config.compose import compose_and_run
from culture_ray.config.launchers import Content
from culture_ray.config.stored import stored_settings
from culture_ray.stages.context import RunContext
from culture_ray.stages.measure.measure import measure
from culture_ray.stages.regress.regress import regress


def act(overrides: list[str]) -> int:
    """Measure and regress; return 0."""

    def run(content: Content, experiment: str) -> None:
        command = shlex.join(["culture-ray", "analyse", *overrides])
        settings = stored_settings(content, experiment, command)
        context = RunContext(settings)
        measure(context)
        regress(context)
        Screen().print(
            f"cells: {settings.run.folder / 'cells.csv'}\n"
            f"regressions: {settings.run.folder / 'regression'}/",
            highlight=False,
            soft_wrap=True,
        )

    compose_and_run("culture-ray analyse", overrides, run)
    return 0
