"""Actions of the scheduling policy, which the executor or the simulator carries out."""

from __future__ import annotations

from dataclasses import dataclass

from culture_ray.sweep.schedule.chunks import Chunk
from culture_ray.sweep.schedule.nodes import Place


@dataclass(frozen=True)
class Start:
    """Load one more replica of a model."""

    replica: str
    model: str
    places: tuple[Place, ...]


@dataclass(frozen=True)
class Dispatch:
    """Send a chunk to a replica."""

    replica: str
    chunk: Chunk
    copy: bool = False
    """True if another replica already runs the chunk."""


@dataclass(frozen=True)
class Cancel:
    """Cancel a chunk on a replica, because another one has committed it."""

    replica: str
    chunk: Chunk


@dataclass(frozen=True)
class Stop:
    """Unload a replica."""

    replica: str


@dataclass(frozen=True)
class Prefetch:
    """Read a model's weights into the memory of a node, where it will be loaded next."""

    model: str
    node: str


@dataclass(frozen=True)
class MarkPoisoned:
    """Record a request that kills engines as failed."""

    model: str
    chunk: Chunk


@dataclass(frozen=True)
class AbandonModel:
    """Report that a model cannot continue."""

    model: str
    reason: str


Action = Start | Dispatch | Cancel | Stop | Prefetch | MarkPoisoned | AbandonModel
