"""Steps of a cluster without Ray: a state with a clock, and what the policy decided so far."""

from __future__ import annotations

from collections.abc import Iterable

from culture_ray.sweep.plan.resources import Resources
from culture_ray.sweep.schedule.actions import (
    Action,
    Dispatch,
    Start,
)
from culture_ray.sweep.schedule.chunks import Chunk
from culture_ray.sweep.schedule.policy import decide
from culture_ray.sweep.schedule.records import ModelSpec
from culture_ray.sweep.schedule.state import State

SIZE = 4


def spec(name: str, **changes: object) -> ModelSpec:
    standard = {"need": Resources(gpus=1, cpus=1), "in_flight": 8, "load_s": 60.0}
    return ModelSpec(name, **{"tokens_per_s": 100.0, **standard, **changes})  # type: ignore[arg-type]


def chunks(model: str, count: int, tokens: float = 100.0) -> list[Chunk]:
    return [Chunk(f"{model}/{i}", 0, SIZE, tokens) for i in range(count)]


class Cluster:
    """State with a clock, and all actions so far."""

    def __init__(self, *nodes: Resources, max_replicas: float = float("inf")) -> None:
        self.state = State(max_replicas)
        self.now = 0.0
        self.loading: list[str] = []
        self.said: list[Action] = []
        for index, node in enumerate(nodes):
            self.state.node_joined(f"n{index}", node)

    def work(self, model: ModelSpec, count: int, tokens: float = 100.0) -> None:
        self.state.add_model(model)
        self.state.add_chunks(model.name, chunks(model.name, count, tokens))

    def decide(self, after: float = 0.0) -> list[Action]:
        self.now += after
        actions = decide(self.state, self.now)
        self.loading += [a.replica for a in actions if isinstance(a, Start)]
        self.said += actions
        return actions

    def ready(self, *replicas: str) -> None:
        for replica in replicas:
            self.state.replica_ready(replica, self.now)

    def start(self, after: float = 60.0) -> list[str]:
        """Decide, and let everything that is loading be ready."""
        before = len(self.loading)
        self.decide()
        self.now += after
        self.ready(*(name for name in self.loading[before:] if name in self.state.replicas))
        return self.loading[before:]

    def finish(self, replica: str, dispatches: Iterable[Action]) -> None:
        for action in dispatches:
            if isinstance(action, Dispatch) and action.replica == replica:
                self.state.chunk_done(replica, action.chunk, self.now)


def kinds(actions: Iterable[Action]) -> list[str]:
    return [type(action).__name__ for action in actions]


GPU = Resources(gpus=1, cpus=8)
