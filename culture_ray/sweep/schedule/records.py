"""What is known of one model and of one replica while a sweep runs."""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass, field

from culture_ray.sweep.plan.resources import Resources
from culture_ray.sweep.schedule.chunks import Chunk
from culture_ray.sweep.schedule.nodes import Place


@dataclass(frozen=True)
class ModelSpec:
    """What the policy knows about a model before it runs."""

    name: str
    need: Resources
    in_flight: int
    """Requests one replica runs at once."""
    load_s: float = 60.0
    """Seconds from starting a replica to its first request, as far as is known."""
    tokens_per_s: float = 1000.0
    """Expected tokens that one replica works off per second, as far as is known."""
    most_replicas: float = math.inf
    copies: bool = True
    """Whether a late piece may be given to a second replica; not where every request costs."""


@dataclass
class ModelWork:
    """One model: what waits, who has what in hand, and how it goes."""

    spec: ModelSpec
    waiting: deque[Chunk] = field(default_factory=deque)
    suspects: deque[Chunk] = field(default_factory=deque)
    tokens: float = 0.0
    """Expected tokens of all that waits."""
    requests: int = 0
    """Requests that wait or are in hand."""
    holders: dict[Chunk, dict[str, float]] = field(default_factory=dict)
    """Of each piece in hand, the replicas that have it and since when."""
    single: dict[Chunk, None] = field(default_factory=dict)
    """Pieces in one hand only that may be copied, the one handed out first in front."""
    replicas: dict[str, None] = field(default_factory=dict)
    retiring: dict[str, None] = field(default_factory=dict)
    """Replicas that get no more work because their place is wanted."""
    ready: int = 0
    hungry: dict[str, None] = field(default_factory=dict)
    """Ready replicas that could take more."""
    idle: dict[str, None] = field(default_factory=dict)
    """Ready replicas with nothing in hand."""
    ever_ready: bool = False
    deaths: int = 0
    """In a row."""
    refusals: int = 0
    """In a row."""
    avoid: set[str] = field(default_factory=set)
    """Machines on which its engine could not start."""
    broken: str | None = None
    load_s: float = 0.0
    """As `spec.load_s`, learnt from the last replica."""
    tokens_per_s: float = 1.0
    """As `spec.tokens_per_s`, learnt from what is committed."""
    piece_s: float | None = None
    """How long a piece usually is in hand, None before the first is done."""

    @property
    def has_waiting(self) -> bool:
        """Return whether anything waits for a replica."""
        return bool(self.waiting or self.suspects) and self.broken is None

    @property
    def work_s(self) -> float:
        """Return how long one replica would take for what waits, in seconds."""
        return self.tokens / self.tokens_per_s

    @property
    def working(self) -> int:
        """Return the replicas that are there and stay."""
        return len(self.replicas) - len(self.retiring)

    @property
    def time_left(self) -> float:
        """Return how long what waits takes with the replicas there are, loading counted, in s."""
        return (0.0 if self.ready else self.load_s) + self.work_s / max(1, self.working)


@dataclass
class ReplicaState:
    """One replica, loading or ready."""

    name: str
    model: str
    places: tuple[Place, ...]
    started_at: float
    ready_at: float | None = None
    hand: dict[Chunk, float] = field(default_factory=dict)
    """Pieces in hand and when they were handed over."""
    handed: int = 0
    """Requests handed over so far."""
    finished: int = 0
    """Of those, the requests of pieces that are no longer in hand."""
    settled: int = 0
    """Of those, the requests done, as the replica last said."""
    alone: bool = False
    """Whether it runs a suspect and must get nothing else."""
    pace: float = 0.0
    """Requests per second since it is ready."""
    done_tokens: float = 0.0

    @property
    def outstanding(self) -> int:
        """Return the requests in hand that are not done."""
        return self.handed - max(self.finished, self.settled)


@dataclass(frozen=True)
class NotFor:
    """The machines that a model avoids or that are kept for another one."""

    model: str
    avoid: set[str]
    clearing: dict[str, str]

    def __contains__(self, node: object) -> bool:
        return node in self.avoid or self.clearing.get(str(node), self.model) != self.model
