"""Description of a verb, and the way from it to the code that runs it."""

from __future__ import annotations

import importlib
from dataclasses import dataclass


@dataclass(frozen=True)
class Verb:
    """A subcommand of `culture-ray`; its code is imported only when it is run."""

    name: str
    summary: str
    """One line for the overview."""
    description: str
    """A paragraph for `culture-ray VERB --help`."""
    examples: tuple[tuple[str, str], ...]
    """(command, explanation)."""
    code: str
    """`MODULE:FUNCTION` in culture_ray/cli/commands."""
    root: str = "config"
    """File of the conf tree at which the composition starts."""
    flags: tuple[str, ...] = ()
    """Flags in addition to Hydra's, each followed by a placeholder if it takes a value."""

    def act(self, overrides: list[str]) -> int:
        """Run the verb and return its exit code. Raises CultureRayError."""
        module, _, function = self.code.partition(":")
        command = getattr(importlib.import_module(f"culture_ray.cli.commands.{module}"), function)
        code: int = command(overrides)
        return code
