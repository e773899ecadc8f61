"""A cluster in a few lines: carries the policy's actions out and lets replicas work in steps."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from culture_ray.sweep.policy import (
    Hand,
    ModelState,
    ReplicaState,
    Resources,
    Start,
    State,
    Stop,
    decide,
)


@dataclass
class Simulated:
    """A cluster of `total`, the models with work left, and what happened."""

    total: Resources
    models: dict[str, ModelState]
    slots: float = float("inf")
    replicas: dict[str, ReplicaState] = field(default_factory=dict)
    in_hand: dict[str, list[int]] = field(default_factory=dict)
    handed: dict[str, int] = field(default_factory=dict)
    started: list[str] = field(default_factory=list)
    stopped: list[str] = field(default_factory=list)
    most_replicas: int = 0

    @property
    def free(self) -> Resources:
        """What no replica takes."""
        left = self.total
        for one in self.replicas.values():
            left = left.minus(self.models[one.model].need)
        return left

    @property
    def unfinished(self) -> bool:
        """Whether a unit waits or is in hand."""
        waiting = any(m.units for m in self.models.values() if not m.broken)
        return waiting or any(self.in_hand.values())

    def step(self) -> None:
        """Decide, act, and let every replica answer what its engine runs at once."""
        state = State(
            list(self.models.values()),
            list(self.replicas.values()),
            self.free,
            self.slots - len(self.replicas),
        )
        for action in decide(state):
            match action:
                case Start(model):
                    self._start(model)
                case Hand(name):
                    self._hand(name)
                case Stop(name):
                    assert not self.in_hand.pop(name)
                    self.stopped.append(self.replicas.pop(name).model)
        self.most_replicas = max(self.most_replicas, len(self.replicas))
        self._work()

    def kill(self, name: str) -> None:
        """Let a replica die: its units go back."""
        model = self.models[self.replicas.pop(name).model]
        back = len(self.in_hand.pop(name))
        per_unit = float(model.largest_unit)
        self.models[model.name] = replace(
            model, units=model.units + back, tokens=model.tokens + back * per_unit
        )
        self.handed[model.name] = self.handed.get(model.name, 0) - back

    def _start(self, model: str) -> None:
        name = f"{model}-{len(self.started)}"
        self.started.append(model)
        self.replicas[name] = ReplicaState(name, model, ready=False, requests=0)
        self.in_hand[name] = []

    def _hand(self, name: str) -> None:
        one = self.replicas[name]
        model = self.models[one.model]
        assert one.ready
        assert model.units > 0
        assert not model.broken
        self.in_hand[name].append(model.largest_unit)
        self.replicas[name] = replace(one, requests=one.requests + model.largest_unit)
        left = model.tokens * (model.units - 1) / model.units
        self.models[one.model] = replace(model, units=model.units - 1, tokens=left)
        self.handed[one.model] = self.handed.get(one.model, 0) + 1

    def _work(self) -> None:
        for name, one in self.replicas.items():
            answered = self.models[one.model].in_flight if one.ready else 0
            units = self.in_hand[name]
            while units and answered:
                done = min(units[0], answered)
                answered -= done
                units[0] -= done
                if not units[0]:
                    units.pop(0)
            self.replicas[name] = replace(one, ready=True, requests=sum(units))


_MOST_DEATHS = 12


def simulate(
    total: Resources,
    models: Sequence[ModelState],
    *,
    slots: float = float("inf"),
    deaths: random.Random | None = None,
    most_steps: int = 10_000,
) -> tuple[Simulated, Mapping[str, int]]:
    """Run until nothing is left; return the cluster and the units that each model had."""
    cluster = Simulated(total, {model.name: model for model in models}, slots)
    asked = {model.name: model.units for model in models if not model.broken}
    died = 0
    for _ in range(most_steps):
        if not cluster.unfinished:
            return cluster, asked
        cluster.step()
        assert total.holds(total.minus(cluster.free))
        may_die = deaths is not None and died < _MOST_DEATHS and cluster.replicas
        if deaths is not None and may_die and deaths.random() < 0.2:
            cluster.kill(deaths.choice(sorted(cluster.replicas)))
            died += 1
    raise AssertionError(f"work is left after {most_steps} steps: {cluster}")
