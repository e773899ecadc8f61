"""`culture-ray label-sheet`: a sample of a run for people to label."""

from __future__ import annotations

import shlex

from culture_ray.cli.console import Screen
from culture_ray.config.build import convert
from culture_ray.config.compose import compose_and_run
from culture_ray.config.launchers import Content
from culture_ray.config.stored import stored_settings
from culture_ray.tools.label_sheet import label_sheet

_OWN_KEYS = ("n", "sheet_seed")


def act(overrides: list[str]) -> int:
    """Draw and write the sheet; return 0."""

    def run(content: Content, experiment: str) -> None:
        command = shlex.join(["culture-ray", "label-sheet", *overrides])
        run_content = {key: value for key, value in content.items() if key not in _OWN_KEYS}
        settings = stored_settings(run_content, experiment, command, overrides)
        sheet = label_sheet(
            settings,
            convert(int, content["n"], "n"),
            convert(int, content["sheet_seed"], "sheet_seed"),
        )
        screen = Screen()
        screen.write_line(f"{sheet.responses} responses with {sheet.opinions:,} opinions")
        screen.write_line(f"to label in a browser: {sheet.page}")
        screen.write_line(f"to label in a spreadsheet: {sheet.csv}")
        screen.write_line(f"then: culture-ray judge-check run={settings.run.name} human=FILE.csv")

    compose_and_run("culture-ray label-sheet", overrides, run, root="label_sheet")
    return 0
