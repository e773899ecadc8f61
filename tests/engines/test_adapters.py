"""LoRA adapters for one base share an engine; those for another base are refused."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from culture_ray.engines.adapters import adapter_rank, loaded_sources, shared_engines
from culture_ray.engines.model import Model
from culture_ray.engines.model_card import ModelCard
from culture_ray.errors import ModelFilesMissing, WrongValue

BASE = Model("vllm", "llama", "meta-llama/Llama-3.1-8B-Instruct", engine_args={"max_num_seqs": 64})


def write_adapter(folder: Path, **changes: Any) -> str:
    """Write an adapter's configuration and return its folder."""
    folder.mkdir(parents=True, exist_ok=True)
    config = {"peft_type": "LORA", "base_model_name_or_path": BASE.source, "r": 12} | changes
    text = json.dumps({name: value for name, value in config.items() if value != "absent"})
    (folder / "adapter_config.json").write_text(text, encoding="utf-8")
    return str(folder)


def test_a_base_and_its_adapters_are_loaded_once(tmp_path: Path) -> None:
    danish = write_adapter(tmp_path / "da")
    dutch = write_adapter(tmp_path / "nl", r=20)
    models = {
        "base": BASE,
        "danish": replace(
            BASE, adapter=danish, family="tuned", aliases=("d",), card=ModelCard("p")
        ),
        "dutch": replace(BASE, adapter=dutch),
        "other": replace(BASE, source="org/other"),
    }
    shared = shared_engines(models)
    assert shared.engines == {"base": "base", "danish": "base", "dutch": "base", "other": "other"}
    assert shared.adapters == {"danish": danish, "dutch": dutch}
    assert shared.models["other"] == models["other"]
    loaded = shared.models["base"]
    assert (loaded.source, loaded.adapter) == (BASE.source, None)
    assert loaded.engine_args == {
        "enable_lora": True, "max_loras": 2, "max_lora_rank": 32, "max_num_seqs": 64
    }  # fmt: skip


def test_adapters_without_their_base_share_an_engine_too(tmp_path: Path) -> None:
    one, two = (write_adapter(tmp_path / name) for name in ("one", "two"))
    models = {"first": replace(BASE, adapter=one), "second": replace(BASE, adapter=two)}
    shared = shared_engines(models)
    assert shared.engines == {"first": "first", "second": "first"}
    assert shared.models["first"].engine_args["max_lora_rank"] == 16


def test_models_that_are_loaded_in_another_way_share_nothing(tmp_path: Path) -> None:
    adapter = write_adapter(tmp_path / "one")
    models = {"base": BASE, "short": replace(BASE, adapter=adapter, max_model_len=512)}
    assert shared_engines(models).engines == {"base": "base", "short": "short"}
    twins = {"one": BASE, "two": BASE}
    assert shared_engines(twins).engines == {"one": "one", "two": "two"}


@pytest.mark.parametrize(
    "base",
    [
        "meta-llama/Llama-3.1-8B-Instruct",
        "/scratch/models/llama-3.1-8b-instruct/",
        "unsloth/Llama-3.1-8B-Instruct-bnb-4bit",
        "unsloth/llama-3.1-8b-instruct-unsloth-bnb-4bit",
        None,
    ],
)
def test_the_base_is_known_by_its_name_wherever_it_was(tmp_path: Path, base: str | None) -> None:
    adapter = write_adapter(tmp_path, base_model_name_or_path=base)
    assert adapter_rank("model.m", replace(BASE, adapter=adapter)) == 12


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"base_model_name_or_path": "meta-llama/Llama-3.1-70B-Instruct"},
         "an adapter for meta-llama/Llama-3.1-8B-Instruct; this one is for meta-llama"),
        ({"peft_type": "IA3"}, "a LoRA adapter; this one is IA3"),
        ({"r": 1024}, "a rank of at most 512; this one has 1024"),
    ],
)  # fmt: skip
def test_what_is_no_adapter_for_this_base_is_refused(
    tmp_path: Path, changes: dict[str, Any], said: str
) -> None:
    model = replace(BASE, adapter=write_adapter(tmp_path, **changes))
    with pytest.raises(WrongValue, match=rf"model\.m\.adapter=.*{said}"):
        adapter_rank("model.m", model)


@pytest.mark.parametrize("field", ["peft_type", "base_model_name_or_path", "r"])
def test_a_configuration_with_a_gap_is_said_in_one_line(tmp_path: Path, field: str) -> None:
    model = replace(BASE, adapter=write_adapter(tmp_path, **{field: "absent"}))
    with pytest.raises(ModelFilesMissing, match=f"model.m.adapter: .*KeyError: '{field}'") as said:
        adapter_rank("model.m", model)
    assert "\n" not in str(said.value)


def test_an_adapter_that_is_not_here_is_to_be_downloaded(tmp_path: Path) -> None:
    with pytest.raises(ModelFilesMissing, match=r"hf download org/adapter"):
        adapter_rank("model.m", replace(BASE, adapter="org/adapter"))
    with pytest.raises(WrongValue, match="only vLLM loads adapters"):
        adapter_rank("model.m", Model("openai", "f", "s", adapter=str(tmp_path)))


def test_everything_that_is_loaded_is_fetched() -> None:
    arguments = {"speculative_config": {"model": "org/draft", "num_speculative_tokens": 4}}
    model = replace(BASE, adapter="org/adapter", revision="abc", engine_args=arguments)
    found = [(name, one.source, one.revision) for name, one in loaded_sources("m", model)]
    assert found == [
        ("m", BASE.source, "abc"),
        ("m, adapter", "org/adapter", None),
        ("m, draft model", "org/draft", None),
    ]
