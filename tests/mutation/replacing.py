"""Imports of a forked process: all but the package from its parent, one module replaced."""

from __future__ import annotations

import contextlib
import importlib
import importlib.abc
import importlib.machinery
import importlib.util
import sys
from collections.abc import Sequence
from types import ModuleType
from typing import Any

from tests.mutation.mutants import Mutant
from tests.mutation.rooms import ROOT

_OWN = ("culture_ray", "tests")


def preload(modules: Sequence[str], mutated: str = "") -> None:
    """Import modules into this process: of the package only those that do not need `mutated`.

    Without a mutated module none of the package is imported.
    """
    for name in [name for name in sys.modules if name.partition(".")[0] == "culture_ray"]:
        del sys.modules[name]
    blocked = _Blocked(mutated)
    sys.meta_path.insert(0, blocked)
    for name in modules:
        room = name.partition(".")[0]
        if room not in _OWN or (mutated and room == "culture_ray"):
            with contextlib.suppress(Exception):
                importlib.import_module(name)
    sys.meta_path.remove(blocked)


def module_name(file: str) -> str:
    """Return the name by which a file is imported."""
    return file.removesuffix(".py").replace("/", ".")


class Replaced(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finder and loader of one module, whose source is a mutant's; leaves no compiled file."""

    def __init__(self, mutant: Mutant) -> None:
        self._mutant, self._file = mutant, str(ROOT / mutant.module)

    def find_spec(
        self, name: str, path: Any = None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if name != module_name(self._mutant.module):
            return None
        return importlib.util.spec_from_file_location(name, self._file, loader=self)

    def exec_module(self, module: ModuleType) -> None:
        exec(compile(self._mutant.source, self._file, "exec"), vars(module))


class _Blocked(importlib.abc.MetaPathFinder):
    """Finder that refuses one module, and so all that import it."""

    def __init__(self, name: str) -> None:
        self._name = name

    def find_spec(
        self, name: str, path: Any = None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if name == self._name:
            raise ImportError(f"{name} is not imported before it is mutated")
        return None
