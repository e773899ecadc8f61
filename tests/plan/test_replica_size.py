"""GPUs and sequences of a replica are chosen where a model's file leaves them open."""

from __future__ import annotations

from dataclasses import replace

import pytest

from culture_ray.engines.model import Model
from culture_ray.engines.model_shape import Architecture
from culture_ray.plan.replica_size import with_its_size
from culture_ray.sweep.plan.cluster import Cluster
from culture_ray.sweep.plan.estimate import estimate
from culture_ray.sweep.plan.roofline import Gpu

H100 = Gpu("H100", 79.6, 3.35, 989)
NODE = Cluster(gpu=H100, gpus_per_node=4)
OLMO_32B = Model(
    "vllm", "olmo", "allenai/OLMo-2-0325-32B-Instruct", parameters=3.22e10,
    architecture=Architecture(64, 5120, 40, 8, 128, 100352), choose_gpus=True,
)  # fmt: skip
GEMMA_2B = Model(
    "vllm", "gemma", "google/gemma-2-2b-it", parameters=2.614e9,
    architecture=Architecture(26, 2304, 8, 4, 256, 256000), choose_gpus=True,
)  # fmt: skip


def sized(model: Model, cluster: Cluster = NODE) -> Model:
    """A model with its size for prompts of 100 and responses of 400 tokens."""
    return with_its_size("model.m", model, 100.0, 400.0, 1, cluster)


def test_a_small_model_has_one_gpu_per_replica_and_replicas_on_all_of_them() -> None:
    small = sized(GEMMA_2B)
    assert small.gpus_per_replica == 1
    requests = 100_000
    planned = estimate(small, requests, 100.0 * requests, 400.0 * requests, NODE)
    assert planned.most_replicas == 4


def test_a_large_model_is_divided_where_each_gpu_then_does_more() -> None:
    large = sized(OLMO_32B)
    assert large.gpus_per_replica > 1
    one = replace(large, gpus_per_replica=1, engine_args={})
    alone, divided = (
        estimate(model, 1000, 1e5, 4e5, NODE).limit / model.gpus_per_replica
        for model in (one, large)
    )
    assert divided > 1.2 * alone


@pytest.mark.parametrize("model", [GEMMA_2B, OLMO_32B])
def test_sequences_at_once_follow_from_the_memory(model: Model) -> None:
    chosen = sized(model)
    sequences = chosen.engine_args["max_num_seqs"]
    assert 256 <= sequences <= 1024
    assert sequences % 8 == 0
    assert chosen.in_flight == 1.5 * sequences
    little = replace(NODE, gpu=replace(H100, memory_gib=20.0 if model is GEMMA_2B else 48.0))
    same = replace(model, choose_gpus=False, gpus_per_replica=chosen.gpus_per_replica)
    assert sized(same, little).engine_args["max_num_seqs"] < sequences


def test_more_sequences_are_faster_than_a_fixed_number() -> None:
    stated = replace(GEMMA_2B, engine_args={"max_num_seqs": 256})
    fixed, chosen = (
        estimate(sized(model), 1000, 1e5, 4e5, NODE).limit for model in (stated, GEMMA_2B)
    )
    assert chosen > 1.2 * fixed


def test_what_a_file_states_stays() -> None:
    stated = replace(GEMMA_2B, engine_args={"max_num_seqs": 64}, in_flight=96, choose_gpus=False)
    assert sized(stated) == stated
    few = sized(replace(GEMMA_2B, in_flight=8))
    assert few.in_flight == 8


@pytest.mark.parametrize(
    "model", [replace(GEMMA_2B, gpus_per_replica=0, choose_gpus=False), Model("openai", "g", "x")]
)
def test_models_without_gpus_are_left_as_they_are(model: Model) -> None:
    assert sized(model) == model
