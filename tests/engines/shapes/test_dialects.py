"""Fields that a model type names or nests in a way of its own are read like the common ones."""

from __future__ import annotations

from typing import Any

import pytest

from culture_ray.engines.shapes.dialects import common_form
from culture_ray.engines.shapes.part import UnknownLayers
from culture_ray.engines.shapes.sizes import sizes
from culture_ray.engines.shapes.sparse import chosen_experts
from tests.engines.shapes.test_sizes import PUBLISHED

LLAMA = PUBLISHED["llama_3_3_70b_fp8"]["config"] | {"quantization_config": None}
NAS = {"model_type": "nemotron-nas", "num_key_value_heads": None, "intermediate_size": None}


def block(group: int | None = 8, multiple: float | None = 5.25) -> dict[str, Any]:
    """Return a layer that architecture search chose; None leaves out the part."""
    return {
        "attention": {"n_heads_in_group": group, "no_op": group is None},
        "ffn": {"ffn_mult": multiple or 5.25, "no_op": multiple is None},
    }


def searched(blocks: list[dict[str, Any]]) -> dict[str, Any]:
    return {**LLAMA, **NAS, "block_configs": blocks}


def test_layers_found_by_architecture_search_have_sizes_of_their_own() -> None:
    whole = sizes(LLAMA)
    assert sizes(searched([block()] * 80)) == whole
    mixed = sizes(searched([block()] * 40 + [block(None, 2.625)] * 30 + [block(16, None)] * 10))
    one_attention, one_dense = whole.by_kind["attention"] // 80, whole.by_kind["mlp"] // 80
    fewer_keys = 2 * 8192 * 4 * 128
    assert mixed.by_kind["attention"] == 50 * one_attention - 10 * fewer_keys
    assert mixed.by_kind["mlp"] == 40 * one_dense + 30 * one_dense // 2
    assert {(cache.heads, count) for cache, count in mixed.caches.items()} == {(8, 40), (4, 10)}


def test_layers_replaced_by_a_linear_one_are_not_guessed() -> None:
    replaced = block() | {"attention": {"no_op": False, "replace_with_linear": True}}
    with pytest.raises(UnknownLayers, match="replaced by a linear one"):
        sizes(searched([replaced] * 80))


def test_groups_of_queries_count_only_where_they_are_switched_on() -> None:
    config = PUBLISHED["glm_4_9b_chat"]["config"]
    heads = [
        next(iter(sizes(config | {"multi_query_attention": on}).caches)).heads
        for on in (True, False)
    ]
    assert heads == [2, 32]


def test_nested_fields_give_way_to_those_of_the_file() -> None:
    nested = {"attn_config": {"kv_n_heads": 8, "alibi": None}, "kv_n_heads": 4}
    assert common_form(nested)["kv_n_heads"] == 4
    assert "alibi" not in common_form(nested)


def test_heads_of_windows_may_be_others() -> None:
    config = PUBLISHED["qwen_3_8b"]["config"] | {
        "sliding_window": 512,
        "layer_types": ["full_attention", "sliding_attention"] * 18,
        "attention_other_setting": {"num_attention_heads": 48, "num_attention_groups": 4},
    }
    caches = sizes(config).caches
    assert {(cache.heads, cache.window) for cache in caches} == {(8, None), (4, 512)}


def test_queries_may_be_made_of_fewer_numbers() -> None:
    attention = sizes(PUBLISHED["step3"]["config"]).by_kind["attention"]
    hidden, rank, heads = 7168, 2048, 64 * 256
    assert attention == 61 * (rank * (hidden + heads) + heads * hidden + 2 * 256 * hidden)


def test_choices_that_fall_on_experts_which_do_nothing_use_no_parameters() -> None:
    config = PUBLISHED["longcat_flash"]["config"]
    assert chosen_experts(config) == 8
    assert chosen_experts(config | {"zero_expert_num": 0}) == 12


def test_images_have_experts_that_no_word_uses() -> None:
    """ERNIE 4.5 VL 28B-A3B, whose card states 28 billion parameters and 3 that are active."""
    config = PUBLISHED["ernie_4_5_21b"]["config"] | {
        "model_type": "ernie4_5_moe_vl",
        "moe_num_experts": [64, 64],
        "moe_intermediate_size": [1536, 512],
        "moe_layer_start_index": [1, 1],
        "moe_layer_end_index": [29, 28],
        "vision_config": {
            "depth": 32, "embed_dim": 1280, "hidden_size": 1280, "mlp_ratio": 4,
            "spatial_merge_size": 2,
        },
    }  # fmt: skip
    found = sizes(config)
    assert found.parameters / 1e9 == pytest.approx(29.4, rel=0.02)
    assert found.active is not None
    assert found.active / 1e9 == pytest.approx(3.36, rel=0.02)


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"layer_types": ["holographic"] * 36}, "type holographic"),
        ({"model_type": "hrm_text"}, "type hrm_text"),
        (
            {"block_configs": [{"block_type": "mamba"}] * 36},
            "`attention` and `ffn` in block_configs",
        ),
        ({"architectures": ["IQuestLoopCoderForCausalLM"]}, "type IQuestLoopCoderForCausalLM"),
        ({"model_type": "nemotron_h", "hybrid_override_pattern": "M-X"}, "type X"),
    ],
)
def test_layers_of_an_unknown_kind_are_not_taken_for_known_ones(
    change: dict[str, Any], named: str
) -> None:
    with pytest.raises(UnknownLayers, match=f"{named} are not known"):
        sizes(PUBLISHED["qwen_3_8b"]["config"] | change)
