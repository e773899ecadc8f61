"""Description of a verb, and the way from it to the code that runs it."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from dataclasses import dataclass, field


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
    roots: Mapping[str, str] = field(default_factory=dict)
    """File of the conf tree by the word after the verb, for a verb that takes such a word."""
    keys: tuple[str, ...] = ()
    """First parts of the keys that the verb reads; empty if it reads all that its file has."""
    composes: bool = True
    """False for a verb that takes flags only."""
    keeps_run: bool = False
    """True if it refuses settings that differ from those that its run was made with."""
    flags: tuple[str, ...] = ()
    """Flags in addition to Hydra's, each followed by a placeholder if it takes a value."""

    def act(self, overrides: list[str]) -> int:
        """Run the verb and return its exit code.

        Raises CultureRayError, and before anything else for a word that would do nothing.
        """
        from culture_ray.cli.words import check_words  # which knows the other verbs

        check_words(self, overrides)
        module, _, function = self.code.partition(":")
        command = getattr(importlib.import_module(f"culture_ray.cli.commands.{module}"), function)
        code: int = command(overrides)
        return code
