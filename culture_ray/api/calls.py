"""Calls of the Python API: the command that a call amounts to, and the environment around it."""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def own_environment() -> Iterator[None]:
    """Put the environment back as it was: Ray is told of its own things through variables."""
    before = dict(os.environ)
    try:
        yield
    finally:
        for name in set(os.environ) - set(before):
            del os.environ[name]
        os.environ.update(before)


def written_command(verb: str, *words: Any) -> str:
    """Return the command line that does what a call of the API does."""
    return shlex.join(["culture-ray", verb, *map(str, words)])
