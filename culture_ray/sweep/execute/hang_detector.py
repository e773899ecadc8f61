"""Detection of replicas that neither answer nor die."""

from __future__ import annotations

from collections.abc import Iterator

from culture_ray.sweep.events import Counters
from culture_ray.sweep.schedule.records import ReplicaState
from culture_ray.sweep.schedule.state import State


class HangDetector:
    """Times at which each replica last made progress, in the executor's seconds."""

    def __init__(self, hang_after_s: float, load_timeout_s: float) -> None:
        self._hang_after_s, self._load_timeout_s = hang_after_s, load_timeout_s
        self._progress: dict[str, tuple[int, float]] = {}
        """Per replica: its signs of life, and since when there were no more."""

    def dispatched(self, replica: ReplicaState, now: float) -> None:
        """Start the time limit of a replica if it had no other chunk."""
        if len(replica.assigned) <= 1:
            signs, _ = self._progress.get(replica.name, (0, now))
            self._progress[replica.name] = (signs, now)

    def counted(self, replica: str, counters: Counters, now: float) -> None:
        """Take the counters of a replica."""
        signs, _ = self._progress.get(replica, (-1, now))
        if counters.signs_of_life != signs:
            self._progress[replica] = (counters.signs_of_life, now)

    def hanging(self, state: State, now: float) -> Iterator[tuple[str, str]]:
        """Yield the replicas that hang, each with the reason."""
        for replica in list(state.replicas.values()):
            spec = state.models[replica.model].spec
            if replica.ready_at is None:
                if now - replica.started_at > self._load_timeout_s:
                    yield replica.name, f"it was not loaded after {self._load_timeout_s:.0f} s"
            elif replica.assigned and spec.copies:  # an API has time limits of its own
                _, since = self._progress.get(replica.name, (0, replica.ready_at))
                if now - since > self._hang_after_s:
                    yield replica.name, f"it made no token for {self._hang_after_s:.0f} s"

    def forget(self, replica: str) -> None:
        """Remove a replica."""
        self._progress.pop(replica, None)
