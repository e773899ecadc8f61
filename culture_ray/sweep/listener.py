"""What a running sweep tells whoever watches it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from culture_ray.sweep.replica import Counters, PieceDone


class Listener(Protocol):
    """Gets every event of the executor; must return at once."""

    def say(self, sentence: str) -> None:
        """Something that people have to know."""

    def spent(self, dollars: Mapping[str, float]) -> None:
        """About once a second: what each model is charged so far."""

    def loading(self, model: str, replica: str) -> None:
        """A replica begins to load."""

    def ready(self, model: str, replica: str) -> None:
        """A replica is loaded."""

    def lost(self, model: str, replica: str) -> None:
        """A replica died; its units go to another one."""

    def broken(self, model: str, why: str) -> None:
        """A model cannot go on."""

    def unit_done(self, model: str, requests: int, end: PieceDone) -> None:
        """That many requests stand in the store, a unit or a part of one."""

    def tick(self, replicas: Mapping[str, tuple[str, Counters]]) -> None:
        """About once a second: (model, counters) of every replica."""
