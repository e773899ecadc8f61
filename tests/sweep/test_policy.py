"""What the scheduling policy does, in any state and over a whole sweep."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from culture_ray.sweep.policy import (
    FEED,
    LOADING_TOKENS,
    Hand,
    ModelState,
    ReplicaState,
    Resources,
    Start,
    State,
    Stop,
    decide,
)
from tests.sweep.cluster_sim import simulate

NAMES = ("a", "b", "c", "d")
MUCH = 100 * LOADING_TOKENS

needs = st.builds(
    Resources,
    gpus=st.sampled_from((0.0, 1.0, 2.0, 4.0)),
    cpus=st.sampled_from((1.0, 2.0)),
    memory_gib=st.sampled_from((0.0, 5.0)),
)


@st.composite
def models(draw: st.DrawFn, *, broken: bool = True) -> list[ModelState]:
    return [
        ModelState(
            name=name,
            need=draw(needs),
            in_flight=draw(st.integers(1, 64)),
            units=(units := draw(st.integers(0, 30))),
            tokens=float(units and draw(st.integers(1, int(MUCH)))),
            largest_unit=draw(st.integers(1, 32)),
            broken=broken and draw(st.integers(0, 5)) == 0,
        )
        for name in NAMES[: draw(st.integers(1, 4))]
    ]


@st.composite
def states(draw: st.DrawFn) -> State:
    of = draw(models())
    replicas = [
        ReplicaState(
            name=f"r{index}",
            model=draw(st.sampled_from([m.name for m in of])),
            ready=draw(st.booleans()),
            requests=draw(st.sampled_from((0, 0, 1, 40, 200))),
        )
        for index in range(draw(st.integers(0, 6)))
    ]
    free = Resources(*(float(draw(st.integers(0, 8))) for _ in range(3)))
    return State(of, replicas, free, draw(st.sampled_from((0, 1, 3, float("inf")))))


def split(state: State) -> tuple[list[str], list[str], list[str]]:
    """Names of replicas handed to and stopped, and of models started."""
    actions = decide(state)
    return (
        [a.replica for a in actions if isinstance(a, Hand)],
        [a.replica for a in actions if isinstance(a, Stop)],
        [a.model for a in actions if isinstance(a, Start)],
    )


@given(states())
def test_the_same_state_gives_the_same_actions(state: State) -> None:
    assert decide(state) == decide(state)


@given(states())
def test_units_go_only_to_loaded_replicas_of_models_that_can_go_on(state: State) -> None:
    by_name = {r.name: r for r in state.replicas}
    left = {m.name: m.units for m in state.models if not m.broken}
    for name in split(state)[0]:
        assert by_name[name].ready
        left[by_name[name].model] -= 1
    assert min(left.values(), default=0) >= 0


@given(states())
def test_a_replica_is_fed_beyond_what_it_runs_at_once_and_not_further(state: State) -> None:
    of = {m.name: m for m in state.models}
    handed = split(state)[0]
    for one in state.replicas:
        model, got = of[one.model], handed.count(one.name)
        if got:
            before_last = one.requests + (got - 1) * model.largest_unit
            assert before_last < FEED * model.in_flight
        hungry = one.requests + got * model.largest_unit < FEED * model.in_flight
        if one.ready and hungry and not model.broken:
            given_out = sum(handed.count(r.name) for r in state.replicas if r.model == one.model)
            assert given_out == model.units, "units are kept from a hungry replica"


@given(states())
def test_what_is_started_fits_into_what_is_free_or_freed(state: State) -> None:
    of = {m.name: m for m in state.models}
    _, stopped, started = split(state)
    free, slots = state.free, state.slots + len(stopped)
    for one in state.replicas:
        if one.name in stopped:
            free = free.plus(of[one.model].need)
    for name in started:
        assert free.holds(of[name].need)
        assert slots >= 1
        free, slots = free.minus(of[name].need), slots - 1
        assert of[name].units
        assert not of[name].broken


@given(states())
def test_only_idle_replicas_without_work_are_stopped_and_only_for_a_start(state: State) -> None:
    of = {m.name: m for m in state.models}
    handed, stopped, started = split(state)
    for one in state.replicas:
        if one.name in stopped:
            assert one.ready
            assert one.requests == 0
            assert one.name not in handed
            mine = [h for h in handed if h in {r.name for r in state.replicas
                                               if r.model == one.model}]  # fmt: skip
            assert of[one.model].broken or of[one.model].units == len(mine)
    assert not stopped or started, "a replica was stopped for nothing"


@settings(max_examples=60, deadline=None)
@given(models(broken=False), st.integers(0, 2**32), st.booleans(), st.sampled_from((1, 2, 99)))
def test_every_unit_is_handed_out_in_the_end(
    of: list[ModelState], seed: int, dying: bool, slots: int
) -> None:
    deaths = random.Random(seed) if dying else None
    total = Resources(gpus=4.0, cpus=6.0, memory_gib=10.0)
    cluster, asked = simulate(total, of, slots=slots, deaths=deaths)
    assert {name: cluster.handed.get(name, 0) for name in asked} == asked
    assert cluster.most_replicas <= slots


# --- by example


def model(name: str, units: int = 0, tokens: float = 0.0, **changes: object) -> ModelState:
    need = changes.pop("need", Resources(gpus=1, cpus=1))
    return ModelState(name, need, 8, units, tokens, 4, **changes)  # type: ignore[arg-type]


def idle(name: str, of: str) -> ReplicaState:
    return ReplicaState(name, of, ready=True, requests=0)


NOTHING = Resources()


def test_an_idle_replica_of_a_finished_model_goes_when_another_needs_its_place() -> None:
    state = State([model("done"), model("next", 3, 10.0)], [idle("r", "done")], NOTHING)
    assert decide(state) == [Stop("r"), Start("next")]


def test_an_idle_replica_stays_when_the_other_fits_beside_it() -> None:
    state = State(
        [model("done"), model("next", 3, 10.0)], [idle("r", "done")], Resources(gpus=1, cpus=1)
    )
    assert decide(state) == [Start("next")]


def test_an_idle_replica_stays_when_nothing_else_has_work() -> None:
    assert decide(State([model("done"), model("other")], [idle("r", "done")], NOTHING)) == []


def test_an_idle_replica_stays_when_its_place_would_not_be_enough() -> None:
    large = model("large", 3, 10.0, need=Resources(gpus=8, cpus=1))
    state = State([model("done"), large], [idle("r", "done")], Resources(gpus=2, cpus=8))
    assert decide(state) == []


def test_only_replicas_that_free_what_is_missing_are_stopped() -> None:
    on_cpu = model("on_cpu", need=Resources(cpus=2, memory_gib=5))
    state = State(
        [on_cpu, model("done"), model("next", 3, 10.0)],
        [idle("cpu", "on_cpu"), idle("gpu", "done")],
        Resources(cpus=4),
    )
    assert decide(state) == [Stop("gpu"), Start("next")]


def test_as_many_idle_replicas_go_as_a_large_model_needs() -> None:
    large = model("large", 3, 10.0, need=Resources(gpus=2, cpus=1))
    state = State([model("done"), large], [idle(f"r{i}", "done") for i in range(4)], NOTHING)
    assert decide(state) == [Stop("r0"), Stop("r1"), Start("large")]


def test_a_model_with_much_work_grows_into_the_place_of_a_finished_one() -> None:
    busy = ReplicaState("b", "next", ready=True, requests=100)
    state = State([model("done"), model("next", 50, MUCH)], [idle("r", "done"), busy], NOTHING)
    assert decide(state) == [Stop("r"), Start("next")]


def test_a_model_with_little_work_left_does_not_push_a_finished_one_out() -> None:
    busy = ReplicaState("b", "next", ready=True, requests=100)
    state = State([model("done"), model("next", 5, 10.0)], [idle("r", "done"), busy], NOTHING)
    assert decide(state) == []


def test_a_limit_on_replicas_holds_within_one_decision_and_frees_places() -> None:
    room = Resources(gpus=8, cpus=8)
    works = [model("a", 50, MUCH), model("b", 50, MUCH), model("c", 50, MUCH)]
    assert len(decide(State(works, [], room, slots=2))) == 2
    state = State([model("done"), model("a", 5, 10.0)], [idle("r", "done")], room, slots=0)
    assert decide(state) == [Stop("r"), Start("a")]


def test_free_gpus_are_shared_by_the_work_that_is_left() -> None:
    works = [model("long", 90, 9 * MUCH), model("short", 30, 3 * MUCH)]
    started = split(State(works, [], Resources(gpus=4, cpus=8)))[2]
    assert sorted(started) == ["long", "long", "long", "short"]


@pytest.mark.parametrize(
    ("units", "tokens", "replicas"),
    [(10, 0.5 * LOADING_TOKENS, 1), (10, 2.5 * LOADING_TOKENS, 2), (1, MUCH, 1), (3, MUCH, 3)],
)
def test_replicas_are_loaded_only_for_work_that_is_worth_it(
    units: int, tokens: float, replicas: int
) -> None:
    state = State([model("a", units, tokens)], [], Resources(gpus=8, cpus=8))
    assert decide(state) == [Start("a")] * replicas


def test_work_goes_to_the_replica_with_the_least_in_hand() -> None:
    busy = ReplicaState("r0", "a", ready=True, requests=8)
    state = State([model("a", 2, 10.0)], [busy, idle("r1", "a")], NOTHING)
    assert decide(state) == [Hand("r1"), Hand("r1")]


def test_a_broken_model_gets_nothing() -> None:
    room = Resources(gpus=8, cpus=8)
    assert decide(State([model("a", 5, MUCH, broken=True)], [idle("r", "a")], room)) == []
