"""The longest sequence of a model is what vLLM makes of its configuration."""

from __future__ import annotations

from typing import Any

import pytest

from culture_ray.engines.shapes.context import context_length


@pytest.mark.parametrize(
    ("config", "tokens"),
    [
        ({"max_position_embeddings": 4096}, 4096),
        ({"n_positions": 1024}, 1024),
        ({"max_position_embeddings": 2048, "rope_scaling": {"type": "linear", "factor": 4}}, 8192),
        ({"max_position_embeddings": 65536, "rope_scaling": {"rope_type": "yarn", "factor": 8}},
         65536),
        ({"max_position_embeddings": 131072, "rope_scaling": {"rope_type": "llama3", "factor": 8}},
         131072),
        ({"model_type": "gemma3_text", "max_position_embeddings": 131072,
          "rope_scaling": {"rope_type": "linear", "factor": 8}}, 131072),
        ({"max_position_embeddings": 512, "rope_scaling": None}, 512),
        ({"hidden_size": 9}, None),
        ({"max_position_embeddings": 8192, "model_max_length": 131072}, 131072),
        ({"max_position_embeddings": 4096, "rope_parameters": {
            "full_attention": {"rope_type": "linear", "factor": 8},
            "sliding_attention": {"rope_type": "default"}}}, 32768),
    ],
)  # fmt: skip
def test_scaling_counts_where_the_length_is_stated_before_it(
    config: dict[str, Any], tokens: int | None
) -> None:
    assert context_length(config) == tokens
