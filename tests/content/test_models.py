"""The files of conf/model describe models as their makers do."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from culture_ray.config.known_names import model_files
from culture_ray.config.run_settings import model_from
from culture_ray.engines.architecture import with_own_config
from culture_ray.engines.model import Model
from culture_ray.spending.prices import price_of
from tests.engines.shapes.test_sizes import PUBLISHED

MODELS: dict[str, Model] = {
    name: model_from(content, f"model.{name}") for name, content in model_files().items()
}
LOCAL = [name for name, model in MODELS.items() if not model.is_api]
PAID = [name for name, model in MODELS.items() if model.is_api]
SAME = {"smollm_3_3b": "smollm3_3b"}
"""Models whose published configuration has another name."""


@pytest.mark.parametrize("name", LOCAL)
def test_a_local_model_can_be_planned_without_its_files(name: str) -> None:
    model = MODELS[name]
    assert model.architecture is not None
    assert model.parameters is not None
    assert model.licence
    if model.context_length is not None:
        assert model.max_model_len <= model.context_length


@pytest.mark.parametrize("name", [name for name in LOCAL if SAME.get(name, name) in PUBLISHED])
def test_what_a_file_states_is_what_the_models_own_says(tmp_path: Path, name: str) -> None:
    config = json.dumps(PUBLISHED[SAME.get(name, name)]["config"])
    (tmp_path / "config.json").write_text(config, encoding="utf-8")
    stated = MODELS[name]
    found = with_own_config(name, replace(stated, source=str(tmp_path), weight_bits=None))
    assert stated.architecture is not None
    assert found.architecture is not None
    assert stated.parameters == pytest.approx(found.parameters, rel=1e-3)
    assert stated.weight_bytes == pytest.approx(found.weight_bytes, rel=1e-2)
    windowed = stated.architecture.sliding_layers > 0  # older files leave windows to config.json
    if windowed or not found.architecture.sliding_layers:
        active = found.architecture.active_parameters
        same = replace(found.architecture, active_parameters=None)
        assert replace(stated.architecture, active_parameters=None) == same
        assert (stated.architecture.active_parameters is None) == (active is None)
        assert (stated.architecture.active_parameters or 0) == pytest.approx(active or 0, rel=1e-3)


@pytest.mark.parametrize("name", PAID)
def test_an_api_model_has_a_price_and_a_page(name: str) -> None:
    model = MODELS[name]
    assert price_of(name, model.source, model.api.base_url, model.prices).tiers["standard"]
    assert model.card.page is not None
    assert model.card.page.startswith("https://")
    key = model.api.key_variable
    assert key is not None
    assert (key == "OPENAI_API_KEY") == (model.api.base_url is None)


def test_only_models_behind_an_api_can_be_shut_down_and_only_weights_be_gated() -> None:
    for name, model in MODELS.items():
        assert model.is_api or model.card.shut_down is None, name
        assert not model.is_api or model.card.gated is None, name


def test_a_provider_that_is_asked_for_no_thoughts_gets_no_budget_for_them() -> None:
    for name in PAID:
        body = MODELS[name].api.body
        off = body.get("reasoning_effort") == "none" or body.get("thinking") == {"type": "disabled"}
        on = body.get("reasoning_effort") in ("minimal", "low", "medium", "high")
        assert not (off and MODELS[name].thinks), name
        assert MODELS[name].thinks or not on, name


def test_no_two_files_describe_the_same_model() -> None:
    places = [(model.engine, model.source, model.api.base_url) for model in MODELS.values()]
    assert len(set(places)) == len(places)


def test_cards_name_languages_by_their_codes() -> None:
    for name, model in MODELS.items():
        for code in model.card.languages or ():
            assert re.fullmatch("[a-z]{2,3}", code), f"{name}: {code}"
