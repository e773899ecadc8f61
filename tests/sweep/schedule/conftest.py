"""State of a sweep with one model on one node."""

from __future__ import annotations

import pytest

from culture_ray.sweep.plan.resources import Resources
from culture_ray.sweep.schedule.state import State
from tests.sweep.schedule.cluster_steps import spec


@pytest.fixture
def state() -> State:
    state = State()
    state.node_joined("n0", Resources(gpus=4, cpus=16))
    state.add_model(spec("a", in_flight=100))
    return state
