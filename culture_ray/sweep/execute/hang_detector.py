"""Finding replicas that neither answer nor die."""

from __future__ import annotations

from collections.abc import Iterator

from culture_ray.sweep.events import Counters
from culture_ray.sweep.schedule.records import ReplicaState
from culture_ray.sweep.schedule.state import State


class HangDetector:
    """When each replica was last seen getting on, in the executor's seconds."""

    def __init__(self, hang_after_s: float, load_timeout_s: float) -> None:
        self._hang_after_s, self._load_timeout_s = hang_after_s, load_timeout_s
        self._life: dict[str, tuple[int, float]] = {}

    def handed(self, one: ReplicaState, now: float) -> None:
        """A replica got a piece; it has its full time when it had nothing before."""
        if len(one.hand) <= 1:
            signs, _ = self._life.get(one.name, (0, now))
            self._life[one.name] = (signs, now)

    def counted(self, replica: str, counters: Counters, now: float) -> None:
        """A replica told its counters."""
        signs, _ = self._life.get(replica, (-1, now))
        if counters.signs_of_life != signs:
            self._life[replica] = (counters.signs_of_life, now)

    def hanging(self, state: State, now: float) -> Iterator[tuple[str, str]]:
        """Yield replicas that hang, and in which way."""
        for one in list(state.replicas.values()):
            spec = state.models[one.model].spec
            if one.ready_at is None:
                if now - one.started_at > self._load_timeout_s:
                    yield one.name, f"it was not loaded after {self._load_timeout_s:.0f} s"
            elif one.hand and spec.copies:  # an API has time limits of its own
                _, since = self._life.get(one.name, (0, one.ready_at))
                if now - since > self._hang_after_s:
                    yield one.name, f"it made no token for {self._hang_after_s:.0f} s"

    def forget(self, replica: str) -> None:
        """Forget a replica."""
        self._life.pop(replica, None)
