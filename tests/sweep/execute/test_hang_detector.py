"""Replicas that neither answer nor die are found, and no others."""

from __future__ import annotations

import pytest

from culture_ray.sweep.events import Counters
from culture_ray.sweep.execute.hang_detector import HangDetector
from culture_ray.sweep.plan.resources import Resources
from culture_ray.sweep.schedule.chunks import Chunk
from culture_ray.sweep.schedule.records import ModelSpec
from culture_ray.sweep.schedule.state import State

HANG, LOAD = 60.0, 600.0


@pytest.fixture
def state() -> State:
    made = State()
    made.node_joined("n", Resources(gpus=2, cpus=2))
    made.add_model(ModelSpec("m", Resources(gpus=1), 8))
    made.add_model(ModelSpec("api", Resources(), 8, copies=False))
    return made


def start(state: State, model: str) -> str:
    places = state.nodes.find(state.models[model].spec.need)
    assert places is not None
    return state.start_replica(model, places, 0.0)


def work(state: State, detector: HangDetector, replica: str, now: float) -> None:
    state.dispatch(replica, Chunk("u", 0, 4, 1.0), now)
    detector.dispatched(state.replicas[replica], now)


def test_an_engine_without_tokens_for_so_long_hangs(state: State) -> None:
    detector, one = HangDetector(HANG, LOAD), start(state, "m")
    state.replica_ready(one, 10.0)
    work(state, detector, one, 10.0)
    for now, signs in ((30.0, 5), (60.0, 9), (90.0, 9)):
        detector.counted(one, Counters(signs_of_life=signs), now)
    assert list(detector.hanging(state, 119.0)) == []
    assert list(detector.hanging(state, 121.0)) == [(one, "it made no token for 60 s")]


def test_an_engine_that_does_not_even_answer_hangs(state: State) -> None:
    detector, one = HangDetector(HANG, LOAD), start(state, "m")
    state.replica_ready(one, 10.0)
    work(state, detector, one, 10.0)
    assert list(detector.hanging(state, 71.0)) == [(one, "it made no token for 60 s")]


def test_an_idle_engine_does_not_hang_and_has_its_full_time_when_work_comes(state: State) -> None:
    detector, one = HangDetector(HANG, LOAD), start(state, "m")
    state.replica_ready(one, 10.0)
    detector.counted(one, Counters(signs_of_life=5), 20.0)
    assert list(detector.hanging(state, 1000.0)) == []
    work(state, detector, one, 1000.0)
    assert list(detector.hanging(state, 1059.0)) == []
    assert list(detector.hanging(state, 1061.0)) == [(one, "it made no token for 60 s")]


def test_loading_has_a_time_limit_of_its_own(state: State) -> None:
    detector, one = HangDetector(HANG, LOAD), start(state, "m")
    assert list(detector.hanging(state, LOAD - 1)) == []
    assert list(detector.hanging(state, LOAD + 1)) == [(one, "it was not loaded after 600 s")]


def test_an_api_is_left_to_its_own_time_limits(state: State) -> None:
    detector, one = HangDetector(HANG, LOAD), start(state, "api")
    state.replica_ready(one, 10.0)
    work(state, detector, one, 10.0)
    assert list(detector.hanging(state, 1e6)) == []
