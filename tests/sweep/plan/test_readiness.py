"""Models that cannot run on a cluster are refused before anything loads, with a remedy."""

from __future__ import annotations

import importlib.util
from importlib.machinery import ModuleSpec

import pytest

from culture_ray.engines.model import NOT_IN_FLOAT16, Model
from culture_ray.errors import MissingExtra, MissingKey, ModelDoesNotFit, NeedsGpu, WrongValue
from culture_ray.sweep.plan.readiness import (
    check_context,
    check_installed,
    check_loadable,
    check_placeable,
)
from culture_ray.sweep.plan.resources import Resources

ON_CPU = Model("vllm", "f", "s", gpus_per_replica=0)
ON_GPU = Model("vllm", "f", "s", gpus_per_replica=2)
API = Model("openai", "f", "s", gpus_per_replica=0)


@pytest.fixture
def no_vllm(monkeypatch: pytest.MonkeyPatch) -> None:
    find = importlib.util.find_spec

    def without(name: str, package: str | None = None) -> ModuleSpec | None:
        return None if name == "vllm" else find(name, package)

    monkeypatch.setattr(importlib.util, "find_spec", without)


def test_an_api_model_without_a_key_is_refused_by_the_variables_name(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    with pytest.raises(MissingKey, match=r"model gpt_4o .* OPENAI_API_KEY"):
        check_installed({"gpt_4o": API})
    monkeypatch.setenv("OPENAI_API_KEY", "a-key")
    check_installed({"gpt_4o": API})


@pytest.mark.usefixtures("no_vllm")
@pytest.mark.parametrize(("model", "extra"), [(ON_CPU, "cpu"), (ON_GPU, "gpu")])
def test_a_missing_extra_says_which_command_installs_it(model: Model, extra: str) -> None:
    with pytest.raises(MissingExtra) as said:
        check_installed({"mine": model})
    assert "model mine" in str(said.value)
    assert f'pip install "culture-ray[{extra}]"' in str(said.value)
    assert said.value.exit_code == 2


def test_nothing_to_load_needs_nothing() -> None:
    check_installed({})


@pytest.mark.parametrize(
    ("need", "error", "words"),
    [
        (Resources(gpus=1), NeedsGpu, "needs 1 GPU, the cluster has 0"),
        (Resources(gpus=4), NeedsGpu, "needs 4 GPUs, the cluster has 0"),
        (Resources(cpus=1, memory_gib=20), ModelDoesNotFit, "needs 20.0 GiB of memory"),
        (Resources(cpus=16), ModelDoesNotFit, "needs 16 CPU cores per replica"),
    ],
)
def test_a_model_that_no_cluster_place_holds_is_refused(
    need: Resources, error: type[Exception], words: str
) -> None:
    with pytest.raises(error, match=words) as said:
        check_placeable("mine", need, [Resources(cpus=8, memory_gib=16)])
    assert str(said.value).startswith("model mine ")


def test_a_model_that_fills_the_cluster_exactly_is_taken() -> None:
    check_placeable("mine", Resources(1, 8, 16), [Resources(1, 8, 16)])


def test_gpus_may_be_those_of_several_machines_memory_and_cores_not() -> None:
    two = [Resources(8, 8, 16)] * 2
    check_placeable("mine", Resources(gpus=16, cpus=16), two)
    with pytest.raises(ModelDoesNotFit, match=r"the largest machine of the cluster has 16\.0 GiB"):
        check_placeable("mine", Resources(cpus=1, memory_gib=20), two)


@pytest.mark.parametrize("model_type", sorted(NOT_IN_FLOAT16))
def test_float16_is_refused_for_models_that_overflow_it(model_type: str) -> None:
    model = Model("vllm", "f", "s", model_type=model_type, dtype="float16")
    with pytest.raises(WrongValue, match=r"model\.m\.dtype='float16' .* bfloat16 or float32"):
        check_loadable("model.m", model)
    check_loadable("model.m", Model("vllm", "f", "s", model_type=model_type, dtype="float32"))
    check_loadable("model.m", Model("vllm", "f", "s", model_type="llama", dtype="float16"))


@pytest.mark.slow
def test_models_that_overflow_float16_are_those_of_vllm() -> None:
    models = pytest.importorskip("vllm.config.model", reason="the extra cpu is not installed")
    assert set(models._FLOAT16_NOT_SUPPORTED_MODELS) == NOT_IN_FLOAT16


def test_more_than_the_model_allows_is_refused() -> None:
    model = Model("vllm", "f", "org/short", max_model_len=8192, context_length=2048)
    with pytest.raises(WrongValue, match="at most 2048, the longest sequence of org/short"):
        check_loadable("model.m", model)


def test_a_context_too_short_for_prompt_and_response_is_refused() -> None:
    model = Model("vllm", "f", "s", max_model_len=1000, context_length=2048)
    check_context("model.m", model, 400, 600, exact=True)
    with pytest.raises(WrongValue, match=r"at least 1001 \(the model itself allows 2048\): the"):
        check_context("model.m", model, 401, 600, exact=True)
    check_context("model.m", model, 800, 600, exact=False)  # an estimate may be too high
    with pytest.raises(WrongValue, match="about 802 tokens, and a response may have 600"):
        check_context("model.m", model, 802, 600, exact=False)
    check_context("model.m", API, 10_000, 600, exact=True)
