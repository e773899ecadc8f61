"""Streams of a process whose output goes to a log: keys are removed from what Python writes."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TextIO, cast

from culture_ray.redaction.secrets import scrub


@contextmanager
def scrubbed_output() -> Iterator[None]:
    """Remove known keys from what is printed inside."""
    before = sys.stdout, sys.stderr
    scrub_output()
    try:
        yield
    finally:
        sys.stdout, sys.stderr = before


def scrub_output() -> None:
    """Remove known keys from everything that this process prints from here on."""
    sys.stdout = cast(TextIO, _ScrubbedStream(sys.stdout))
    sys.stderr = cast(TextIO, _ScrubbedStream(sys.stderr))


class _ScrubbedStream:
    """Text stream that writes to another one without keys."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        """Write a text without keys; return the length of the text."""
        self._stream.write(scrub(text))
        return len(text)

    def writelines(self, lines: Any) -> None:
        """Write texts without keys."""
        for line in lines:
            self.write(line)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)
