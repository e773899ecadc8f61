"""Choice of the model that gets the next replica, and of the idle replicas that give way."""

from __future__ import annotations

import pytest

from culture_ray.sweep.plan.resources import Resources
from culture_ray.sweep.schedule.actions import Start, Stop
from culture_ray.sweep.schedule.chunks import Chunk
from culture_ray.sweep.schedule.nodes import Place
from culture_ray.sweep.schedule.records import ModelWork
from culture_ray.sweep.schedule.scaling import _is_worth_loading
from tests.sweep.schedule.cluster_steps import Cluster, chunks, kinds, spec


def _started(cluster: Cluster) -> list[str]:
    return [action.model for action in cluster.decide() if isinstance(action, Start)]


@pytest.mark.parametrize("most", [1, 2, 3])
def test_a_model_gets_no_more_replicas_than_it_may_have(most: int) -> None:
    cluster = Cluster(Resources(gpus=4, cpus=8))
    cluster.work(spec("a", max_replicas=most), 100, 1e6)
    assert _started(cluster) == ["a"] * most


def _work(waiting: int, suspects: int, replicas: int, work_s: float) -> ModelWork:
    work = ModelWork(spec("a"), load_s=10.0, tokens_per_s=1.0)
    for chunk in chunks("a", waiting, 0.0):
        work.enqueue(chunk)
    for i in range(suspects):
        work.enqueue(Chunk(f"s/{i}", 0, 4, 0.0, deaths=2))
    work.tokens = work_s
    work.replicas = dict.fromkeys(map(str, range(replicas)))
    return work


@pytest.mark.parametrize(
    ("work", "worth"),
    [
        (_work(0, 0, 0, 0.0), True),  # a model without a replica needs one
        (_work(1, 2, 2, 100.0), True),  # a third chunk, a suspect, has none yet
        (_work(1, 2, 3, 100.0), False),
        (_work(9, 0, 2, 20.0), False),  # 10 s of loading save 10 s of work
        (_work(9, 0, 2, 20.1), True),
        (_work(9, 0, 1, 10.1), True),
    ],
)
def test_a_replica_is_worth_loading_if_the_work_ends_sooner_with_it(
    work: ModelWork, worth: bool
) -> None:
    assert _is_worth_loading(work) is worth


def test_a_model_whose_work_is_too_little_gets_no_replica_on_a_node_that_joins() -> None:
    cluster = Cluster(Resources(gpus=1, cpus=8))
    cluster.work(spec("a", load_s=1000.0), 50, 100.0)
    assert _started(cluster) == ["a"]
    cluster.state.node_joined("new", Resources(gpus=1, cpus=8))
    assert _started(cluster) == []


def test_a_model_without_a_replica_comes_first_where_the_time_left_is_equal() -> None:
    cluster = Cluster(Resources(gpus=1, cpus=8))
    for name in ("b", "a"):
        cluster.work(spec(name), 4, 1e4)
    assert _started(cluster) == ["a"], "in the order of names where nothing else tells"
    cluster.state.models["a"].load_s = cluster.state.models["b"].load_s = 0.0
    cluster.state.node_joined("new", Resources(gpus=1, cpus=8))
    assert _started(cluster) == ["b"]


def test_no_model_waits_for_the_second_replica_of_one_that_would_end_sooner_than_it() -> None:
    # Another would free a place in 160 s at the soonest: 320 s in all for the shorter one.
    for longer_s, order in ((200.0, ["a", "b"]), (259.0, ["a", "b"]), (261.0, ["a", "a"])):
        cluster = Cluster(Resources(gpus=2, cpus=8))
        cluster.work(spec("a"), 4, longer_s * 100.0 / 4)
        cluster.work(spec("b"), 4, 100.0 * 100.0 / 4)
        assert _started(cluster) == order, longer_s


def test_a_reservation_ends_when_its_model_needs_no_replica_any_more() -> None:
    cluster = Cluster(Resources(gpus=2, cpus=8))
    cluster.work(spec("small"), 50, 1e5)
    cluster.start()
    cluster.work(spec("large", need=Resources(gpus=2, cpus=2)), 2, 1.0)
    cluster.state.preempt("n0", "large", [])
    cluster.decide()
    assert cluster.state.preempted == {"n0": "large"}, "it has none yet"
    cluster.state.stop_dispatching("large", "no money")
    cluster.decide()
    assert cluster.state.preempted == {}


def test_a_reservation_ends_when_its_model_has_replicas_enough() -> None:
    cluster = Cluster(Resources(gpus=2, cpus=8), Resources(gpus=2, cpus=8))
    cluster.work(spec("large", need=Resources(gpus=2, cpus=2)), 1, 1e6)
    assert _started(cluster) == ["large"]
    cluster.state.preempt("n1", "large", [])
    cluster.state.capacity_changed = True
    cluster.decide()
    assert cluster.state.preempted == {}


def _idle(cluster: Cluster, model: str, *places: Place) -> str:
    name = cluster.state.start_replica(model, places, cluster.now)
    cluster.state.replica_ready(name, cluster.now)
    return name


def test_of_an_idle_replica_on_two_nodes_only_its_share_of_the_node_counts() -> None:
    cluster = Cluster(*[Resources(gpus=8, cpus=8)] * 2)
    for name in ("huge", "small"):
        cluster.state.add_model(spec(name))
    shares = Place("n0", Resources(8, 1)), Place("n1", Resources(4, 1))
    idle = {_idle(cluster, "huge", *shares), _idle(cluster, "small", Place("n1", Resources(4, 1)))}
    cluster.work(spec("large", need=Resources(gpus=8, cpus=1)), 1)
    cluster.state.models["large"].avoid.add("n0")
    actions = cluster.decide()
    assert kinds(actions) == ["Stop", "Stop", "Start"]
    assert {action.replica for action in actions if isinstance(action, Stop)} == idle


def test_a_replica_stopped_for_its_place_on_one_node_frees_its_place_on_the_next() -> None:
    cluster = Cluster(*[Resources(gpus=4, cpus=8)] * 2)
    for name in ("huge", "small"):
        cluster.state.add_model(spec(name))
    shares = Place("n0", Resources(4, 1)), Place("n1", Resources(4, 1))
    wide = _idle(cluster, "huge", *shares)
    cpu = _idle(cluster, "small", Place("n1", Resources(0, 1)))
    cluster.work(spec("large", need=Resources(gpus=8, cpus=2)), 1)
    actions = cluster.decide()
    assert [action.replica for action in actions if isinstance(action, Stop)] == [wide]
    assert cpu in cluster.state.replicas
    assert kinds(actions)[-1] == "Start"


@pytest.mark.parametrize(("idle", "expected"), [(1, []), (2, ["Stop", "Start"])])
def test_at_the_limit_on_replicas_one_idle_replica_gives_way_if_that_is_enough(
    idle: int, expected: list[str]
) -> None:
    cluster = Cluster(Resources(gpus=8, cpus=8), max_replicas=2)
    cluster.state.add_model(spec("a"))
    for _ in range(2):
        _idle(cluster, "a", Place("n0", Resources(1, 1)))
    if idle == 1:
        cluster.state.max_replicas = 1  # one more than may be loaded are
    cluster.work(spec("b"), 1)
    assert kinds(cluster.decide()) == expected


def test_below_the_limit_on_replicas_no_idle_one_goes_in_vain() -> None:
    cluster = Cluster(Resources(gpus=2, cpus=8), max_replicas=3)
    cluster.state.add_model(spec("a"))
    _idle(cluster, "a", Place("n0", Resources(1, 1)))
    cluster.work(spec("large", need=Resources(gpus=4, cpus=1)), 1)
    assert cluster.decide() == []


def test_a_model_that_avoids_nodes_does_not_speak_for_others_with_its_need() -> None:
    cluster = Cluster(Resources(gpus=1, cpus=8))
    cluster.work(spec("a", load_s=1000.0), 5)
    cluster.work(spec("b"), 5)
    cluster.state.models["a"].avoid.add("n0")
    assert _started(cluster) == ["b"]


@pytest.mark.parametrize(
    ("replicas", "waiting", "in_flight", "worth"),
    [(0, 1, 100, True), (1, 25, 100, False), (1, 26, 100, True), (2, 50, 100, False),
     (2, 51, 100, True), (9, 9, 1, False)],
)  # fmt: skip
def test_a_model_behind_a_limit_gets_another_replica_only_for_requests_that_have_no_place(
    replicas: int, waiting: int, in_flight: int, worth: bool
) -> None:
    """However slow its limit makes it look: chunks here have 4 requests, and years of work."""
    work = _work(0, 0, replicas, 0.0)
    work.spec = spec("a", limited_outside=True, in_flight=in_flight)
    work.tokens_per_s = 1e-9
    for chunk in chunks("a", waiting):
        work.enqueue(chunk)
        work.requests += chunk.size
    assert _is_worth_loading(work) is worth
