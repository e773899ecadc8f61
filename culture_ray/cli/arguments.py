"""Arguments that several verbs share: the run, a new file's name and folder."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from culture_ray.config.build import convert
from culture_ray.config.files import conf_folders
from culture_ray.errors import WrongValue
from culture_ray.store.run_directory import RunDirectory

_SHOWN = 8
"""Runs that a message names."""


def run_directory(content: Mapping[str, Any], example: str) -> RunDirectory:
    """Return the directory that `run` and `results` name. Raises WrongValue without a run."""
    results = Path(str(content["results"])).expanduser()
    if not content["run"]:
        there = [run.parent.name for run in sorted(results.glob("*/config.yaml"))]
        named = f": {results} has {', '.join(there[:_SHOWN])}" if there else ""
        more = ", ..." if len(there) > _SHOWN else ""
        raise WrongValue("run", content["run"], f"a name, such as run={example}{named}{more}")
    return RunDirectory(results / str(content["run"]))


def plain_name(value: object) -> str:
    """Return `name` as a word that can name a file. Raises WrongValue for anything else."""
    name: str = convert(str, value, "name")
    if not re.fullmatch(r"\w[\w.-]*", name):
        raise WrongValue("name", name, "a plain name of letters, digits and _")
    return name


def config_dir_flag(folder: Path) -> str:
    """Return the flag with which other commands find files in `folder`; empty if not needed."""
    searched = [known.resolve() for known in conf_folders()]
    return "" if folder.resolve() in searched else f" --config-dir={folder}"
