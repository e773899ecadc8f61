"""The list of models says what each needs and whether it would run."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from culture_ray.engines.api_settings import ApiSettings
from culture_ray.engines.model import Model
from culture_ray.engines.model_card import ModelCard
from culture_ray.engines.model_shape import Architecture
from culture_ray.spending.prices import Prices
from culture_ray.sweep.plan.roofline import Gpu
from culture_ray.tools.model_list import Host, ListedModel, ModelFilter, listed_models

TODAY = date(2026, 11, 30)
CARD = Gpu("Card", 24.0, 1.0, 100.0)
NONE = Host("here", None, 0, cpus=4, memory_gib=16.0)
ONE = Host("here", CARD, 1, cpus=4, memory_gib=16.0)
SMALL = Model(
    "vllm", "small", "org/Small", parameters=2.6e9, licence="Apache-2.0",
    architecture=Architecture(26, 2304, 8, 4, 256, 256000),
    card=ModelCard("https://example.org/small", ("da", "en")),
)  # fmt: skip
LARGE = replace(SMALL, parameters=27e9, source="org/Large", card=ModelCard())
ON_CPU = replace(SMALL, gpus_per_replica=0, cpus_per_replica=2, memory_gib=5)
API = Model(
    "openai", "api", "some-model", gpus_per_replica=0, prices=Prices(input=1.5, output=6),
    api=ApiSettings(key_variable="SOME_KEY"), aliases=("other-name",),
)  # fmt: skip


def row(model: Model, machine: Host) -> ListedModel:
    (found,) = listed_models({"m": model}, machine, ModelFilter(), TODAY)
    return found


@pytest.mark.parametrize(
    ("model", "machine", "obstacle"),
    [
        (SMALL, NONE, "here has no GPU"),
        (SMALL, ONE, None),
        (SMALL, replace(ONE, has_vllm=False), "vLLM is not installed"),
        (LARGE, ONE, "here has 1 GPU"),
        (LARGE, replace(ONE, gpus=4), None),
        (replace(LARGE, parameters=1e13), replace(ONE, gpus=4), "it fits on no number of Card"),
        (replace(SMALL, architecture=None), ONE, "its config.json is not on this machine"),
        (ON_CPU, NONE, None),
        (ON_CPU, replace(NONE, cpus=1), "here has 1 core"),
        (ON_CPU, replace(NONE, memory_gib=4.0), "here has 4.0 GiB"),
    ],
)  # fmt: skip
def test_what_stands_in_the_way_is_said(model: Model, machine: Host, obstacle: str | None) -> None:
    assert row(model, machine).obstacle == obstacle


def test_an_api_model_needs_its_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SOME_KEY", raising=False)
    assert (row(API, NONE).needs, row(API, NONE).obstacle) == ("SOME_KEY", "the key is not set")
    monkeypatch.setenv("SOME_KEY", "abc")
    assert row(API, NONE).obstacle is None
    monkeypatch.setenv("SOME_KEY", "abc\ndef")
    assert row(API, NONE).obstacle == "the key cannot be sent"


def test_needs_are_memory_and_gpus() -> None:
    assert row(SMALL, ONE).needs == "4.8 GiB, 1 x Card"
    assert row(LARGE, ONE).needs == "50.3 GiB, 4 x Card"
    assert row(ON_CPU, NONE).needs == "5.0 GiB, 2 cores"


def test_what_is_not_known_is_not_a_number() -> None:
    found = row(Model("openai", "f", "no-such-model-anywhere"), NONE)
    assert (found.dollars_in, found.dollars_out, found.parameters) == (None, None, None)
    assert (found.structured_output, found.seeds, found.batches) == (None, None, None)
    assert row(API, NONE).dollars_out == 6


@pytest.mark.parametrize(
    ("chosen", "names"),
    [
        (ModelFilter(), ["api", "small", "large"]),
        (ModelFilter(name="SMALL"), ["small"]),
        (ModelFilter(name="other-name"), ["api"]),
        (ModelFilter(family="small"), ["small", "large"]),
        (ModelFilter(engine="openai"), ["api"]),
        (ModelFilter(licence="apache"), ["small", "large"]),
        (ModelFilter(speaks="da"), ["small"]),
        (ModelFilter(billions_at_most=3), ["small"]),
        (ModelFilter(runs=True), ["small"]),
        (ModelFilter(family="small", speaks="fi"), []),
    ],
)
def test_models_are_chosen_by_what_is_known_of_them(
    chosen: ModelFilter, names: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SOME_KEY", raising=False)
    models = {"large": LARGE, "api": API, "small": SMALL}
    assert [found.name for found in listed_models(models, ONE, chosen, TODAY)] == names


@pytest.mark.parametrize(
    ("day", "obstacle"),
    [
        (date(2026, 10, 23), "its provider has shut it down"),
        (TODAY, "its provider has shut it down"),
        (date(2026, 12, 1), None),
        (None, None),
    ],
)
def test_a_model_that_was_shut_down_would_not_run(
    day: date | None, obstacle: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOME_KEY", "abc")
    found = row(replace(API, card=ModelCard(shut_down=day)), NONE)
    assert found.obstacle == obstacle
    assert found.shut_down == (day.isoformat() if day else None)
