"""Packages that can be called: `culture_ray.plan` is a package and a function of the API."""

from __future__ import annotations

import sys
from importlib import import_module
from types import ModuleType
from typing import Any


class CallablePackage(ModuleType):
    """A package that, when called, calls the function of `culture_ray.api` that has its name."""

    def __call__(self, *overrides: str) -> Any:
        """Call the function of the API and return its result."""
        api = import_module("culture_ray.api")
        return getattr(api, self.__name__.rpartition(".")[2])(*overrides)


def make_callable(name: str) -> None:
    """Make an imported package callable."""
    sys.modules[name].__class__ = CallablePackage
