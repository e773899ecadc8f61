"""Mutants that are declared equivalent, each with its reason, in equivalent.toml."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from pathlib import Path

from tests.mutation.mutants import Mutant

FILE = Path(__file__).with_name("equivalent.toml")

Name = tuple[str, str, str, str]
"""Module, function, changed lines before and after."""


def declared(file: Path = FILE) -> dict[Name, str]:
    """Return the reasons of the declared mutants.

    Raises SystemExit for one that is declared twice, or without a reason.
    """
    found: dict[Name, str] = {}
    for entry in tomllib.loads(file.read_text(encoding="utf-8")).get("mutant", []):
        name = (entry["module"], entry["function"], entry["before"], entry["after"])
        if name in found or not entry["why"].strip():
            raise SystemExit(f"{file.name}: declared twice or without a reason: {name}")
        found[name] = entry["why"]
    return found


def name_of(mutant: Mutant) -> Name:
    """Return the name under which a mutant is declared."""
    return mutant.module, mutant.function, mutant.before, mutant.after


def stale(reasons: Iterable[Name], mutants: Iterable[Mutant]) -> list[Name]:
    """Return the declarations that no mutant of the modules answers to any more."""
    there = {name_of(mutant) for mutant in mutants}
    modules = {mutant.module for mutant in mutants}
    return [name for name in reasons if name[0] in modules and name not in there]
