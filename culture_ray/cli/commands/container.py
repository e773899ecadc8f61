"""`culture-ray container`: the recipe of a container with the packages of a lock."""

from __future__ import annotations

import sys
from pathlib import Path

from culture_ray.cli.console import Screen
from culture_ray.errors import UnknownName, WrongValue
from culture_ray.store.atomic import replace_text
from culture_ray.tools.container import recipe

_EXAMPLES = {"--file": "Containerfile", "--wheels": "wheels", "--base": "IMAGE"}


def act(words: list[str]) -> int:
    """Write a recipe; return 0. Raises UnknownName, WrongValue and DiskProblem."""
    given = _values(words)
    path = Path(given.get("--file", "culture_ray.def"))
    form = "apptainer" if path.suffix == ".def" else "containerfile"
    python = f"{sys.version_info.major}.{sys.version_info.minor}"
    wheels = given.get("--wheels", "wheels")
    replace_text(path, recipe(form, python, wheels, given.get("--base")))
    build = {
        "apptainer": f"apptainer build {path.with_suffix('.sif')} {path}",
        "containerfile": f"podman build --tag culture_ray --file {path} .",
    }
    Screen().write_line(f"recipe: {path}")
    if not any(Path(wheels).glob("*.whl")):
        Screen().write_line(
            f"first:  culture-ray fetch ... --wheels {wheels}, since {wheels} has no wheels here"
        )
    Screen().write_line(f"build:  {build[form]}")
    return 0


def _values(words: list[str]) -> dict[str, str]:
    """Return the value of each flag; raises UnknownName, and WrongValue for one without value."""
    found = {}
    left = iter(words)
    for word in left:
        flag, equals, value = word.partition("=")
        if flag not in _EXAMPLES:
            raise UnknownName("flag", word, _EXAMPLES)
        value = value if equals else next(left, "")
        if not value or value.startswith("--"):
            raise WrongValue(flag, None, f"a value after it, such as {flag} {_EXAMPLES[flag]}")
        found[flag] = value
    return found
