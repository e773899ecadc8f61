"""`culture-ray import`: scored responses from elsewhere become a run."""

from __future__ import annotations

import shlex

from culture_ray.cli.console import Screen
from culture_ray.config.compose import compose_and_run
from culture_ray.config.import_choices import with_constants
from culture_ray.config.imported import imported_run
from culture_ray.config.launchers import Content
from culture_ray.report.formatting import counted
from culture_ray.store.run_directory import RunDirectory
from culture_ray.tools.scored.commit import import_scored
from culture_ray.tools.scored.read import ScoredResponses


def act(overrides: list[str]) -> int:
    """Read, check and commit scored responses; return 0."""

    def run(content: Content, experiment: str) -> None:
        command = shlex.join(["culture-ray", "import", *overrides])
        context, scored = imported_run(content, experiment, command)
        import_scored(context, scored)
        _print(Screen(), context.settings.run, scored)

    compose_and_run("culture-ray import", with_constants(overrides), run, root="import")
    return 0


def _print(screen: Screen, run: RunDirectory, scored: ScoredResponses) -> None:
    rows = scored.rows
    screen.write_line(
        f"{counted(len(rows), 'response')} of {counted(rows['model'].nunique(), 'model')} in "
        f"{counted(rows['language'].nunique(), 'language')} on "
        f"{counted(rows['topic'].nunique(), 'topic')} are now run {run.name} in {run.folder}"
    )
    for note in scored.notes:
        screen.write_line(note)
    screen.write_line(f"next: culture-ray analyse run={run.name}")
