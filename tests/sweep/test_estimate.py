"""Estimates follow from the shapes of the models, without weights and without a GPU."""

from __future__ import annotations

from dataclasses import replace

import pytest

from culture_ray.engines.model import Architecture, Model
from culture_ray.sweep.estimate import (
    CHARACTERS_PER_TOKEN,
    estimate,
    kv_bytes_per_token,
    smallest_tensor_parallel,
)

GEMMA_27B = Model(
    engine="vllm",
    family="gemma",
    source="google/gemma-2-27b-it",
    parameters=27.2e9,
    architecture=Architecture(46, 4608, 32, 16, 128, 256000),
    max_model_len=4096,
)
API = Model(engine="openai", family="openai", source="gpt-4o", gpus_per_replica=0)


def hardware(model: Model, gpu_gib: float = 80.0) -> str:
    return estimate(model, 1, 1.0, 1.0, gpu_gib).hardware


def test_the_cache_of_a_token_is_two_tensors_per_layer_and_head() -> None:
    assert kv_bytes_per_token(GEMMA_27B) == 2 * 46 * 16 * 128 * 2
    assert kv_bytes_per_token(replace(GEMMA_27B, dtype="float32")) == 2 * 46 * 16 * 128 * 4


def test_a_model_without_a_stated_architecture_has_no_cache_size() -> None:
    with pytest.raises(ValueError, match="google/gemma-2-27b-it has no architecture"):
        kv_bytes_per_token(replace(GEMMA_27B, architecture=None))
    assert estimate(replace(GEMMA_27B, architecture=None), 1, 1, 1, 80).kv_kib_per_token is None


@pytest.mark.parametrize(("gib", "gpus"), [(141, 1), (80, 1), (48, 2), (40, 2), (24, 4), (16, 8)])
def test_the_fewest_gpus_hold_weights_cache_and_activations(gib: float, gpus: int) -> None:
    assert smallest_tensor_parallel(GEMMA_27B, gib) == gpus


def test_only_counts_that_divide_the_heads_are_taken() -> None:
    six_heads = replace(GEMMA_27B, architecture=Architecture(46, 4608, 6, 6, 128, 256000))
    assert smallest_tensor_parallel(six_heads, 48) == 2
    assert smallest_tensor_parallel(six_heads, 24) is None


def test_the_size_of_a_model_that_is_not_stated_is_not_guessed() -> None:
    assert smallest_tensor_parallel(API, 80) is None
    assert smallest_tensor_parallel(replace(GEMMA_27B, parameters=None), 80) is None


def test_hardware_is_said_in_words_and_what_to_change_where_it_does_not_fit() -> None:
    assert hardware(API) == "an API key"
    assert hardware(GEMMA_27B) == "1 GPU, 80 GiB"
    assert hardware(GEMMA_27B, 40).endswith("does not fit: set gpus_per_replica to 2")
    assert hardware(replace(GEMMA_27B, gpus_per_replica=2), 40) == "2 GPU, 40 GiB"
    assert hardware(GEMMA_27B, 2).endswith("fits on no number of these GPUs")
    on_cpu = replace(GEMMA_27B, gpus_per_replica=0, cpus_per_replica=2, memory_gib=5)
    assert hardware(on_cpu) == "2 cores, 5 GiB"


def test_a_gpu_model_of_unknown_size_is_not_said_to_fit_nowhere() -> None:
    for part in ("parameters", "architecture"):
        unknown = replace(GEMMA_27B, **{part: None})
        assert hardware(unknown) == "1 GPU, 80 GiB, if it fits: no size stated"


def test_totals_are_passed_on_and_characters_become_tokens() -> None:
    found = estimate(GEMMA_27B, 10, 7200.0, 500.0, 80.0)
    assert (found.requests, found.output_tokens) == (10, 500.0)
    assert found.prompt_tokens == pytest.approx(7200 / CHARACTERS_PER_TOKEN)
    assert found.weights_gib == pytest.approx(27.2e9 * 2 / 2**30)
    assert estimate(API, 1, 1, 1, 80).weights_gib is None
