"""`culture-ray track`: a run in MLflow, beside other experiments."""

from __future__ import annotations

from culture_ray.cli.arguments import run_directory
from culture_ray.cli.console import Screen
from culture_ray.config.build import convert
from culture_ray.config.compose import compose_and_run
from culture_ray.config.launchers import Content
from culture_ray.errors import WrongValue
from culture_ray.report.formatting import counted
from culture_ray.tools.tracking.mlflow_log import log_to_mlflow
from culture_ray.tools.tracking.tracked_run import tracked_run


def act(overrides: list[str]) -> int:
    """Log a run to MLflow; return 0."""

    def run(content: Content, _: str) -> None:
        directory = run_directory(content, "quickstart")
        to = convert(str | None, content["to"], "to")
        if not to:
            raise WrongValue("to", to, "a folder or an address, such as to=http://localhost:5000")
        tracked = tracked_run(directory)
        found = log_to_mlflow(
            tracked, to, convert(str, content["mlflow_experiment"], "mlflow_experiment")
        )
        logged = counted(len(tracked.metrics), "metric"), counted(len(tracked.files), "file")
        Screen().write_line(f"logged: {' and '.join(logged)} to {to}, MLflow run {found}")

    compose_and_run("culture-ray track", overrides, run, root="track")
    return 0
