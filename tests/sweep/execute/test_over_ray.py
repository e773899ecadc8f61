"""On a real Ray: a function over parts, in order, and Ray is as it was afterwards."""

from __future__ import annotations

import time

import pytest
import ray

from culture_ray.errors import BadTable
from culture_ray.sweep.execute.over_ray import mapped
from culture_ray.sweep.plan.cluster import Cluster

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(300)]


def scaled(factor: int, part: list[int]) -> list[int]:
    if part == [0]:
        time.sleep(0.5)  # the first is the last to be done
    if part == [-1]:
        raise BadTable("minus one")
    return [factor * value for value in part]


def test_results_come_in_the_order_of_parts_and_ray_is_stopped() -> None:
    parts = [[value] for value in range(40)]
    assert list(mapped(scaled, 3, parts, Cluster())) == [[3 * value] for value in range(40)]
    assert not ray.is_initialized()


def test_an_error_comes_as_it_is_and_a_ray_that_ran_before_goes_on() -> None:
    ray.init("local", num_cpus=2, include_dashboard=False, log_to_driver=False)
    try:
        with pytest.raises(BadTable, match="minus one"):
            list(mapped(scaled, 3, [[1], [-1]], Cluster()))
        assert list(mapped(scaled, 2, [], Cluster())) == []
        assert ray.is_initialized()
    finally:
        ray.shutdown()


def test_parts_are_read_only_as_fast_as_results_are_taken() -> None:
    read = []

    def parts():
        for value in range(1000):
            read.append(value)
            yield [value]

    results = mapped(scaled, 1, parts(), Cluster())
    assert next(results) == [0]
    assert len(read) < 500
    results.close()
    assert not ray.is_initialized()
