"""Records of the schedule: what is known of one model and of one replica while a sweep runs."""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass, field

from culture_ray.sweep.plan.resources import Resources
from culture_ray.sweep.schedule.chunks import Chunk
from culture_ray.sweep.schedule.nodes import Place


@dataclass(frozen=True)
class ModelSpec:
    """Properties of a model that the policy knows before it runs."""

    name: str
    need: Resources
    in_flight: int
    """Requests one replica runs at once."""
    load_s: float = 60.0
    """Estimated seconds from starting a replica to its first request."""
    tokens_per_s: float = 1000.0
    """Estimated tokens per second of one replica."""
    max_replicas: float = math.inf
    copies: bool = True
    """True if a late chunk may run on a second replica too; not where every request costs."""
    limited_outside: bool = False
    """True if a limit outside the cluster sets its speed, as for an API: a second replica helps
    only where the first cannot hold all requests in flight."""


@dataclass
class ModelWork:
    """Work of one model: chunks that wait, chunks that run, and measured speed."""

    spec: ModelSpec
    waiting: deque[Chunk] = field(default_factory=deque)
    suspects: deque[Chunk] = field(default_factory=deque)
    tokens: float = 0.0
    """Expected tokens of all waiting chunks."""
    requests: int = 0
    """Requests of all chunks that wait or run."""
    holders: dict[Chunk, dict[str, float]] = field(default_factory=dict)
    """Replicas that run each chunk, with the time at which each got it."""
    copyable: dict[Chunk, None] = field(default_factory=dict)
    """Chunks on one replica only that may be copied, the one dispatched first in front."""
    replicas: dict[str, None] = field(default_factory=dict)
    retiring: dict[str, None] = field(default_factory=dict)
    """Replicas that get no more work because their place is needed."""
    ready: int = 0
    """Number of replicas that are loaded."""
    accepting: dict[str, None] = field(default_factory=dict)
    """Ready replicas with room for more requests."""
    idle: dict[str, None] = field(default_factory=dict)
    """Ready replicas without a chunk."""
    ever_ready: bool = False
    deaths: int = 0
    """Deaths of replicas since the last committed chunk."""
    failed_starts: int = 0
    """Engines in a row that could not start."""
    avoid: set[str] = field(default_factory=set)
    """Nodes on which its engine could not start."""
    abandoned: str | None = None
    """Reason why the model gets no more work; None while it does."""
    load_s: float = 0.0
    """As `spec.load_s`, measured on the last replica."""
    tokens_per_s: float = 1.0
    """As `spec.tokens_per_s`, measured on committed chunks."""
    chunk_s: float | None = None
    """Usual seconds from dispatch to commit of a chunk; None before the first commit."""

    @property
    def has_waiting(self) -> bool:
        """Return True if a chunk waits for a replica."""
        return bool(self.waiting or self.suspects) and self.abandoned is None

    @property
    def work_s(self) -> float:
        """Return the seconds that one replica would take for all waiting chunks."""
        return self.tokens / self.tokens_per_s

    @property
    def working(self) -> int:
        """Return the number of replicas that are not retiring."""
        return len(self.replicas) - len(self.retiring)

    @property
    def time_left(self) -> float:
        """Return the seconds that the present replicas need for the waiting chunks.

        Loading is included while no replica is ready.
        """
        return (0.0 if self.ready else self.load_s) + self.work_s / max(1, self.working)

    def enqueue(self, chunk: Chunk, *, front: bool = False) -> None:
        """Add a chunk to those that wait."""
        queue = self.suspects if chunk.suspect else self.waiting
        (queue.appendleft if front else queue.append)(chunk)
        self.tokens += chunk.tokens

    def dequeue(self) -> Chunk:
        """Return and remove the next chunk that waits, suspects last."""
        chunk = (self.waiting or self.suspects).popleft()
        self.tokens -= chunk.tokens
        if not self.has_waiting:
            self.tokens = 0.0
        return chunk


@dataclass
class ReplicaState:
    """State of one replica, loading or ready."""

    name: str
    model: str
    places: tuple[Place, ...]
    started_at: float
    ready_at: float | None = None
    assigned: dict[Chunk, float] = field(default_factory=dict)
    """Chunks that it runs, with the time of dispatch."""
    dispatched: int = 0
    """Requests dispatched to it so far."""
    finished: int = 0
    """Part of `dispatched`: requests of chunks that it no longer runs."""
    settled: int = 0
    """Part of `dispatched`: requests done, as last reported by the replica."""
    alone: bool = False
    """True while it runs a chunk that may be poisoned, and must get nothing else."""
    requests_per_s: float = 0.0
    """Mean since it was ready."""
    done_tokens: float = 0.0

    @property
    def outstanding(self) -> int:
        """Return the number of dispatched requests that are not done."""
        return self.dispatched - max(self.finished, self.settled)

    def measure_rate(self, now: float) -> None:
        """Update the requests per second."""
        if self.ready_at is not None and now > self.ready_at:
            self.requests_per_s = max(self.finished, self.settled) / (now - self.ready_at)


@dataclass(frozen=True)
class BarredNodes:
    """Nodes that a model avoids, or that are being preempted for another model."""

    model: str
    avoid: set[str]
    preempted: dict[str, str]

    def __contains__(self, node: object) -> bool:
        return node in self.avoid or self.preempted.get(str(node), self.model) != self.model
