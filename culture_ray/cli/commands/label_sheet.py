"""`culture-ray label-sheet`: a sample of a run for people to label, and a plan of its size."""

from __future__ import annotations

import shlex

from culture_ray.cli.console import Screen
from culture_ray.config.build import convert
from culture_ray.config.compose import compose_and_run
from culture_ray.config.launchers import Content
from culture_ray.config.stored import stored_settings
from culture_ray.errors import WrongValue
from culture_ray.stages.context import RunContext
from culture_ray.tools.label_plan import LabelPlan, label_plan
from culture_ray.tools.label_sheet import label_sheet

_OWN_KEYS = ("n", "sheet_seed", "plan", "half_width")
_NUMBERS = (100, 200, 400, 800, 1600, 3200, 6400)


def act(overrides: list[str]) -> int:
    """Draw and write the sheet, or print the plan of its size; return 0."""

    def run(content: Content, experiment: str) -> None:
        command = shlex.join(["culture-ray", "label-sheet", *overrides])
        run_content = {key: value for key, value in content.items() if key not in _OWN_KEYS}
        settings = stored_settings(run_content, experiment, command, overrides)
        half_width = _half_width(content["half_width"])
        if convert(bool, content["plan"], "plan") or half_width is not None:
            _print_plan(label_plan(RunContext(settings)), half_width)
            return
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


def _half_width(value: object) -> float | None:
    if value is None:
        return None
    found: float = convert(float, value, "half_width")
    if not found > 0:
        raise WrongValue("half_width", value, "above 0, in points of alignment")
    return found


def _print_plan(plan: LabelPlan, half_width: float | None) -> None:
    """Print half-widths by number of labels, and the numbers for one half-width."""
    design, screen = plan.design, Screen()
    cells, responses = len(design.responses), int(design.responses.sum())
    screen.write_line(
        f"US bias corrected by labels, {cells} cells: half-width of the 95 % interval by number of "
        f"labelled responses, drawn evenly over models, languages and topics"
    )
    scopes = list(design.means)
    screen.print("  ".join(["labels".rjust(8), *(scope.rjust(12) for scope in scopes)]))
    for number in [n for n in _NUMBERS if n < responses] + [responses]:
        found = design.half_widths(number)
        row = [f"{number:,}".rjust(8), *(f"{found[scope]:.3f}".rjust(12) for scope in scopes)]
        screen.print("  ".join(row), highlight=False)
    screen.write_line(
        f"the last row is the error of topics, which no label reduces; the error of labels is from "
        f"{plan.source}"
    )
    most = sorted(plan.by_language, key=lambda name: -plan.by_language[name])
    errors = ", ".join(f"{name} {plan.by_language[name]:.2f}" for name in most)
    screen.write_line(
        f"error of one label by language, labels are worth most in the first: {errors}"
    )
    if half_width is None:
        return
    for scope, needed in design.needed(half_width).items():
        enough = "out of reach, whatever the labels" if needed is None else f"{needed:,} labels"
        screen.write_line(f"half-width {half_width:g} for {scope}: {enough}")
