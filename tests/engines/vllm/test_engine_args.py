"""Engine arguments are those of the installed vLLM; settings of the model are not among them."""

from __future__ import annotations

import importlib.util
import sys
from typing import Any

import pytest
import yaml

from culture_ray.engines.model import Model
from culture_ray.engines.vllm.engine_args import argument_names, check_engine_args
from culture_ray.errors import UnknownName, WrongValue
from tests.docs.pages import ROOT, blocks

PAGE = ROOT / "docs" / "models.md"

installed = pytest.mark.skipif(
    importlib.util.find_spec("vllm") is None, reason="the extra cpu is not installed"
)


def check(gpus: int = 1, **engine_args: Any) -> None:
    check_engine_args(
        "model.m", Model("vllm", "f", "s", gpus_per_replica=gpus, engine_args=engine_args)
    )


@installed
def test_an_argument_that_vllm_does_not_have_is_refused_with_the_nearest() -> None:
    check(max_num_seqs=64, attention_backend="FLASH_ATTN", speculative_config={"method": "ngram"})
    with pytest.raises(
        UnknownName, match=r"'max_num_seq' in model\.m\.engine_args.*'max_num_seqs'"
    ):
        check(max_num_seq=64)


@installed
def test_names_are_read_without_importing_vllm() -> None:
    names = argument_names()
    assert {"quantization", "attention_backend", "speculative_config", "kv_cache_dtype"} <= names
    assert {"enable_log_requests", "pipeline_parallel_size", "hf_overrides"} <= names


@installed
@pytest.mark.slow
def test_the_names_are_those_of_vllms_classes() -> None:
    from dataclasses import fields

    from vllm.engine.arg_utils import AsyncEngineArgs

    assert argument_names() == {field.name for field in fields(AsyncEngineArgs)}
    assert "vllm" in sys.modules


@pytest.mark.parametrize(
    ("name", "setting"),
    [("dtype", "dtype"), ("max_model_len", "max_model_len"), ("revision", "revision"),
     ("tensor_parallel_size", "gpus_per_replica"), ("model", "source"), ("enable_lora", "adapter")],
)  # fmt: skip
def test_settings_of_the_model_are_set_beside_its_arguments(name: str, setting: str) -> None:
    with pytest.raises(WrongValue, match=rf"engine_args\.{name}=.*it as model\.m\.{setting}"):
        check(**{name: 1})


def test_copies_are_replicas() -> None:
    check(data_parallel_size=1)
    with pytest.raises(WrongValue, match=r"data_parallel_size=2 .* model\.m\.most_replicas"):
        check(data_parallel_size=2)


@pytest.mark.parametrize("gpus", [0, 3])
def test_stages_of_a_pipeline_have_the_same_number_of_gpus(gpus: int) -> None:
    check(gpus=4, pipeline_parallel_size=2)
    with pytest.raises(WrongValue, match=rf"a divisor of model\.m\.gpus_per_replica={gpus}"):
        check(gpus=gpus, pipeline_parallel_size=2)


def test_without_vllm_names_are_left_to_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    argument_names.cache_clear()
    try:
        check(some_argument_of_the_future=1)
        assert argument_names() == frozenset()
    finally:
        argument_names.cache_clear()


@pytest.mark.slow
@installed
def test_the_examples_on_the_page_are_arguments_of_vllm() -> None:
    examples = [yaml.safe_load(block.text) for block in blocks(PAGE) if block.kind == "yaml"]
    given = [example["engine_args"] for example in examples if "engine_args" in example]
    assert len(given) >= 6
    for engine_args in given:
        check(gpus=8, **engine_args)
