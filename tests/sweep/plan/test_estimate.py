"""Estimates follow from the shapes of the models, without weights and without a GPU."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from culture_ray.engines.model import Model
from culture_ray.engines.model_shape import Architecture
from culture_ray.sweep.plan.cluster import Cluster
from culture_ray.sweep.plan.estimate import (
    PROBE,
    Estimate,
    MeasuredRate,
    allocate_replicas,
    estimate,
    gpu_seconds,
    seconds_left,
    wall_seconds,
)
from culture_ray.sweep.plan.roofline import Gpu

GEMMA_27B = Model(
    engine="vllm",
    family="gemma",
    source="google/gemma-2-27b-it",
    parameters=27.2e9,
    architecture=Architecture(46, 4608, 32, 16, 128, 256000),
    max_model_len=4096,
)
API = Model(engine="openai", family="openai", source="gpt-4o", gpus_per_replica=0)
EIGHT = Cluster(gpu=Gpu("any", 80, 3.35, 989), nodes=2, gpus_per_node=4)


def made(model: Model, cluster: Cluster = EIGHT, requests: int = 10_000) -> Estimate:
    return estimate(model, requests, requests * 100.0, requests * 400.0, cluster)


def hardware(model: Model, **cluster: Any) -> str:
    return made(model, replace(EIGHT, **cluster)).hardware


def part(busy_s: float | None, gpus: int = 1, load_s: float = 100.0, most: int = 99) -> Estimate:
    """A part of a stage that keeps one replica busy for so long."""
    rate = None if busy_s is None else 1000.0 / busy_s
    return Estimate(1, 1.0, 1000.0, 1e9, 1.0, "", gpus, gpus, gpus, rate, rate, load_s, most)


def test_hardware_is_said_in_words_and_what_to_change_where_it_does_not_fit() -> None:
    assert hardware(API) == "an API key"
    keyless = replace(API.api, key_variable=None)
    assert hardware(replace(API, api=keyless)) == "its server"
    in_header = replace(keyless, headers={"api-key": "$AZURE_KEY"})
    assert hardware(replace(API, api=in_header)) == "an API key"
    assert hardware(GEMMA_27B) == "1 GPU, 80 GiB"
    assert hardware(GEMMA_27B, gpu_memory_gib=40.0).endswith(
        "does not fit: set gpus_per_replica to 2"
    )
    two = replace(GEMMA_27B, gpus_per_replica=2)
    assert hardware(two, gpu_memory_gib=40.0) == "2 GPU, 40 GiB"
    assert hardware(GEMMA_27B, gpu_memory_gib=3.0).endswith(
        "does not fit on any number of these GPUs"
    )
    on_cpu = replace(GEMMA_27B, gpus_per_replica=0, cpus_per_replica=2, memory_gib=5)
    assert hardware(on_cpu) == "2 cores, 5 GiB"


def test_a_cluster_that_is_too_small_is_told_what_a_model_would_need() -> None:
    small = {"nodes": 1, "gpus_per_node": 2}
    assert hardware(GEMMA_27B, gpu_memory_gib=24.0, **small) == (
        "1 GPU, 24 GiB; does not fit: set gpus_per_replica to 4; the cluster has 2"
    )
    assert made(GEMMA_27B, replace(EIGHT, gpu_memory_gib=24.0)).most_replicas == 0
    four = replace(GEMMA_27B, gpus_per_replica=4)
    assert hardware(four, **small) == "4 GPU, 80 GiB; the cluster has 2"
    assert made(four, replace(EIGHT, **small)).most_replicas == 0  # type: ignore[arg-type]


def test_a_gpu_model_of_unknown_size_is_not_said_to_fit_nowhere() -> None:
    for gap in ("parameters", "architecture"):
        unknown = replace(GEMMA_27B, **{gap: None})
        assert hardware(unknown) == "1 GPU, 80 GiB, if it fits: no size stated"


def test_smallest_and_best_sizes_stand_beside_the_one_that_is_set() -> None:
    found = made(GEMMA_27B)
    assert (found.smallest, found.best, found.gpus) == (1, 2, 1)
    assert made(API).smallest is None


def test_the_best_size_stays_within_a_node_where_one_fits_there() -> None:
    assert made(GEMMA_27B, replace(EIGHT, nodes=1, gpus_per_node=8)).best == 2
    assert made(GEMMA_27B, replace(EIGHT, nodes=8, gpus_per_node=1)).best == 1
    assert made(GEMMA_27B, replace(EIGHT, gpu_memory_gib=16.0)).best == 8


def test_the_rate_reckoned_with_is_a_stated_share_of_the_limit_unless_one_was_measured() -> None:
    found = made(GEMMA_27B, replace(EIGHT, efficiency=0.25))
    assert found.limit is not None
    assert found.expected == pytest.approx(found.limit / 4)
    assert made(replace(GEMMA_27B, tokens_per_s=1234.0)).expected == 1234.0
    assert made(API).expected is None


def test_loading_takes_the_reading_of_the_weights_and_a_start() -> None:
    slow = replace(EIGHT, read_gib_s=0.5, start_s=30.0)
    assert made(GEMMA_27B, slow).load_s == pytest.approx(30 + 2 * 27.2e9 * 2 / 2**30)


def test_replicas_go_to_the_part_with_most_work_each() -> None:
    parts = [part(6000.0), part(2000.0)]
    assert allocate_replicas(parts, EIGHT) == [6, 2]
    assert allocate_replicas([part(6000.0, most=2), part(2000.0)], EIGHT) == [2, 6]
    assert allocate_replicas([part(6000.0, gpus=4), part(2000.0)], EIGHT) == [1, 4]


def test_no_replica_is_loaded_that_would_take_longer_to_load_than_it_works() -> None:
    assert allocate_replicas([part(250.0)], EIGHT) == [2]
    assert allocate_replicas([part(50.0)], EIGHT) == [1]
    assert allocate_replicas([part(None), part(100.0, most=0)], EIGHT) == [1, 0]


def test_a_stage_takes_as_long_as_its_longest_part_or_as_all_gpus_are_busy() -> None:
    one = [part(6000.0)]
    assert wall_seconds(one, [2], EIGHT) == 100 + 6000 / 2
    many = [part(700.0)] * 16
    assert gpu_seconds(many[0], 1) == 800.0
    assert wall_seconds(many, [1] * 16, EIGHT) == 16 * 800 / 8
    assert wall_seconds([part(None)], [1], EIGHT) == 0.0


@pytest.mark.slow
@given(
    st.lists(
        st.tuples(st.floats(1, 1e6), st.sampled_from([1, 2, 4]), st.integers(1, 50)),
        min_size=1,
        max_size=12,
    ),
    st.integers(4, 64),
)
def test_dealing_never_hands_out_more_gpus_than_there_are(
    given_parts: list[tuple[float, int, int]], gpus: int
) -> None:
    cluster = Cluster(nodes=1, gpus_per_node=gpus)
    parts = [part(busy, size, most=most) for busy, size, most in given_parts]
    dealt = allocate_replicas(parts, cluster)
    waiting = sum(one.gpus for one in parts)
    held = sum(one.gpus * count for one, count in zip(parts, dealt, strict=True))
    assert held <= max(gpus, waiting)
    assert all(1 <= count <= one.most_replicas for one, count in zip(parts, dealt, strict=True))
    wall = wall_seconds(parts, dealt, cluster)
    assert wall >= max((one.busy_s or 0) / one.most_replicas for one in parts)


def test_the_plans_figures_count_until_a_run_has_its_own() -> None:
    early = MeasuredRate(seconds=10.0, responses=PROBE - 1, output_tokens=100)
    assert seconds_left(1000, 300.0, 600.0, early) == pytest.approx(500.0)
    late = MeasuredRate(seconds=100.0, responses=PROBE * 4, output_tokens=PROBE * 4 * 80)
    assert seconds_left(1000, 300.0, 600.0, late) == pytest.approx(1000 * 100 / (PROBE * 4))
    assert seconds_left(0, 300.0, 600.0, late) == 0.0


def test_no_plan_holds_against_an_engine_that_has_had_its_requests_for_long() -> None:
    def left(seconds: float) -> float | None:
        return seconds_left(1000, 300.0, 600.0, MeasuredRate(seconds, 0, 0, in_flight=100))

    assert left(0.0) == left(49.0) == pytest.approx(500.0)
    assert left(180.0) == pytest.approx(1800.0)
    assert seconds_left(1000, 300.0, 600.0, MeasuredRate(90.0, 0, 0)) == pytest.approx(500.0)


def test_without_a_plan_the_first_responses_have_to_do_and_without_any_nothing_is_said() -> None:
    assert seconds_left(10, 300.0, None, MeasuredRate(8.0, 4, 100)) == pytest.approx(20.0)
    assert seconds_left(10, 300.0, None, MeasuredRate(8.0, 0, 0)) is None
