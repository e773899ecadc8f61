"""`culture-ray compare`: the differences between two runs."""

from __future__ import annotations

import shlex
from pathlib import Path

from culture_ray.cli.console import Screen
from culture_ray.cli.runs_named import folders_of_runs, listed_runs
from culture_ray.config.build import convert
from culture_ray.config.compose import compose_and_run
from culture_ray.config.launchers import Content
from culture_ray.config.stored import stored_settings
from culture_ray.errors import WrongValue
from culture_ray.report.screen.compare import compare_lines
from culture_ray.tools.compare.compare import compare

_OWN_KEYS = ("pairs", "to")


def act(overrides: list[str]) -> int:
    """Compare two runs, write the tables and summarise them; return 0."""
    command = shlex.join(["culture-ray", "compare", *overrides])

    def run(content: Content, experiment: str) -> None:
        runs = _runs(content)
        run_content = {key: value for key, value in content.items() if key not in _OWN_KEYS}
        first, second = (
            stored_settings(run_content | where, experiment, command) for where in runs
        )
        results = Path(str(content["results"])).expanduser()
        to = convert(str | None, content["to"], "to")
        default = results / "compare" / f"{first.run.name}_{second.run.name}"
        result = compare(
            first,
            second,
            convert(dict[str, str], content["pairs"] or {}, "pairs"),
            convert(int, content["seed"], "seed"),
            Path(to).expanduser() if to else default,
            command,
        )
        screen = Screen()
        names = first.run.name, second.run.name
        tables = (result.changes, result.differences, result.agreement)
        for part in compare_lines(*tables, names, first.populations.name):
            screen.print(part, highlight=False, soft_wrap=isinstance(part, str))
        screen.write_line(f"written: {result.folder}")

    compose_and_run("culture-ray compare", listed_runs(overrides), run, root="compare")
    return 0


def _runs(content: Content) -> list[dict[str, str]]:
    """Return the name and the results folder of each run."""
    runs = content["run"]
    if not isinstance(runs, list) or len(runs) != 2:
        raise WrongValue("run", runs, "two runs, such as 'run=[first,second]'")
    return folders_of_runs(content, runs)
