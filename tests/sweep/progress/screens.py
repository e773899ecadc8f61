"""Progress on a screen that is a text, under a clock that is set by the test."""

from __future__ import annotations

import io

from rich.console import Console

from culture_ray.sweep.events import Counters
from culture_ray.sweep.progress.progress import Progress


class Clock:
    """Clock that stands still until it is set."""

    now = 1000.0

    def monotonic(self) -> float:
        return self.now


def plain(screen: io.StringIO) -> Progress:
    return Progress(Console(file=screen, width=80))


def lines(screen: io.StringIO) -> list[str]:
    """Return the lines printed since the last call."""
    found = screen.getvalue().splitlines()
    screen.seek(0)
    screen.truncate()
    return found


def tick(progress: Progress, clock_hand: Clock, now: float, requests: int, tokens: int) -> None:
    clock_hand.now = now
    progress.tick({"m-1": ("m", Counters(requests, tokens, 3, requests))})
