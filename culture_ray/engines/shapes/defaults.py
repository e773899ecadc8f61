"""Values that published config.json files leave to their class in transformers, by model type."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

CLASS_DEFAULTS: Mapping[str, Mapping[str, Any]] = {
    "cohere": {"tie_word_embeddings": True},
    "cohere2": {"sliding_window_pattern": 4},
    "exaone4": {"sliding_window_pattern": 4},
    "gemma2": {"sliding_window_pattern": 2},
    "gemma3_text": {
        "num_attention_heads": 8, "num_key_value_heads": 4, "head_dim": 256,
        "vocab_size": 262_208, "sliding_window_pattern": 6, "max_position_embeddings": 131_072,
    },
    "gemma3n_text": {"sliding_window_pattern": 5},
    "gemma4_text": {"sliding_window_pattern": 6, "global_head_dim": 512},
    "gpt_oss": {"sliding_window_pattern": 2},
    "llama": {"hidden_size": 4096, "intermediate_size": 11_008, "num_hidden_layers": 32,
              "num_attention_heads": 32, "vocab_size": 32_000},
    "llama4_text": {"attention_chunk_size": 8192, "no_rope_layer_interval": 4},
    "mistral": {"hidden_size": 4096, "intermediate_size": 14_336, "num_hidden_layers": 32,
                "num_attention_heads": 32, "num_key_value_heads": 8, "vocab_size": 32_000},
    "muse_glimmer_text": {"attn_output_gate": True},
    "olmo3": {"sliding_window_pattern": 4},
    "qwen3_5_moe_text": {"attn_output_gate": True, "full_attention_interval": 4},
    "qwen3_5_text": {"attn_output_gate": True, "full_attention_interval": 4},
    "qwen3_next": {"attn_output_gate": True, "full_attention_interval": 4},
}  # fmt: skip

UNTIED = frozenset(
    ("afmoe", "apertus", "arcee", "aria_text", "axk1", "axk2", "bamba", "bitnet", "codegen", "cwm",
     "dbrx", "deepseek_v2", "deepseek_v3", "deepseek_v32", "deepseek_v4", "dots1", "exaone4",
     "exaone_moe", "falcon_h1", "flex_olmo", "glm", "glm4", "glm4_moe", "glm4_moe_lite",
     "glm_moe_dsa", "gpt_neox", "gpt_oss", "gptj", "granite", "granitemoe", "granitemoe_swa",
     "granitemoehybrid", "granitemoeshared", "helium", "hunyuan_v1_dense", "hunyuan_v1_moe",
     "hy_v3", "hy_v4", "hyperclovax", "jais2", "jamba", "kimi_k2", "kimi_linear", "laguna",
     "llama", "llama4_text", "longcat_flash", "mamba2", "mellum", "mimo_v2_flash", "minimax",
     "minimax_m2", "minimax_m3_vl_text", "ministral", "ministral3", "mistral", "mixtral",
     "nanochat", "nemotron", "nemotron-nas", "nemotron_h", "olmo", "olmo2", "olmo3",
     "olmo_hybrid", "olmoe", "persimmon", "phi", "phi3", "phi4_multimodal", "phimoe", "qwen2",
     "qwen2_moe", "qwen3", "qwen3_5_moe_text", "qwen3_5_text", "qwen3_moe", "qwen3_next",
     "qwen4_exp_text", "seed_oss", "solar_open", "stablelm")
)  # fmt: skip
"""Model types whose output layer is not the embedding, unless the file says so."""
