"""Scheduling policy: makespan over its lower bound, time per decision as clusters grow."""

from __future__ import annotations

import gc
import time
from collections.abc import Iterator

from culture_ray.sweep.schedule import simulator
from culture_ray.sweep.schedule.scenario import Scenario
from culture_ray.sweep.schedule.simulator import simulate
from tests.bench.figure import Figure
from tests.sweep.scenarios import paper, realistic, sweep_of


def figures() -> Iterator[Figure]:
    """Yield the ratios of the scenarios, the large sweep's, and the growth of a decision's time."""
    for scenario in realistic():
        name = f"makespan over lower bound: {scenario.name}"
        most = 2.2 if any(model.poison for model in scenario.models) else 1.55
        yield Figure(name, simulate(scenario).ratio, "x", most, "lower")
    for gpus in (1, 4, 8):
        yield from _paper(gpus)
    outcome = simulate(sweep_of(200, 10_000, units_per_replica=100, seed=1))
    name = "makespan over lower bound: 200 models, 10,000 GPUs, 1 % of replicas die"
    yield Figure(name, outcome.ratio, "x", 1.05, "lower")
    small, large, many = (
        _per_event(sweep_of(models, gpus, units_per_replica=40, seed=1))
        for models, gpus in ((20, 1000), (20, 10_000), (200, 10_000))
    )
    name = "time per scheduling event, 10,000 over 1,000 GPUs, 20 models"
    yield Figure(name, large / small, "x", 1.5, "lower")
    name = "time per scheduling event, 200 over 20 models, 10,000 GPUs"
    yield Figure(name, many / large, "x", 2.0, "lower")


def _paper(gpus: int) -> Iterator[Figure]:
    """Yield the share of GPU time in which the paper's open models answer, beside its bound."""
    with_all = simulate(paper(gpus))
    without = simulate(paper(gpus, looks_ahead=False, shares_kernels=False))
    name = f"GPUs busy, the paper's open models on {gpus} H100s"
    bound = with_all.work_s / (with_all.gpus * with_all.lower_bound_s)
    yield Figure(name, with_all.busy, "", 0.75, possible=bound)
    yield Figure(f"{name}, without prefetch and shared kernels", without.busy, "")


def _per_event(scenario: Scenario) -> float:
    """Return the policy's own seconds per event of a simulated sweep: state and decisions."""
    spent, events = 0.0, 0
    run = simulator.Simulation(scenario)
    gc.collect()
    gc.freeze()  # the simulator's own million chunks are no cost of the policy
    apply, decide = run._apply, simulator.decide

    def timed_apply(kind, replica, chunk, now):  # type: ignore[no-untyped-def]
        nonlocal spent, events
        started = time.perf_counter()
        apply(kind, replica, chunk, now)
        spent += time.perf_counter() - started
        events += 1

    def timed_decide(state, now):  # type: ignore[no-untyped-def]
        nonlocal spent
        started = time.perf_counter()
        actions = decide(state, now)
        spent += time.perf_counter() - started
        return actions

    run._apply = timed_apply  # type: ignore[method-assign]
    simulator.decide = timed_decide  # type: ignore[attr-defined]
    try:
        run.run()
    finally:
        simulator.decide = decide  # type: ignore[attr-defined]
        gc.unfreeze()
    return spent / events
