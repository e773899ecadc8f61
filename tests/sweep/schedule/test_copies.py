"""Copies at the end of a model's work: of late chunks, and from the ends of long queues."""

from __future__ import annotations

import pytest

from culture_ray.sweep.plan.resources import Resources
from culture_ray.sweep.schedule.actions import Action, Cancel, Dispatch
from culture_ray.sweep.schedule.chunks import Chunk
from tests.sweep.schedule.cluster_steps import SIZE, Cluster, chunks, spec

ALL = 6
"""Chunks of the model; the first replica to be ready gets all of them."""


def with_a_queue(took: float, helpers: int = 1, **changes: object) -> tuple[Cluster, list[str]]:
    """Return a cluster whose first replica has done one of its chunks in `took` seconds.

    The other replicas are ready now, and nothing waits for them.
    """
    cluster = Cluster(Resources(gpus=1 + helpers, cpus=8))
    cluster.work(spec("a", in_flight=16, **changes), ALL, 1e5)
    cluster.decide()
    first, *others = cluster.loading
    cluster.ready(first)
    dispatches = cluster.decide()
    assert [action.chunk for action in dispatches if isinstance(action, Dispatch)] == chunks(
        "a", ALL, 1e5
    )
    cluster.now += took
    cluster.state.requests_settled(first, SIZE, cluster.now)
    cluster.state.chunk_done(first, chunks("a", 1, 1e5)[0], cluster.now)
    cluster.ready(*others)
    return cluster, [first, *others]


def copied(actions: list[Action]) -> list[tuple[str, str]]:
    """Return the replica and the unit of each copy."""
    found = [action for action in actions if isinstance(action, Dispatch)]
    assert all(action.copy for action in found)
    return [(action.replica, action.chunk.unit) for action in found]


def test_a_replica_that_is_ready_late_takes_half_of_a_long_queue_from_its_end() -> None:
    cluster, (_, late) = with_a_queue(took=10.0)
    assert copied(cluster.decide()) == [(late, "a/5"), (late, "a/4")]
    assert cluster.decide(0.5) == [], "it has its share"


def test_two_late_replicas_take_different_chunks() -> None:
    cluster, (_, *late) = with_a_queue(took=10.0, helpers=2)
    cluster.decide()
    cluster.decide(0.5)
    given = copied([action for action in cluster.said if getattr(action, "copy", False)])
    assert {replica for replica, _ in given} == set(late)
    assert len({unit for _, unit in given}) == len(given)


def test_the_replica_that_commits_first_ends_the_other_try() -> None:
    cluster, (first, late) = with_a_queue(took=10.0)
    cluster.decide()
    last = chunks("a", ALL, 1e5)[-1]
    cluster.state.chunk_done(late, last, cluster.now + 1.0)
    assert Cancel(first, last) in cluster.decide()


@pytest.mark.parametrize(("took", "helped"), [(1.0, False), (0.99, False), (1.01, True)])
def test_a_queue_that_ends_within_five_seconds_is_not_long(took: float, helped: bool) -> None:
    # 20 requests are left, and four took this long: five times as long for all of them.
    cluster, _ = with_a_queue(took=took)
    assert bool(copied(cluster.decide())) is helped


def test_a_queue_is_long_when_it_is_more_than_twice_what_the_idle_replica_would_have() -> None:
    cluster, (first, late) = with_a_queue(took=10.0)
    for number, chunk in enumerate(chunks("a", 4, 1e5)[1:]):
        cluster.state.chunk_done(first, chunk, cluster.now + number)
    assert cluster.state.replicas[first].outstanding == 2 * SIZE
    assert copied(cluster.decide()) == []
    assert cluster.state.models["a"].idle == {late: None}


def test_the_queue_that_lasts_longest_is_helped_first() -> None:
    cluster = Cluster(Resources(gpus=3, cpus=8))
    cluster.work(spec("a", in_flight=8), ALL, 1e5)
    cluster.decide()
    quick, slow, late = cluster.loading
    cluster.ready(quick, slow)
    held = {action.chunk: action.replica for action in cluster.decide()
            if isinstance(action, Dispatch)}  # fmt: skip
    of = {name: [chunk for chunk, by in held.items() if by == name] for name in (quick, slow)}
    assert [len(of[name]) for name in (quick, slow)] == [3, 3]
    cluster.state.requests_settled(quick, 1, cluster.now + 1.0)
    cluster.state.requests_settled(slow, 1, cluster.now + 10.0)
    cluster.now += 10.0
    cluster.ready(late)
    assert copied(cluster.decide()) == [(late, of[slow][-1].unit)]


def test_nothing_is_copied_before_a_rate_is_known_or_where_requests_cost() -> None:
    cluster = Cluster(Resources(gpus=2, cpus=8))
    cluster.work(spec("a", in_flight=16), ALL, 1e5)
    cluster.decide()
    first, late = cluster.loading
    cluster.ready(first)
    cluster.decide()
    cluster.ready(late)
    assert cluster.decide(1.0) == []
    paid, _ = with_a_queue(took=10.0, copies=False)
    assert paid.decide() == []


def test_a_chunk_is_copied_once() -> None:
    cluster, (first, late) = with_a_queue(took=10.0)
    given = copied(cluster.decide())
    for name in (first, late):
        assert len(cluster.state.replicas[name].assigned) == len(
            set(cluster.state.replicas[name].assigned)
        )
    copyable = cluster.state.models["a"].copyable
    assert not {unit for _, unit in given} & {chunk.unit for chunk in copyable}


def test_a_replica_with_a_short_queue_helps_and_one_that_retires_does_not() -> None:
    cluster, (_, late) = with_a_queue(took=10.0)
    cluster.state.add_chunks("a", [Chunk("a/9", 0, 3, 1e5)])
    given = [action for action in cluster.decide() if isinstance(action, Dispatch)]
    assert [(one.replica, one.chunk.unit, one.copy) for one in given] == [
        (late, "a/9", False), (late, "a/5", True),
    ]  # fmt: skip
    retiring, (_, late) = with_a_queue(took=10.0)
    del retiring.state.models["a"].accepting[late]  # as of every replica that retires
    assert retiring.decide() == []


def test_a_model_that_is_dispatched_no_more_gets_no_copies() -> None:
    cluster, _ = with_a_queue(took=10.0)
    cluster.state.stop_dispatching("a", "its key is refused")
    assert cluster.decide() == []


def test_a_replica_that_runs_a_suspect_alone_gets_no_copies() -> None:
    cluster, (_, late) = with_a_queue(took=10.0)
    suspect = Chunk("a/9", 0, 1, 1e5, deaths=2)
    cluster.state.add_chunks("a", [suspect])
    assert cluster.decide() == [Dispatch(late, suspect)]
    assert cluster.decide(0.5) == []
