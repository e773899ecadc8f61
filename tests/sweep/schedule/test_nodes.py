"""Places are found on the node with least left, and spread over nodes only if necessary."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from culture_ray.sweep.plan.resources import Resources
from culture_ray.sweep.schedule.nodes import Nodes, Place

needs = st.builds(
    Resources,
    gpus=st.sampled_from((0.0, 1.0, 2.0, 5.0, 12.0)),
    cpus=st.sampled_from((1.0, 2.5)),
    memory_gib=st.sampled_from((0.0, 3.3)),
)


@given(
    st.lists(st.tuples(st.integers(0, 8), st.integers(1, 16)), min_size=1, max_size=6),
    st.lists(needs, max_size=12),
)
def test_what_is_found_fits_and_what_is_given_back_is_all_there(
    machines: list[tuple[int, int]], wanted: list[Resources]
) -> None:
    nodes = Nodes()
    total = {f"n{i}": Resources(g, c, 10.0) for i, (g, c) in enumerate(machines)}
    for name, has in total.items():
        nodes.join(name, has)
    taken: list[tuple[Place, ...]] = []
    for need in wanted:
        free = {name: nodes.free(name) for name in total}
        places = nodes.find(need)
        if places is None:
            assert not any(has.holds(need) for has in free.values())
            continue
        assert sum(place.takes.gpus for place in places) == need.gpus
        assert all(free[place.node].holds(place.takes) for place in places)
        assert len({place.node for place in places}) == len(places)
        assert len(places) == 1 or need.gpus > nodes.largest.gpus
        nodes.take(places)
        taken.append(places)
    for places in taken:
        nodes.give_back(places)
    assert {name: nodes.free(name) for name in total} == total


def test_the_machine_that_is_left_least_of_is_taken() -> None:
    nodes = Nodes()
    for name, gpus in (("a", 8), ("b", 2), ("c", 4)):
        nodes.join(name, Resources(gpus, 8))
    found = [nodes.find(Resources(gpus, 1)) for gpus in (1, 3, 5, 9)]
    assert [places and [p.node for p in places] for places in found] == [
        ["b"], ["c"], ["a"], ["a", "c"],
    ]  # fmt: skip
    assert nodes.find(Resources(15, 1)) is None


def test_machines_that_are_avoided_or_gone_are_not_taken() -> None:
    nodes = Nodes()
    nodes.join("a", Resources(8, 8))
    nodes.join("b", Resources(8, 8))
    assert nodes.find(Resources(1, 1), {"a"}) == (Place("b", Resources(1, 1)),)
    nodes.leave("b")
    assert nodes.find(Resources(1, 1), {"a"}) is None
    nodes.give_back([Place("b", Resources(1, 1))])
    assert list(nodes) == ["a"]


def test_candidates_are_nodes_large_enough_those_with_most_free_first() -> None:
    nodes = Nodes()
    for name, gpus in (("small", 2), ("full", 8), ("half", 8), ("free", 8)):
        nodes.join(name, Resources(gpus, 8))
    nodes.take([Place("full", Resources(8, 1)), Place("half", Resources(4, 1))])
    assert list(nodes.candidates(Resources(4, 1))) == ["free", "half", "full"]


def test_a_node_that_leaves_counts_no_more() -> None:
    nodes = Nodes()
    nodes.join("a", Resources(8, 4, 2))
    nodes.join("b", Resources(2, 16, 1))
    assert (nodes.gpus, nodes.largest) == (10, Resources(8, 16, 2))
    nodes.leave("a")
    assert (nodes.gpus, nodes.largest) == (2, Resources(2, 16, 1))
    assert list(nodes.candidates(Resources())) == ["b"]


@pytest.mark.parametrize(
    ("node", "need", "gpus"),
    [
        (Resources(8, 4, 100), Resources(12, 12, 12), [4, 4, 4]),
        (Resources(8, 100, 4), Resources(12, 12, 12), [4, 4, 4]),
        (Resources(8, 2, 2), Resources(12, 0, 0), [8, 4]),
        (Resources(8, 3.9, 100), Resources(12, 12, 12), None),
    ],
)
def test_what_is_spread_finds_cpus_and_memory_for_each_of_its_gpus(
    node: Resources, need: Resources, gpus: list[float] | None
) -> None:
    nodes = Nodes()
    for name in "abc":
        nodes.join(name, node)
    places = nodes.find(need)
    assert (places and [place.takes.gpus for place in places]) == gpus
