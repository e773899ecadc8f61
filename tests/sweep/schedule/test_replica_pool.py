"""Replicas that are idle or accept work, and what is free where."""

from __future__ import annotations

from culture_ray.sweep.plan.resources import Resources
from culture_ray.sweep.schedule.chunks import Chunk
from culture_ray.sweep.schedule.nodes import Place
from culture_ray.sweep.schedule.state import State
from tests.sweep.schedule.cluster_steps import spec

NODE = Resources(gpus=4, cpus=16)
SHARE = Resources(gpus=1, cpus=1)


def _state(prefix: str = "") -> State:
    state = State(prefix=prefix)
    state.node_joined("n0", NODE)
    state.add_model(spec("a"))
    return state


def _ready(state: State, at: float = 60.0) -> str:
    name = state.start_replica("a", (Place("n0", SHARE),), 0.0)
    state.replica_ready(name, at)
    return name


def _chunk(number: int, size: int = 4) -> Chunk:
    return Chunk(f"a/{number}", 0, size, 1.0)


def test_replicas_are_numbered_over_all_models() -> None:
    state = _state("job7-")
    state.add_model(spec("b"))
    place = (Place("n0", SHARE),)
    assert [state.start_replica(model, place, 0.0) for model in "aba"] == [
        "a-job7-1", "b-job7-2", "a-job7-3",
    ]  # fmt: skip


def test_a_model_added_again_keeps_what_was_measured() -> None:
    state = _state()
    state.models["a"].load_s = 7.0
    state.add_model(spec("a", load_s=60.0))
    assert state.models["a"].load_s == 7.0


def test_a_loading_replica_takes_its_place_and_an_idle_one_can_be_reclaimed() -> None:
    state = _state()
    name = state.start_replica("a", (Place("n0", SHARE),), 5.0)
    assert state.nodes.free("n0") == state.reclaimable.free("n0") == NODE.minus(SHARE)
    assert (list(state.on_node["n0"]), list(state.models["a"].replicas)) == ([name], [name])
    assert not state.models["a"].idle
    state.capacity_changed = False
    state.replica_ready(name, 25.0)
    work = state.models["a"]
    assert state.nodes.free("n0") == NODE.minus(SHARE)
    assert state.reclaimable.free("n0") == NODE
    assert (work.ready, work.load_s, work.ever_ready, work.failed_starts) == (1, 20.0, True, 0)
    assert (list(work.idle), list(work.accepting)) == ([name], [name])
    assert (list(state.models_idle), list(state.to_dispatch)) == (["a"], ["a"])
    assert state.capacity_changed


def test_a_busy_replica_cannot_be_reclaimed_until_it_is_idle_again() -> None:
    state = _state()
    first, second = _ready(state), _ready(state)
    state.dispatch(first, _chunk(0), 60.0)
    state.dispatch(first, _chunk(1), 60.0)
    assert state.reclaimable.free("n0") == NODE.minus(SHARE)
    assert list(state.models["a"].idle) == [second]
    assert list(state.models_idle) == ["a"]
    state.dispatch(second, _chunk(2), 60.0)
    assert list(state.models_idle) == []
    state.chunk_done(first, _chunk(0), 61.0)
    assert list(state.models["a"].idle) == []
    state.to_dispatch.clear()
    state.chunk_done(first, _chunk(1), 61.0)
    assert list(state.models["a"].idle) == [first]
    assert list(state.to_dispatch) == ["a"]
    assert state.reclaimable.free("n0") == NODE.minus(SHARE)


def test_a_replica_accepts_half_more_than_its_engine_runs_or_3_s_of_its_rate() -> None:
    state = _state()
    name = _ready(state)
    replica = state.replicas[name]
    assert state.target_outstanding(replica) == 12.0
    replica.requests_per_s = 1.0
    assert state.target_outstanding(replica) == 12.0
    replica.requests_per_s = 2.0
    assert state.target_outstanding(replica) == 14.0
    replica.requests_per_s = 0.0
    state.dispatch(name, _chunk(0, 11), 60.0)
    assert list(state.models["a"].accepting) == [name]
    state.dispatch(name, _chunk(1, 1), 60.0)
    assert list(state.models["a"].accepting) == []
    state.to_dispatch.clear()
    state.chunk_done(name, _chunk(1, 1), 60.0)
    assert list(state.models["a"].accepting) == [name]
    assert list(state.to_dispatch) == ["a"]


def test_a_replica_that_accepted_before_tells_nothing_new() -> None:
    state = _state()
    name = _ready(state)
    state.to_dispatch.clear()
    state.dispatch(name, _chunk(0), 60.0)
    assert list(state.to_dispatch) == []


def test_a_replica_with_a_suspect_accepts_nothing_else() -> None:
    state = _state()
    name = _ready(state)
    suspect = Chunk("a/0", 0, 1, 1.0, deaths=2)
    state.dispatch(name, suspect, 60.0)
    assert list(state.models["a"].accepting) == []
    state.chunk_done(name, suspect, 61.0)
    assert list(state.models["a"].accepting) == [name]


def test_retiring_replicas_accept_nothing_until_the_reservation_ends() -> None:
    state = _state()
    first, second = _ready(state), _ready(state)
    state.preempt("n0", "large", [first])
    work = state.models["a"]
    assert (list(work.accepting), list(work.retiring), work.working) == ([second], [first], 1)
    assert "n0" in state.barred_nodes("a")
    state.add_model(spec("large"))
    assert "n0" not in state.barred_nodes("large")
    state.end_preemption("elsewhere")
    assert list(work.retiring) == [first]
    state.to_dispatch.clear()
    state.end_preemption("n0")
    assert (sorted(work.accepting), list(work.retiring)) == ([first, second], [])
    assert list(state.to_dispatch) == ["a"]
    assert "n0" not in state.barred_nodes("a")


def test_a_replica_that_goes_leaves_nothing_behind() -> None:
    state = _state()
    busy, idle, loading = _ready(state), _ready(state), state.start_replica(
        "a", (Place("n0", SHARE),), 0.0
    )  # fmt: skip
    state.dispatch(busy, _chunk(0), 60.0)
    state.preempt("n0", "large", [busy, idle])
    state.capacity_changed = False
    for name in (busy, idle, loading):
        state.stop_replica(name)
    work = state.models["a"]
    assert (state.replicas, work.replicas, work.accepting, work.retiring) == ({}, {}, {}, {})
    assert (work.idle, state.models_idle, state.on_node["n0"], work.ready) == ({}, {}, {}, 0)
    assert state.nodes.free("n0") == state.reclaimable.free("n0") == NODE
    assert state.capacity_changed


def test_a_node_that_joins_may_have_room() -> None:
    state = _state()
    state.capacity_changed = False
    state.node_joined("n1", NODE)
    assert state.capacity_changed
    assert state.nodes.gpus == state.reclaimable.gpus == 8
    assert state.on_node == {"n0": {}, "n1": {}}
