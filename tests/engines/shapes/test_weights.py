"""Bits of quantised weights count their scales, and what a file excludes stays plain."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from culture_ray.engines.architecture import with_own_config
from culture_ray.engines.model import Model
from culture_ray.engines.shapes.sizes import sizes
from culture_ray.engines.shapes.weights import block_size, plain_parameters, weight_bits
from tests.engines.shapes.test_sizes import PUBLISHED, described

LLAMA = PUBLISHED["llama_3_1_8b"]["config"]


def packed(**weights: Any) -> dict[str, Any]:
    return {
        "quant_method": "compressed-tensors",
        "config_groups": {"group_0": {"weights": weights}},
    }


@pytest.mark.parametrize(
    ("quantisation", "bits"),
    [
        ({"quant_method": "awq", "bits": 4, "group_size": 128}, 4 + 20 / 128),
        ({"quant_method": "gptq", "bits": 8, "group_size": 64}, 8 + 24 / 64),
        ({"quant_method": "gptq", "bits": 4, "group_size": -1}, 4),
        (packed(num_bits=4, group_size=32, type="int", symmetric=True), 4.5),
        (packed(num_bits=4, group_size=128, type="int", symmetric=False), 4 + 20 / 128),
        (packed(num_bits=4, group_size=16, type="float"), 4.5),
        (packed(num_bits=8, group_size=None, type="float"), 8),
        ({"quant_method": "modelopt", "quant_algo": "NVFP4"}, 4.5),
        ({"quant_method": "modelopt", "quant_algo": "FP8"}, 8),
        ({"quant_method": "bitsandbytes", "load_in_4bit": True}, 4.5),
        ({"quant_method": "bitsandbytes", "bnb_4bit_use_double_quant": True}, 4.127),
        ({"quant_method": "bitsandbytes", "load_in_8bit": True}, 8),
        ({}, None),
    ],
)
def test_bits_per_weight_include_scales(quantisation: dict[str, Any], bits: float | None) -> None:
    assert weight_bits({"quantization_config": quantisation}, {}) == bits


@pytest.mark.parametrize(
    ("names", "share"),
    [
        (["lm_head"], 0),
        (["re:.*self_attn.*"], 1),
        ([f"model.layers.{layer}.self_attn*" for layer in range(32)], 1),
        ([f"model.layers.{layer}.self_attn.q_proj" for layer in range(8)], 0.25),
        ([f"model.layers.{layer}.self_attn.k_norm" for layer in range(8)], 0),
        (["model.layers.3.mlp.gate"], 0),
    ],
)
def test_parts_are_excluded_together_or_layer_by_layer(names: list[str], share: float) -> None:
    found = sizes(LLAMA)
    config = LLAMA | {"quantization_config": {"quant_method": "fp8", "ignore": names}}
    assert plain_parameters(config, 7, found.by_kind) == 7 + share * found.by_kind["attention"]


def test_groups_of_packed_weights_stay_together_on_one_gpu(tmp_path: Path) -> None:
    wide = LLAMA | {"intermediate_size": 14336 - 128}  # 111 groups of 128
    config = wide | {"quantization_config": packed(num_bits=4, group_size=128, type="int")}
    assert block_size(config) == 128
    found = described(tmp_path, config)
    assert found.architecture is not None
    assert found.architecture.divided == (111,)


def test_quantisation_may_be_described_in_a_file_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text(json.dumps(LLAMA), encoding="utf-8")
    own = {
        "quantization": {"quant_algo": "NVFP4", "group_size": 16, "exclude_modules": ["lm_head"]}
    }
    (tmp_path / "hf_quant_config.json").write_text(json.dumps(own), encoding="utf-8")
    found = with_own_config("m", Model("vllm", "f", str(tmp_path)))
    assert found.weight_bits == 4.5
    assert found.parameters == pytest.approx(8.03e9, rel=1e-3)
