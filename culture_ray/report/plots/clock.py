"""Time since a run began, without the pauses in which nothing ran."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

_WORTH_CUTTING = 0.15
"""Of the time in which something ran: a shorter pause is drawn as it was."""
_DRAWN = 0.02
"""Of the same time: how wide a pause is that is left out."""


@dataclass(frozen=True)
class Pause:
    """A pause that is left out, in seconds."""

    at: float
    """Where it stands on the drawn axis."""
    seconds: float
    """How long it was."""


@dataclass(frozen=True)
class Clock:
    """Moments as seconds on an axis that leaves long pauses out."""

    began: datetime
    pauses: tuple[Pause, ...]
    length: float
    _pieces: tuple[tuple[float, float, float], ...]
    """Begin and end of each stretch in real seconds, and where it begins on the axis."""

    def place(self, moment: datetime) -> float:
        """Return where a moment stands on the axis, in seconds from its left end."""
        real = (moment - self.began).total_seconds()
        place = 0.0
        for begin, end, drawn in self._pieces:
            if real < begin:
                break
            place = drawn + (min(real, end) - begin)
        return place

    @property
    def unit(self) -> tuple[float, str]:
        """Return seconds per unit of the axis, and the unit's name."""
        if self.length < 180:
            return 1.0, "seconds"
        return (60.0, "minutes") if self.length < 3 * 3600 else (3600.0, "hours")


def clock_of(spans: Sequence[tuple[datetime, datetime]]) -> Clock:
    """Return the clock of spans of time, at least one; what lies between them are pauses."""
    began = min(begin for begin, _ in spans)
    stretches: list[list[float]] = []
    for begin, end in sorted(
        ((b - began).total_seconds(), (e - began).total_seconds()) for b, e in spans
    ):
        if stretches and begin <= stretches[-1][1]:
            stretches[-1][1] = max(stretches[-1][1], end)
        else:
            stretches.append([begin, end])
    busy = max(sum(end - begin for begin, end in stretches), 1e-9)
    pieces, pauses, drawn = [], [], 0.0
    for i, (begin, end) in enumerate(stretches):
        if i:
            pause = begin - stretches[i - 1][1]
            if pause > _WORTH_CUTTING * busy:
                pauses.append(Pause(drawn + _DRAWN * busy / 2, pause))
                drawn += _DRAWN * busy
            else:
                drawn += pause
        pieces.append((begin, end, drawn))
        drawn += end - begin
    return Clock(began, tuple(pauses), max(drawn, 1e-9), tuple(pieces))


def lasting(seconds: float) -> str:
    """Return a time as people say it: 40 s, 12 min, 3.5 h, 2 days."""
    for size, name in ((86400.0, "days"), (3600.0, "h"), (60.0, "min")):
        if seconds >= 2 * size:
            return f"{seconds / size:.3g} {name}"
    return f"{seconds:.0f} s"
