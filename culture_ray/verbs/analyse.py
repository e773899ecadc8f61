"""`culture-ray analyse`: measures and regression of any run, without models."""

from __future__ import annotations

import shlex
from pathlib import Path

from rich.console import Console

from culture_ray.config.compose import Content, with_composed
from culture_ray.config.settings import settings_from
from culture_ray.errors import WrongValue
from culture_ray.stages.measure import measure
from culture_ray.stages.opening import made_with
from culture_ray.stages.regress import regress
from culture_ray.store.run import Run

_OF_THE_RUN = ("seed", "design", "topics", "protocol", "language", "model", "judge", "imported")
"""What was asked stays as it was; how it is analysed is the command's."""


def act(overrides: list[str]) -> int:
    """Measure and regress; return 0."""

    def run(content: Content, experiment: str) -> None:
        _analyse(Console(), content, experiment, shlex.join(["culture-ray", "analyse", *overrides]))

    with_composed("culture-ray analyse", overrides, run)
    return 0


def _analyse(console: Console, content: Content, experiment: str, command: str) -> None:
    if not content["run"]:
        raise WrongValue("run", content["run"], "a name, such as run=quickstart")
    folder = Path(str(content["results"])).expanduser() / str(content["run"])
    stored = made_with(Run(folder))
    merged = {**content, **{key: stored[key] for key in _OF_THE_RUN if key in stored}}
    settings = settings_from(merged, experiment, command)
    measure(settings)
    regress(settings)
    console.print(
        f"cells: {folder / 'cells.csv'}\nregressions: {folder / 'regression'}/",
        highlight=False,
        soft_wrap=True,
    )
