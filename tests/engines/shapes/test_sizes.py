"""Sizes reckoned from config.json agree with those that makers state, and with transformers'."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from culture_ray.engines.architecture import with_own_config
from culture_ray.engines.model import Model
from culture_ray.engines.shapes.sizes import sizes
from culture_ray.sweep.plan.roofline import cache_bytes, tensor_parallel_sizes

PUBLISHED: dict[str, dict[str, Any]] = {
    name: stated
    for file in ("published.yaml", "unusual.yaml")
    for name, stated in yaml.load(
        (Path(__file__).parent / file).read_text(encoding="utf-8"), yaml.CSafeLoader
    ).items()
}


def described(folder: Path, config: dict[str, Any]) -> Model:
    (folder / "config.json").write_text(json.dumps(config), encoding="utf-8")
    return with_own_config("m", Model("vllm", "f", str(folder)))


def as_stated(figure: float) -> Any:
    """Tolerance of a figure: two per cent, or half of the last digit of a rounded one."""
    return pytest.approx(figure, rel=0.02, abs=0.5 if figure == int(figure) else 0)


@pytest.mark.parametrize("name", PUBLISHED)
def test_sizes_are_those_that_the_maker_states(tmp_path: Path, name: str) -> None:
    stated = PUBLISHED[name]
    found = described(tmp_path, stated["config"])
    assert found.architecture is not None
    assert found.parameters is not None
    assert found.parameters / 1e9 == as_stated(stated["parameters"])
    active = found.architecture.active_parameters
    if "active" in stated:
        assert active is not None
        assert active / 1e9 == as_stated(stated["active"])
    if "gib" in stated:
        assert found.weight_gib == pytest.approx(stated["gib"], rel=0.02)


@pytest.mark.parametrize("name", PUBLISHED)
def test_caches_and_gpus_are_those_of_the_kind_of_model(tmp_path: Path, name: str) -> None:
    stated = PUBLISHED[name]
    found = described(tmp_path, stated["config"])
    assert found.architecture is not None
    state = stated.get("state", found.architecture.state)
    assert cache_bytes(found, 1) == 2 * (stated["cache"] + state)
    assert [n for n in tensor_parallel_sizes(found.architecture) if n <= 16] == stated["gpus"]


def test_latent_caches_are_whole_on_every_gpu(tmp_path: Path) -> None:
    found = described(tmp_path, PUBLISHED["deepseek_v3"]["config"])
    assert cache_bytes(found, 1000, gpus=8) == cache_bytes(found, 1000) == 2 * 35_136_000


def test_a_state_does_not_grow_and_is_divided(tmp_path: Path) -> None:
    found = described(tmp_path, PUBLISHED["nemotron_nano_9b_v2"]["config"])
    short, long = cache_bytes(found, 1), cache_bytes(found, 1001)
    assert long - short == 1000 * 2 * 8192
    assert cache_bytes(found, 1, gpus=8) == pytest.approx(short / 8)


def test_windows_bound_the_cache_of_their_layers(tmp_path: Path) -> None:
    found = described(tmp_path, PUBLISHED["gemma_3n_e4b"]["config"])
    complete, per_layer = 4, 2 * 2 * 2 * 256
    grown = cache_bytes(found, 10_512) - cache_bytes(found, 512)
    assert grown == complete * per_layer * 10_000


def test_the_text_part_has_its_class_from_the_whole_model() -> None:
    config = PUBLISHED["gemma_3_4b"]["config"]
    text = {key: value for key, value in config["text_config"].items() if key != "model_type"}
    assert sizes(config | {"text_config": text}) == sizes(config)


@pytest.mark.parametrize(
    "pattern",
    [
        {"first_k_dense_replace": 2},
        {"mlp_layer_types": ["dense", "dense", *["sparse"] * 46]},
        {"moe_layer_freq": [0, 0, *[1] * 46]},
        {"mlp_only_layers": [0, 1], "decoder_sparse_step": 1},
        {"num_dense_layers": 2},
        {"moe_layer_start_index": 2, "moe_layer_end_index": 47, "moe_layer_interval": 1},
    ],
)
def test_dense_layers_between_experts_are_found_however_a_file_says_it(
    pattern: dict[str, Any],
) -> None:
    config = dict(PUBLISHED["qwen_3_30b_a3b"]["config"])
    for name in ("decoder_sparse_step", "mlp_only_layers"):
        del config[name]
    mixed = sizes(config | pattern)
    assert mixed.by_kind["mlp"] == 2 * 3 * 2048 * 6144
    assert mixed.by_kind["experts"] == 46 * 128 * 2048 * (3 * 768 + 1)


TYPES = [
    "afmoe", "apertus", "arcee", "bamba", "bloom", "codegen", "cohere", "cohere2", "cohere2_moe",
    "cwm", "deepseek_v2", "deepseek_v3", "deepseek_v32", "ernie4_5", "ernie4_5_moe", "exaone4",
    "exaone_moe", "falcon", "falcon_h1", "falcon_mamba", "flex_olmo", "gemma", "gemma2",
    "gemma3_text", "gemma3n_text", "gemma4_text", "glm", "glm4", "glm4_moe", "glm4_moe_lite",
    "glm_moe_dsa", "gpt2", "gpt_bigcode", "gpt_neox", "gpt_oss", "gptj", "granite", "granitemoe",
    "granitemoehybrid", "granitemoeshared", "helium", "hy_v3", "hyperclovax", "jais2", "jamba",
    "kimi_linear", "lfm2", "llama", "llama4_text", "mamba", "mamba2", "mimo_v2_flash", "minicpm3",
    "minimax", "minimax_m2", "ministral3", "mistral", "mixtral", "mpt", "nanochat", "nemotron_h",
    "olmo", "olmo2", "olmo3", "olmo_hybrid", "olmoe", "phi", "phi3", "phimoe", "qwen2", "qwen2_moe",
    "qwen3", "qwen3_5_moe_text", "qwen3_5_text", "qwen3_moe", "qwen3_next", "seed_oss", "smollm3",
    "solar_open", "stablelm", "starcoder2", "vaultgemma",
]  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("kind", TYPES)
def test_sizes_are_those_of_the_class_in_transformers(kind: str) -> None:
    torch = pytest.importorskip("torch", reason="the extra cpu is not installed")
    transformers = pytest.importorskip("transformers")
    config = transformers.CONFIG_MAPPING[kind]()
    with torch.device("meta"):  # shapes without memory
        model = transformers.AutoModelForCausalLM.from_config(config)
    counted = sum(parameter.numel() for parameter in model.parameters())
    assert sizes(json.loads(config.to_json_string(use_diff=False))).parameters == pytest.approx(
        counted, rel=0.01
    )
