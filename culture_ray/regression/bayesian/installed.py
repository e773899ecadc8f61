"""Presence of bambi, which the Bayesian check needs and other runs do without."""

from __future__ import annotations

import importlib.util
import logging
from importlib import import_module
from typing import Any

from culture_ray.errors import MissingExtra

_NEEDED_BY, _EXTRA = "inference.bayesian=true", "bayes"


def check_bambi(*, wanted: bool) -> None:
    """Raise MissingExtra if a Bayesian check is wanted and bambi is not installed."""
    if wanted and importlib.util.find_spec("bambi") is None:
        raise MissingExtra(_NEEDED_BY, _EXTRA)


def import_bambi() -> Any:
    """Return the module, with PyMC's remarks on its progress silenced.

    Raises MissingExtra if it cannot be imported, or a package that it needs.
    """
    try:
        # arviz-plots 0.8 uses this module, which matplotlib imports by itself only until 3.10.
        import_module("matplotlib.style.core")
        import bambi
    except ImportError as problem:
        raise MissingExtra(_NEEDED_BY, _EXTRA) from problem
    logging.getLogger("pymc").setLevel(logging.ERROR)
    return bambi
