"""Replicas and chunks of a sweep with one model."""

from __future__ import annotations

from culture_ray.sweep.plan.resources import Resources
from culture_ray.sweep.schedule.chunks import Chunk
from culture_ray.sweep.schedule.nodes import Place
from culture_ray.sweep.schedule.state import State

SHARE = Resources(gpus=1, cpus=1)


def ready_replica(state: State, at: float = 0.0, node: str = "n0") -> str:
    name = state.start_replica("a", (Place(node, SHARE),), 0.0)
    state.replica_ready(name, at)
    return name


def chunk_of(number: int, size: int = 4, tokens: float = 10.0, deaths: int = 0) -> Chunk:
    return Chunk(f"a/{number}", 0, size, tokens, deaths)
