"""What workers tell the governor, and what it answers; all of it pickles."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from culture_ray.errors import CultureRayError
from culture_ray.spending.account import Ask, TokenUsage


@dataclass(frozen=True)
class Reserve:
    """An attempt wants its turn."""

    ticket: str
    model: str
    ask: Ask


@dataclass(frozen=True)
class Settle:
    """An attempt was billed."""

    ticket: str
    model: str
    usage: TokenUsage


@dataclass(frozen=True)
class Void:
    """An attempt was not billed; `sent` is False for one that never left."""

    ticket: str
    why: str
    sent: bool = True


@dataclass(frozen=True)
class MarkUnresolved:
    """Nobody will know what an attempt cost."""

    ticket: str
    why: str


@dataclass(frozen=True)
class Heard:
    """The rate-limit headers of an answer."""

    ticket: str
    headers: Mapping[str, str]


@dataclass(frozen=True)
class Hold:
    """A 429 came for a model."""

    model: str
    seconds: float | None


@dataclass(frozen=True)
class Overloaded:
    """A 5xx, a timeout or a lost connection came for a model."""

    model: str


@dataclass(frozen=True)
class Flying:
    """Attempts of this worker that are under way, told to a governor that has restarted."""

    tickets: Sequence[str]


Message = Reserve | Settle | Void | MarkUnresolved | Heard | Hold | Overloaded | Flying


@dataclass(frozen=True)
class Verdict:
    """An attempt may be sent in `delay` seconds, or may not be sent at all."""

    ticket: str
    delay: float = 0.0
    refused: CultureRayError | None = None


@dataclass(frozen=True)
class Reply:
    """The verdicts there are for one worker."""

    governor: str
    """Which one answers; another one than before has forgotten what waits."""
    verdicts: Sequence[Verdict]
