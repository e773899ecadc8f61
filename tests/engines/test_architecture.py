"""A model's architecture comes from its own config.json: offline, without weights."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from culture_ray.config.build import build
from culture_ray.config.known_names import model_files
from culture_ray.engines.architecture import with_own_config
from culture_ray.engines.model import Model
from culture_ray.engines.model_shape import Architecture
from culture_ray.errors import ModelFilesMissing

# Sizes of published models, under the names in their configurations.
GEMMA_2_9B = {
    "model_type": "gemma2", "hidden_size": 3584, "intermediate_size": 14336,
    "num_hidden_layers": 42, "num_attention_heads": 16, "num_key_value_heads": 8,
    "head_dim": 256, "vocab_size": 256000, "sliding_window": 4096,
}  # fmt: skip
OLMO_2_7B = {
    "model_type": "olmo2", "hidden_size": 4096, "intermediate_size": 11008,
    "num_hidden_layers": 32, "num_attention_heads": 32, "num_key_value_heads": 32,
    "vocab_size": 100352, "tie_word_embeddings": False,
}  # fmt: skip
MIXTRAL_8X7B = {
    "model_type": "mixtral", "hidden_size": 4096, "intermediate_size": 14336,
    "num_hidden_layers": 32, "num_attention_heads": 32, "num_key_value_heads": 8,
    "vocab_size": 32000, "num_local_experts": 8, "num_experts_per_tok": 2,
    "tie_word_embeddings": False, "sliding_window": None,
}  # fmt: skip


@pytest.fixture
def model_in(tmp_path: Path) -> Any:
    """A model whose folder holds nothing but this config.json."""

    def made(config: object, **values: Any) -> Model:
        text = config if isinstance(config, str) else json.dumps(config)
        (tmp_path / "config.json").write_text(text, encoding="utf-8")
        return Model("vllm", "f", str(tmp_path), **values)

    return made


def test_shape_and_parameters_are_those_of_the_file(model_in: Any) -> None:
    found = with_own_config("m", model_in(GEMMA_2_9B))
    assert found.architecture == Architecture(42, 3584, 16, 8, 256, 256000, 21, 4096)
    assert found.parameters == pytest.approx(9.24e9, rel=2e-3)
    assert with_own_config("m", model_in(OLMO_2_7B)).parameters == pytest.approx(7.30e9, rel=2e-3)


def test_the_file_counts_more_than_what_was_written_by_hand(model_in: Any) -> None:
    stated = model_in(OLMO_2_7B, parameters=1e9, architecture=Architecture(1, 2, 3, 4, 5, 6))
    found = with_own_config("m", stated)
    assert found.architecture == Architecture(32, 4096, 32, 32, 128, 100352)
    assert found.parameters != 1e9


def test_a_mixture_tells_what_one_token_passes(model_in: Any) -> None:
    found = with_own_config("m", model_in(MIXTRAL_8X7B))
    assert found.parameters == pytest.approx(46.7e9, rel=2e-3)
    assert found.architecture is not None
    assert found.architecture.active_parameters == pytest.approx(12.9e9, rel=2e-3)
    assert found.architecture.sliding_layers == 0


@pytest.mark.parametrize(
    ("config", "layers"),
    [
        ({"sliding_window": 1024, "sliding_window_pattern": 6}, 27),
        ({"sliding_window": 1024}, 32),
        ({"sliding_window": 1024, "use_sliding_window": False}, 0),
        ({"sliding_window": 8, "layer_types": ["full_attention", "sliding_attention"] * 16}, 16),
    ],
)
def test_layers_with_a_window_are_counted(
    model_in: Any, config: dict[str, Any], layers: int
) -> None:
    shape = with_own_config("m", model_in(OLMO_2_7B | config)).architecture
    assert shape is not None
    assert shape.sliding_layers == layers
    assert (shape.sliding_window is None) == (layers == 0)


@pytest.mark.parametrize(
    ("quantisation", "args", "bits"),
    [
        ({"quant_method": "awq", "bits": 4}, {}, 4),
        ({"quant_method": "gptq", "bits": 8}, {}, 8),
        ({"quant_method": "fp8"}, {}, 8),
        ({"quant_method": "compressed-tensors",
          "config_groups": {"group_0": {"weights": {"num_bits": 4}}}}, {}, 4),
        ({"quant_method": "bitsandbytes", "load_in_4bit": True}, {}, 4.5),
        (None, {"quantization": "fp8"}, 8),
        (None, {}, None),
    ],
)  # fmt: skip
def test_quantised_weights_are_known_by_their_bits(
    model_in: Any, quantisation: object, args: dict[str, str], bits: float | None
) -> None:
    model = model_in(OLMO_2_7B | {"quantization_config": quantisation}, engine_args=args)
    assert with_own_config("m", model).weight_bits == bits


@pytest.mark.slow
def test_a_file_that_leaves_sizes_to_its_class_is_filled_in(model_in: Any) -> None:
    pytest.importorskip("transformers", reason="the extra cpu is not installed")
    gemma_3_4b = {
        "model_type": "gemma3",
        "text_config": {
            "model_type": "gemma3_text", "hidden_size": 2560, "intermediate_size": 10240,
            "num_hidden_layers": 34, "sliding_window": 1024,
        },
    }  # fmt: skip
    found = with_own_config("m", model_in(gemma_3_4b))
    assert found.architecture == Architecture(34, 2560, 8, 4, 256, 262208, 29, 1024)
    assert found.parameters == pytest.approx(3.88e9, rel=2e-3)


@pytest.mark.slow
@pytest.mark.parametrize(
    "config", ["{", "[]", '"text"', "{}", json.dumps(OLMO_2_7B | {"hidden_size": "wide"})]
)
def test_a_file_that_cannot_be_read_is_said_in_one_line(model_in: Any, config: str) -> None:
    with pytest.raises(ModelFilesMissing, match=r"model m: .*config\.json cannot be read") as said:
        with_own_config("m", model_in(config))
    assert "\n" not in str(said.value)


def test_a_model_of_an_unknown_kind_has_the_size_that_its_file_states(model_in: Any) -> None:
    model = model_in(json.dumps(OLMO_2_7B | {"layer_types": ["holographic"] * 32}))
    with pytest.raises(ModelFilesMissing, match=r"holographic are not known.*: state parameters"):
        with_own_config("m", model)
    stated = replace(model, parameters=1e9, architecture=Architecture(1, 2, 3, 4, 5, 6))
    assert with_own_config("m", stated) == stated
    with pytest.raises(ModelFilesMissing, match=r"cannot be read.*: download it again"):
        with_own_config(
            "m", replace(model_in("{"), parameters=1e9, architecture=stated.architecture)
        )


def test_without_a_file_what_was_written_by_hand_stands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stated = Model(
        "vllm", "f", "org/gated", parameters=1e9, architecture=Architecture(1, 2, 3, 4, 5, 6)
    )
    assert with_own_config("m", stated) == stated
    for part in ("parameters", "architecture"):
        with pytest.raises(ModelFilesMissing, match=r"hf download org/gated config\.json"):
            with_own_config("m", replace(stated, **{part: None}))


def test_the_hubs_cache_is_read_without_a_network(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    constants = pytest.importorskip("huggingface_hub.constants")
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path))
    repository = tmp_path / "models--org--cached"
    snapshot = repository / "snapshots" / "0123abc"
    snapshot.mkdir(parents=True)
    (repository / "refs").mkdir()
    (repository / "refs" / "main").write_text("0123abc")
    (snapshot / "config.json").write_text(json.dumps(OLMO_2_7B))
    found = with_own_config("m", Model("vllm", "f", "org/cached"))
    assert found.architecture == Architecture(32, 4096, 32, 32, 128, 100352)
    with pytest.raises(ModelFilesMissing):
        with_own_config("m", Model("vllm", "f", "org/cached", revision="another"))


def test_api_models_have_no_shape() -> None:
    api = Model("openai", "f", "gpt-4o")
    assert with_own_config("m", api) is api


@pytest.mark.parametrize(("name", "config"), [("gemma_2_9b", GEMMA_2_9B), ("olmo_2_7b", OLMO_2_7B)])
def test_what_conf_model_states_agrees_with_the_models_own_sizes(
    model_in: Any, name: str, config: dict[str, Any]
) -> None:
    stated = build(Model, {**model_files()[name], "gpus_per_replica": 1}, name)
    found = with_own_config(name, model_in(config))
    assert found.architecture is not None
    plain = replace(found.architecture, sliding_layers=0, sliding_window=None)
    assert stated.architecture == plain
    assert stated.parameters == pytest.approx(found.parameters, rel=1e-3)
