"""Mutants that are declared equivalent, each with its reason, in equivalent.toml."""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

from tests.mutation.mutants import Mutant
from tests.mutation.rooms import ROOT

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


def misplaced(reasons: Iterable[Name]) -> list[Name]:
    """Return the declarations whose lines do not stand in their function; far quicker than `stale`.

    The lines may be right while the change is not: only `stale` tells.
    """
    return [name for name in reasons if name[2] not in _functions(name[0]).get(name[1], "")]


@cache
def _functions(module: str) -> dict[str, str]:
    """Return the code of each function and class of a module, its lines joined by spaces."""
    source = (ROOT / module).read_text(encoding="utf-8")
    lines = [line.strip() for line in source.splitlines()]
    spans = dict(_spans(ast.parse(source), "")) | {"": (1, len(lines))}
    return {name: " ".join(lines[first - 1 : last]) for name, (first, last) in spans.items()}


def _spans(node: ast.AST, prefix: str) -> Iterator[tuple[str, tuple[int, int]]]:
    for child in ast.iter_child_nodes(node):
        name = prefix
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            name = f"{prefix}.{child.name}".lstrip(".")
            yield name, (child.lineno, child.end_lineno or child.lineno)
        yield from _spans(child, name)
