"""Scenarios for the simulator, and a lower bound on the makespan of any schedule for them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from culture_ray.sweep.plan.resources import Resources
from culture_ray.sweep.schedule.records import ModelSpec


@dataclass(frozen=True)
class SimulatedModel:
    """A model with its work and its true speed; `spec` holds the policy's estimates."""

    spec: ModelSpec
    units: int
    unit_size: int = 32
    tokens_per_request: float = 500.0
    load_s: float = 60.0
    tokens_per_s: float = 1000.0
    """Tokens per second of one replica with a full engine."""
    latency_s: float = 10.0
    """Seconds from a request to its response."""
    poison: tuple[int, ...] = ()
    """Units with a request that kills its engine."""
    read_s: float = 0.0
    """Part of `load_s` in which weights are read; none of it where they are in a node's memory."""
    compile_s: float = 0.0
    """Part of `load_s` in which kernels are compiled; none of it where a cache has them."""
    shared_rate: bool = False
    """True if all replicas together have `tokens_per_s`, as under a provider's rate limit."""

    @property
    def least_load_s(self) -> float:
        """Return the seconds to load where weights and kernels are there already."""
        return self.load_s - self.read_s - self.compile_s

    @property
    def first_load_s(self) -> float:
        """Return the seconds to load before any replica has compiled the kernels."""
        return self.load_s - self.read_s

    @property
    def work_s(self) -> float:
        """Return the seconds that one replica needs for all its work."""
        return self.units * self.unit_size * self.tokens_per_request / self.tokens_per_s


@dataclass(frozen=True)
class Scenario:
    """A cluster, the work to be done on it, and the faults that happen."""

    name: str
    nodes: Sequence[Resources]
    models: Sequence[SimulatedModel]
    seed: int = 0
    dying: float = 0.0
    """Share of replicas that die, at any moment of their first `dying_within_s`."""
    dying_within_s: float = 3600.0
    slow: float = 0.0
    """Share of replicas that work at a fifth of their speed."""
    joining: Sequence[tuple[float, Resources]] = ()
    """Nodes that join later: (time in seconds, resources)."""
    leaving: Sequence[float] = ()
    """Times at which the first, second, ... node leaves."""
    then: Sequence[SimulatedModel] = ()
    """Work of the next stage, which begins when the first has ended; replicas stay loaded."""
    looks_ahead: bool = True
    """True if weights are read ahead, and models of the next stage loaded on idle GPUs."""
    shares_kernels: bool = True
    """True if kernels that one replica has compiled are in the cache of the others."""
    speed_sd: float = 0.0
    """Standard deviation of the logarithm of a replica's speed."""


def lower_bound(scenario: Scenario) -> float:
    """Return a makespan in seconds that no schedule beats, failures left out.

    Every session of a replica loads first, so at most (T - load) of any T seconds on its GPUs is
    work: a model has at least work / (T - load) sessions, and one in any case, in which its kernels
    are compiled. T is at least the least in which these sessions and their work fit on the GPUs,
    and every model has to load once and to answer once. Nodes count from joining until leaving.

    The next stage begins after this one. Whatever the number of sessions in which one of its models
    answers, all but one that may be left from this stage load too, on GPUs that only then are free.
    """
    models = [model for model in scenario.models if model.units]
    bound = max((m.first_load_s + m.latency_s for m in models), default=0.0)
    for kind in ("gpus", "cpus"):
        using = [m for m in models if getattr(m.spec.need, kind) and not (
            kind == "cpus" and m.spec.need.gpus)]  # fmt: skip
        if using:
            low, high = max(m.least_load_s for m in using), 1e9
            for _ in range(80):
                middle = (low + high) / 2
                wanted = sum(getattr(m.spec.need, kind) * _least_s(m, middle) for m in using)
                low, high = (
                    (low, middle) if wanted <= _supply(scenario, kind, middle)
                    else (middle, high)
                )  # fmt: skip
            bound = max(bound, high)
    return _with_next_stage(scenario, bound)


def _least_s(model: SimulatedModel, until: float) -> float:
    """Return the least seconds of all replicas of a model that ends at a time."""
    again = max(0.0, model.work_s / (until - model.least_load_s) - 1.0)
    return model.work_s + model.first_load_s + again * model.least_load_s


def _with_next_stage(scenario: Scenario, bound: float) -> float:
    """Return the bound of both stages, given that of the first."""
    gpus = sum(node.gpus for node in (*scenario.nodes, *(node for _, node in scenario.joining)))
    following = [model for model in scenario.then if model.spec.need.gpus]
    if not following:
        return bound
    models = [model for model in scenario.models if model.units]
    asked = {model.spec.name for model in models}
    first = sum(model.spec.need.gpus * (model.work_s + model.first_load_s) for model in models)
    found = [bound + sum(model.spec.need.gpus * model.work_s for model in following) / gpus]
    for model in following:
        need, kept = model.spec.need.gpus, model.spec.name in asked
        found.append(
            min(
                max(bound, (first + (count - kept) * need * model.least_load_s) / gpus)
                + model.work_s / count
                for count in range(1, max(1, int(gpus / need)) + 1)
            )
        )
    return max(found)


def _supply(scenario: Scenario, kind: str, until: float) -> float:
    total: float = sum(getattr(node, kind) for node in scenario.nodes) * until
    for at, node in scenario.joining:
        total += getattr(node, kind) * max(0.0, until - at)
    for at, node in zip(scenario.leaving, scenario.nodes, strict=False):
        total -= getattr(node, kind) * max(0.0, until - at)
    return total
