"""The screen: what users read, kept apart from the output of Ray and vLLM."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from rich.console import ConsoleDimensions

from culture_ray.redaction.console import SafeConsole
from culture_ray.redaction.streams import scrubbed_output
from culture_ray.store.atomic import saying_disk_problems

_FILE_WIDTH = 100_000
"""Columns of a file or a pipe, in which nothing is wrapped."""


class Screen(SafeConsole):
    """Safe console that discards output once its reader has left, as `head` does."""

    @property
    def size(self) -> ConsoleDimensions:
        """Size of the terminal written to; rich would also ask the one read from.

        A file is as wide as its longest line, unless COLUMNS says otherwise.
        """
        if self._width is None and self._height is None:
            with suppress(OSError, ValueError):  # not a terminal
                columns, rows = os.get_terminal_size(self.file.fileno())
                if columns and rows:
                    return ConsoleDimensions(columns, rows)
        if not (self._width or self.is_terminal or os.environ.get("COLUMNS")):
            return ConsoleDimensions(_FILE_WIDTH, super().size.height)
        return super().size

    @size.setter
    def size(self, new_size: tuple[int, int]) -> None:
        self._width, self._height = new_size

    def on_broken_pipe(self) -> None:
        """Discard further output: the work continues although nobody reads."""
        self.quiet = True
        os.dup2(os.open(os.devnull, os.O_WRONLY), self.file.fileno())


@contextmanager
def quiet_screen(log: Path) -> Iterator[Screen]:
    """Yield a console on the screen; all other output of this process goes to `log`.

    Raises DiskProblem if `log` cannot be written.
    """
    with saying_disk_problems(log):
        log.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    sys.stdout.flush()
    sys.stderr.flush()
    screen, errors = os.dup(1), os.dup(2)
    os.dup2(handle, 1)
    os.dup2(handle, 2)
    os.close(handle)
    try:
        with (
            os.fdopen(os.dup(screen), "w", encoding="utf-8", errors="replace") as file,
            scrubbed_output(),
        ):
            yield Screen(file=file)
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os.dup2(screen, 1)
        os.dup2(errors, 2)
        os.close(screen)
        os.close(errors)
