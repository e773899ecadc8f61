"""Simulated sweeps end complete, with a makespan close to the lower bound."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from culture_ray.sweep.plan.resources import Resources
from culture_ray.sweep.schedule.records import ModelSpec
from culture_ray.sweep.schedule.scenario import Scenario, SimulatedModel, lower_bound
from culture_ray.sweep.schedule.simulator import Outcome, simulate
from tests.sweep.scenarios import paper, realistic, sweep_of

NODE = Resources(gpus=8, cpus=64)


def model(name: str, units: int, gpus: int = 1, **changes: float) -> SimulatedModel:
    spec = ModelSpec(name, Resources(gpus, gpus), 64, load_s=60.0, tokens_per_s=1000.0)
    return SimulatedModel(spec, units, **changes)  # type: ignore[arg-type]


def check_whole(scenario: Scenario, outcome: Outcome) -> None:
    asked = sum(m.units * m.unit_size for m in scenario.models)
    assert sum(outcome.requests_done.values()) + outcome.poisoned == asked
    assert outcome.abandoned == {}


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 30), st.sampled_from((1, 2, 4, 16))), min_size=1, max_size=5),
    st.integers(0, 2**32),
    st.sampled_from((0.0, 0.3)),
    st.booleans(),
)
def test_every_request_is_done_once_and_no_schedule_beats_the_bound(
    work: list[tuple[int, int]], seed: int, failing: float, moving: bool
) -> None:
    scenario = Scenario(
        "any",
        [NODE, NODE, NODE],
        [model(f"m{i}", units, gpus) for i, (units, gpus) in enumerate(work)],
        seed,
        dying=failing,
        slow=failing,
        speed_sd=0.0,
        joining=[(100.0, NODE)] if moving else [],
        leaving=[200.0] if moving else [],
    )
    outcome = simulate(scenario)
    check_whole(scenario, outcome)
    if outcome.requests_done:
        assert outcome.makespan_s >= lower_bound(scenario) * (1 - 1e-9)


def test_the_same_scenario_ends_the_same() -> None:
    scenario = sweep_of(10, 80, units_per_replica=20, seed=3)
    assert simulate(scenario) == simulate(scenario)


@pytest.mark.parametrize("where", [0, 9])
def test_poison_costs_its_own_requests_and_a_few_engines(where: int) -> None:
    scenario = Scenario("poison", [NODE], [replace(model("m", 40), poison=(where,))])
    outcome = simulate(scenario)
    check_whole(scenario, outcome)
    assert outcome.poisoned == 1
    assert outcome.deaths <= 2 + 6 + 2


def test_replicas_that_are_five_times_slower_do_not_hold_the_sweep_up() -> None:
    scenario = replace(sweep_of(8, 64, units_per_replica=60, seed=5), slow=0.05)
    outcome = simulate(scenario)
    check_whole(scenario, outcome)
    alone = [replace(m, spec=replace(m.spec, copies=False)) for m in scenario.models]
    without = simulate(replace(scenario, models=alone))
    assert outcome.copies > 0
    assert outcome.ratio < 1.2 < without.ratio


@pytest.mark.slow
def test_a_thousand_gpus_with_failures_come_within_a_twentieth_of_the_lower_bound() -> None:
    scenario = sweep_of(20, 1000, units_per_replica=100, seed=1)
    outcome = simulate(scenario)
    check_whole(scenario, outcome)
    assert outcome.deaths > 0
    assert outcome.ratio <= 1.05


@pytest.mark.slow
def test_two_hundred_models_on_ten_thousand_gpus_do_too() -> None:
    scenario = sweep_of(200, 10_000, units_per_replica=100, seed=1)
    outcome = simulate(scenario)
    check_whole(scenario, outcome)
    assert outcome.deaths > 50
    assert outcome.ratio <= 1.05


@pytest.mark.parametrize("scenario", realistic(), ids=lambda scenario: scenario.name)
def test_realistic_scenarios_end_whole_and_not_far_from_the_bound(scenario: Scenario) -> None:
    outcome = simulate(scenario)
    check_whole(scenario, outcome)
    assert outcome.ratio < (2.2 if outcome.poisoned else 1.55)


def test_looking_ahead_and_sharing_kernels_keep_gpus_busier_at_the_papers_size() -> None:
    plain, kernels, ahead, both = (
        simulate(paper(8, looks_ahead=looks, shares_kernels=shares))
        for looks, shares in ((False, False), (False, True), (True, False), (True, True))
    )
    for outcome in (plain, kernels, ahead, both):
        assert outcome.abandoned == {}
        assert outcome.makespan_s >= outcome.lower_bound_s
    assert plain.busy <= kernels.busy <= both.busy
    assert plain.busy < ahead.busy <= both.busy


def test_work_that_nothing_can_place_is_said() -> None:
    scenario = Scenario("impossible", [NODE], [model("m", 4, gpus=32)])
    with pytest.raises(RuntimeError, match="work is left"):
        simulate(scenario)


def test_a_bound_counts_loading_and_the_machines_there_are() -> None:
    one = model("m", 100, load_s=100.0, tokens_per_s=1000.0)
    scenario = Scenario("bound", [Resources(1, 1)], [one])
    assert lower_bound(scenario) == pytest.approx(100.0 + one.work_s)
    twice = replace(scenario, nodes=[Resources(1, 1)] * 2)
    assert lower_bound(twice) == pytest.approx(100.0 + one.work_s / 2)


def test_a_bound_counts_one_load_of_every_model_with_its_kernels() -> None:
    small = [
        replace(model(name, 1, load_s=100.0), read_s=30.0, compile_s=20.0) for name in "abcdef"
    ]
    scenario = Scenario("bound", [Resources(2, 2)], small)
    assert lower_bound(scenario) == pytest.approx(3 * (70.0 + small[0].work_s))


def test_a_bound_counts_the_loads_of_further_replicas_in_the_next_stage() -> None:
    asked = replace(model("a", 10, load_s=100.0), read_s=30.0, compile_s=20.0)
    judged = replace(asked, units=100)
    scenario = Scenario("bound", [Resources(2, 2)], [asked], then=[judged])
    # The replica of the first stage stays; another loads in 50 s while the first one answers.
    load_and_ask = 70.0 + asked.work_s
    assert lower_bound(scenario) == pytest.approx(
        max(load_and_ask + 50.0, 2 * _least_first(asked)) / 2 + judged.work_s / 2
    )
    other = replace(judged, spec=replace(judged.spec, name="b"))
    assert lower_bound(replace(scenario, then=[other])) == pytest.approx(
        (load_and_ask + 2 * 50.0) / 2 + judged.work_s / 2
    )


def _least_first(asked: SimulatedModel) -> float:
    """Return the bound of a stage with one model on two GPUs."""
    return lower_bound(Scenario("first", [Resources(2, 2)], [asked]))


@pytest.mark.parametrize("gpus", [1, 2, 3, 4, 6, 8])
def test_no_sweep_of_two_stages_beats_its_bound(gpus: int) -> None:
    outcome = simulate(paper(gpus))
    assert outcome.lower_bound_s <= outcome.makespan_s <= 1.4 * outcome.lower_bound_s


@pytest.mark.parametrize("in_flight", [256, 4])
def test_a_rate_limited_model_that_looks_slow_gets_no_crowd_of_replicas(in_flight: int) -> None:
    limited = ModelSpec(
        "lab", Resources(), in_flight, load_s=0.0, tokens_per_s=2700.0, max_replicas=2,
        copies=False, limited_outside=True,
    )  # fmt: skip
    api = SimulatedModel(limited, 76, 4, load_s=2.0, tokens_per_s=50.0, shared_rate=True)
    outcome = simulate(Scenario("a lab's server", [NODE], [api]))
    assert outcome.requests_done == {"lab": 76 * 4}
    assert outcome.loads == 2, "304 requests are more than one replica holds"
    few = SimulatedModel(limited, 1, 4, load_s=2.0, tokens_per_s=50.0, shared_rate=True)
    assert simulate(Scenario("little work", [NODE], [few])).loads == 1
