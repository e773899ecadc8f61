"""The limit of a GPU follows from its data and the model's shape, and from nothing else."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from culture_ray.engines.model import Model
from culture_ray.engines.model_shape import Architecture
from culture_ray.sweep.plan.roofline import (
    ACTIVATIONS_GIB,
    NEAR_BEST,
    EngineLoad,
    Gpu,
    Roof,
    best_roof,
    cache_bytes,
    chosen_sequences,
    roof,
    roofs,
    tensor_parallel_sizes,
)

GEMMA_27B = Model(
    engine="vllm",
    family="gemma",
    source="google/gemma-2-27b-it",
    parameters=27.2e9,
    architecture=Architecture(46, 4608, 32, 16, 128, 256000),
    max_model_len=4096,
    engine_args={"max_num_seqs": 256, "gpu_memory_utilization": 0.9},
)
H100 = Gpu("H100", 80, 3.35, 989)
LOAD = EngineLoad(prompt=100, output=400)


def test_the_cache_of_a_token_is_two_tensors_per_layer_and_head() -> None:
    assert cache_bytes(GEMMA_27B, 1) == 2 * 46 * 16 * 128 * 2
    assert cache_bytes(GEMMA_27B, 300, gpus=4) == 300 * 2 * 46 * 4 * 128 * 2
    assert cache_bytes(replace(GEMMA_27B, dtype="float32"), 1) == 2 * 46 * 16 * 128 * 4
    fp8 = replace(GEMMA_27B, engine_args={"kv_cache_dtype": "fp8_e5m2"})
    assert cache_bytes(fp8, 1) == 2 * 46 * 16 * 128


def test_heads_that_are_fewer_than_gpus_are_held_by_several() -> None:
    assert cache_bytes(GEMMA_27B, 1, gpus=32) == 2 * 46 * 1 * 128 * 2


def test_a_layer_with_a_window_keeps_no_more_than_the_window() -> None:
    shape = Architecture(46, 4608, 32, 16, 128, 256000, sliding_layers=23, sliding_window=100)
    windowed = replace(GEMMA_27B, architecture=shape)
    assert cache_bytes(windowed, 100) == cache_bytes(GEMMA_27B, 100)
    assert cache_bytes(windowed, 300) == cache_bytes(GEMMA_27B, 200)


def test_one_gpu_by_hand() -> None:
    # Room: 0.9 x 80 GiB - 2 GiB of activations - 54.4 GB of weights = 20.76 GB. A sequence of 300
    # tokens keeps 300 x 376,832 = 113.0 MB, so 183.7 sequences. A step reads 54.4 + 20.76 GB in
    # 22.44 ms. 400 tokens of output take 400 steps; a prompt of 100 tokens 5.5 ms of computing.
    found = roof(GEMMA_27B, H100, LOAD, 1)
    assert found is not None
    room = 70 * 2**30 - 54.4e9
    sequences = room / (300 * 376_832)
    step = (54.4e9 + room) / 3.35e12
    prompt = 2 * 27.2e9 * 100 / 989e12
    assert sequences == pytest.approx(183.7, abs=0.1)
    assert step == pytest.approx(22.44e-3, rel=1e-3)
    assert found.sequences == pytest.approx(sequences)
    assert found.tokens_per_s == pytest.approx(400 / (400 * step / sequences + prompt))


def test_two_gpus_by_hand() -> None:
    # Half the weights and half the cache on each GPU: 256 sequences, as many as the engine takes.
    found = roof(GEMMA_27B, H100, LOAD, 2)
    assert found is not None
    step = (27.2e9 + 256 * 300 * 376_832 / 2) / 3.35e12
    prompt = 2 * 27.2e9 * 100 / (2 * 989e12)
    assert found.sequences == 256
    assert found.tokens_per_s == pytest.approx(400 / (400 * step / 256 + prompt))
    assert found.per_gpu == found.tokens_per_s / 2


def test_computing_is_the_limit_where_memory_is_fast() -> None:
    quick = replace(H100, bandwidth_tb_s=1000.0)
    found = roof(GEMMA_27B, quick, EngineLoad(prompt=0, output=400), 1)
    assert found is not None
    assert found.tokens_per_s == pytest.approx(989e12 / (2 * 27.2e9))


def test_the_best_size_is_not_the_smallest_that_fits_when_memory_is_short() -> None:
    found = roofs(GEMMA_27B, H100, LOAD)
    chosen = best_roof(found)
    assert chosen is not None
    assert found[0].gpus == 1
    assert chosen.gpus == 2
    small = replace(GEMMA_27B, parameters=2.6e9, architecture=Architecture(26, 2304, 8, 4, 256, 9))
    chosen = best_roof(roofs(small, H100, LOAD))
    assert chosen is not None
    assert chosen.gpus == 1


@pytest.mark.parametrize(("gib", "gpus"), [(141, 1), (80, 1), (48, 2), (40, 2), (24, 4), (16, 8)])
def test_the_fewest_gpus_hold_weights_cache_and_activations(gib: float, gpus: int) -> None:
    assert roofs(GEMMA_27B, replace(H100, memory_gib=gib), LOAD)[0].gpus == gpus


def test_only_sizes_that_divide_both_kinds_of_heads_are_taken() -> None:
    assert tensor_parallel_sizes(Architecture(1, 1, 32, 16, 1, 1)) == [1, 2, 4, 8, 16, 32]
    assert tensor_parallel_sizes(Architecture(1, 1, 40, 8, 1, 1)) == [1, 2, 4, 8, 40]
    assert tensor_parallel_sizes(Architecture(1, 1, 6, 6, 1, 1)) == [1, 2, 3, 6]
    assert tensor_parallel_sizes(Architecture(1, 1, 4, 1, 1, 1)) == [1, 2, 4]


def test_a_size_or_shape_that_is_not_known_is_not_guessed() -> None:
    assert roofs(replace(GEMMA_27B, parameters=None), H100, LOAD) == []
    assert roofs(replace(GEMMA_27B, architecture=None), H100, LOAD) == []


def test_samples_of_a_prompt_share_its_computing() -> None:
    once, shared = (
        roof(GEMMA_27B, H100, EngineLoad(prompt=1000, output=100, samples=n), 2) for n in (1, 10)
    )
    assert once is not None
    assert shared is not None
    assert shared.tokens_per_s > 1.5 * once.tokens_per_s


def test_quantised_weights_leave_room_and_are_read_faster() -> None:
    quantised = replace(GEMMA_27B, weight_bits=4)
    embeddings = 256000 * 4608
    assert quantised.weight_bytes == pytest.approx(embeddings * 2 + (27.2e9 - embeddings) / 2)
    plain, small = roof(GEMMA_27B, H100, LOAD, 1), roof(quantised, H100, LOAD, 1)
    assert plain is not None
    assert small is not None
    assert small.tokens_per_s > 1.5 * plain.tokens_per_s


def test_of_a_mixture_all_experts_are_read_and_few_computed() -> None:
    shape = replace(GEMMA_27B.architecture, active_parameters=2.72e9)  # type: ignore[type-var]
    mixture = replace(GEMMA_27B, architecture=shape)
    quick = replace(H100, bandwidth_tb_s=1000.0)
    dense, sparse = (roof(m, quick, EngineLoad(0, 400), 1) for m in (GEMMA_27B, mixture))
    assert dense is not None
    assert sparse is not None
    assert 5 < sparse.tokens_per_s / dense.tokens_per_s <= 10


gpus = st.builds(
    Gpu,
    name=st.just("any"),
    memory_gib=st.floats(8, 300),
    bandwidth_tb_s=st.floats(0.1, 20),
    tflops=st.floats(10, 5000),
)
models = st.builds(
    lambda billions, layers, shape, length: Model(
        "vllm", "f", "s",
        parameters=billions * 1e9,
        architecture=Architecture(layers, shape[0] * 128, shape[0], shape[1], 128, 32000),
        max_model_len=length,
    ),
    st.floats(0.1, 200),
    st.integers(1, 100),
    st.sampled_from([(8, 4), (16, 8), (32, 32), (40, 8), (64, 1)]),
    st.integers(512, 8192),
)  # fmt: skip
loads = st.builds(EngineLoad, prompt=st.floats(1, 2000), output=st.floats(1, 2000))


@given(models, gpus, loads, st.sampled_from([1, 2, 4, 8]), st.floats(1, 4))
def test_a_better_gpu_is_never_slower(
    model: Model, gpu: Gpu, load: EngineLoad, size: int, times: float
) -> None:
    found = roof(model, gpu, load, size)
    assume(found is not None)
    assert found is not None
    for part in ("memory_gib", "bandwidth_tb_s", "tflops"):
        better = roof(model, replace(gpu, **{part: getattr(gpu, part) * times}), load, size)
        assert better is not None
        assert better.tokens_per_s >= found.tokens_per_s * (1 - 1e-9)


@pytest.mark.slow
@given(models, gpus, loads, st.sampled_from([1, 2, 4, 8]))
def test_no_limit_is_above_what_reading_and_computing_allow(
    model: Model, gpu: Gpu, load: EngineLoad, size: int
) -> None:
    found = roof(model, gpu, load, size)
    assume(found is not None)
    assert found is not None
    assert model.parameters is not None
    computing = size * gpu.tflops * 1e12 / (2 * model.parameters)
    cache = cache_bytes(model, load.context, size)
    assert 0 < found.tokens_per_s <= computing * (1 + 1e-9)
    assert found.tokens_per_s <= gpu.bandwidth_tb_s * 1e12 / cache
    held = model.weight_bytes / size + found.sequences * cache  # type: ignore[operator]
    assert held <= (0.92 * gpu.memory_gib - ACTIVATIONS_GIB) * 2**30 * (1 + 1e-9)


@given(models, gpus, loads)
def test_the_best_size_has_nearly_the_most_per_gpu_on_fewest_gpus(
    model: Model, gpu: Gpu, load: EngineLoad
) -> None:
    found = roofs(model, gpu, load)
    chosen = best_roof(found)
    assert (chosen is None) == (not found)
    assert [one.gpus for one in found] == sorted(one.gpus for one in found)
    for one in found:
        assert chosen is not None
        assert chosen.per_gpu >= NEAR_BEST * one.per_gpu
        assert one.gpus >= chosen.gpus or one.per_gpu < chosen.per_gpu / NEAR_BEST


def test_where_sequences_are_to_be_chosen_each_has_room_for_its_logits() -> None:
    # As above, with 12 bytes for each of 256,000 words beside the cache of a sequence.
    found = roof(replace(GEMMA_27B, engine_args={"gpu_memory_utilization": 0.9}), H100, LOAD, 1)
    assert found is not None
    room = 70 * 2**30 - 54.4e9
    assert found.sequences == pytest.approx(room / (300 * 376_832 + 12 * 256_000))
    assert chosen_sequences(found) == 256
    assert chosen_sequences(replace(found, sequences=543.9)) == 536


def test_a_larger_replica_has_to_be_clearly_faster_per_gpu() -> None:
    sizes = [Roof(1, 256, 950.0), Roof(2, 256, 2000.0), Roof(4, 256, 3900.0)]
    assert best_roof(sizes) == sizes[0]
    assert best_roof([replace(sizes[0], tokens_per_s=780.0), *sizes[1:]]) == sizes[1]
    assert best_roof([]) is None
