"""`culture-ray import`: scored responses from elsewhere become a run."""

from __future__ import annotations

import shlex

from culture_ray.cli.console import Screen
from culture_ray.config.compose import compose_and_run
from culture_ray.config.imported import imported_settings
from culture_ray.config.launchers import Content
from culture_ray.stages.context import RunContext
from culture_ray.store.run_directory import RunDirectory
from culture_ray.tools.import_scored import ScoredResponses, import_scored


def act(overrides: list[str]) -> int:
    """Read, check and commit scored responses; return 0."""

    def run(content: Content, experiment: str) -> None:
        command = shlex.join(["culture-ray", "import", *overrides])
        settings, scored = imported_settings(content, experiment, command)
        import_scored(RunContext(settings), scored)
        _print(Screen(), settings.run, scored)

    compose_and_run("culture-ray import", overrides, run, root="import")
    return 0


def _print(screen: Screen, run: RunDirectory, scored: ScoredResponses) -> None:
    rows = scored.rows
    screen.write_line(
        f"{len(rows):,} responses of {rows['model'].nunique()} models in "
        f"{rows['language'].nunique()} languages on {rows['topic'].nunique()} topics are now run "
        f"{run.name} in {run.folder}"
    )
    if scored.unknown_topics:
        unknown = ", ".join(f"{topic} ({count})" for topic, count in scored.unknown_topics.items())
        screen.write_line(f"without ground truth: {unknown}")
    screen.write_line(f"next: culture-ray analyse run={run.name}")
