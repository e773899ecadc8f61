"""`culture-ray report`: the HTML report and the figures of a run, from its tables."""

from __future__ import annotations

import shlex

from culture_ray.cli.console import Screen
from culture_ray.config.compose import compose_and_run
from culture_ray.config.launchers import Content
from culture_ray.config.stored import stored_settings
from culture_ray.stages.context import RunContext
from culture_ray.stages.report.report import report


def act(overrides: list[str]) -> int:
    """Write the report of a run; return 0."""

    def run(content: Content, experiment: str) -> None:
        command = shlex.join(["culture-ray", "report", *overrides])
        settings = stored_settings(content, experiment, command, overrides)
        report(RunContext(settings), {})
        Screen().write_line(f"report: {settings.run.folder / 'report.html'}")

    compose_and_run("culture-ray report", overrides, run)
    return 0
