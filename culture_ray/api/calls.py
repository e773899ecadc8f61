"""Calls of the Python API: their equivalent commands, and the environment they run in."""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def own_environment() -> Iterator[None]:
    """Restore the environment variables on exit, as a run sets variables for Ray."""
    before = dict(os.environ)
    try:
        yield
    finally:
        for name in set(os.environ) - set(before):
            del os.environ[name]
        os.environ.update(before)


def written_command(verb: str, *words: Any) -> str:
    """Return the command line that is equivalent to a call of the API."""
    return shlex.join(["culture-ray", verb, *map(str, words)])
