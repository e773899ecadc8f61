"""Names of several runs on the command line, and the folders that they stand for."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from culture_ray.config.build import convert
from culture_ray.config.launchers import Content
from culture_ray.errors import WrongValue


def listed_runs(words: list[str]) -> list[str]:
    """Return `run=a run=b` as `run=[a,b]`; Hydra would take the last one only."""
    named = [word.removeprefix("run=") for word in words if word.startswith("run=")]
    if len(named) < 2 or any("[" in name for name in named):
        return words
    return [*(word for word in words if not word.startswith("run=")), f"run=[{','.join(named)}]"]


def folders_of_runs(content: Content, runs: Sequence[Any]) -> list[dict[str, str]]:
    """Return the name and the results folder of each run; a run elsewhere is named FOLDER/RUN.

    Raises WrongValue for a run that is named twice.
    """
    paths = [Path(convert(str, name, "run")).expanduser() for name in runs]
    results = Path(str(content["results"])).expanduser()
    folders = [path if len(path.parts) > 1 else results / path for path in paths]
    if len({folder.resolve() for folder in folders}) < len(folders):
        raise WrongValue("run", list(runs), "different runs")
    return [{"run": folder.name, "results": str(folder.parent)} for folder in folders]
