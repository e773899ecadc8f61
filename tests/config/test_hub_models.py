"""A model can be named by its hub name or its folder, without a file in conf/model."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from culture_ray.config.compose import compose
from culture_ray.config.hub_models import family_of, with_hub_models
from culture_ray.errors import UnknownName, WrongValue
from tests.conftest import Said
from tests.engines.shapes.test_sizes import PUBLISHED

BASE = ("experiment=quickstart", "language=[]")


def models(*words: str) -> dict[str, dict[str, object]]:
    content, _ = compose([*BASE, *words])
    found: dict[str, dict[str, object]] = content.get("model") or {}
    return found


def test_a_hub_name_stands_for_the_three_lines_of_a_file() -> None:
    (entry,) = models("model=[Qwen/Qwen9-8B-Base]").items()
    name, values = entry
    assert name == "qwen9_8b_base"
    assert values == {
        "engine": "vllm", "source": "Qwen/Qwen9-8B-Base", "family": "qwen",
        "family_guessed_from": "Qwen9-8B-Base",
    }  # fmt: skip


def test_one_name_needs_no_brackets_and_others_stay_as_they_are() -> None:
    assert list(models("model=org/My.Model-1")) == ["my_model_1"]
    assert set(models("model=[gemma_2_2b,org/one]")) == {"gemma_2_2b", "one"}
    assert with_hub_models(["model=[gemma_2_2b]", "seed=2"]) == ["model=[gemma_2_2b]", "seed=2"]


@pytest.mark.slow
def test_a_model_that_has_a_file_is_that_one() -> None:
    assert list(models("model=[google/gemma-2-9b-it]")) == ["gemma_2_9b"]
    assert list(models("model=[google/gemma-2-9b-it,gemma_2_9b]")) == ["gemma_2_9b"]


def test_two_models_of_one_name_are_told_apart() -> None:
    assert list(models("model=[first/model,second/model]")) == ["model", "second_model"]


@pytest.mark.slow
def test_what_a_hub_model_is_can_be_changed_by_other_words() -> None:
    (entry,) = models("model.one.family=mine", "model=[org/one]", "+model.one.chat=false").values()
    assert entry["family"] == "mine"
    assert entry["chat"] is False


def test_any_key_of_a_hub_model_is_set_like_that_of_a_file() -> None:
    (entry,) = models("model=[org/one]", "model.one.parameters=7e9", "model.one.env.A='1'").values()
    assert entry["parameters"] == 7e9
    assert entry["env"] == {"A": "1"}


def test_a_family_that_is_stated_was_not_guessed() -> None:
    for word in ("model.one.family=mistral", "++model.one.family=mistral"):
        (entry,) = models("model=[org/one]", word).values()
        assert entry["family"] == "mistral"
        assert "family_guessed_from" not in entry


def test_an_unknown_key_of_a_hub_model_is_refused_with_the_nearest(
    culture_ray: Callable[..., Said],
) -> None:
    said = culture_ray("plan", *BASE, "model=[org/one]", "model.one.paramters=7e9")
    assert said.code == 2
    assert "'model.one.paramters': did you mean 'model.one.parameters'?" in said.err


@pytest.mark.parametrize("given", ["folder", "./folder", "absolute"])
def test_a_local_folder_is_a_model(workplace: Path, given: str) -> None:
    folder = workplace / "folder"
    folder.mkdir()
    config = json.dumps(PUBLISHED["qwen_3_8b"]["config"])
    (folder / "config.json").write_text(config, encoding="utf-8")
    word = str(folder) if given == "absolute" else "./folder"
    (entry,) = models(f"model=['{word}']").values()
    assert (entry["source"], entry["family"]) == (word, "qwen_3")
    assert entry["family_guessed_from"] == "qwen3"


@pytest.mark.slow
def test_the_guess_of_the_family_is_said(workplace: Path, culture_ray: Callable[..., Said]) -> None:
    folder = workplace / "tuned"
    folder.mkdir()
    config = json.dumps(PUBLISHED["olmo_3_7b"]["config"])
    (folder / "config.json").write_text(config, encoding="utf-8")
    said = culture_ray("plan", "experiment=quickstart", "model=[./tuned]")
    assert said.code == 0, said.err
    words = " ".join(said.out.split())
    assert "tuned counts as of the family olmo_3, guessed from olmo3" in words
    assert "7.30 G" in words


@pytest.mark.parametrize(
    ("word", "named"),
    [
        ("model=[/no/such/folder]", "model='/no/such/folder' cannot be used: expected a folder"),
        ("model=['~/no_such_folder']", "expected a folder that exists, a hub name"),
        ("model=[a/b/c]", "unknown model 'a/b/c'"),
    ],
)
def test_a_place_that_is_none_is_refused(word: str, named: str) -> None:
    with pytest.raises((WrongValue, UnknownName), match=named):
        models(word)


def test_the_family_is_the_longest_known_one_that_fits() -> None:
    known = ["gemma", "gemma_3", "qwen", "olmo"]
    assert family_of("qwen3_moe", "x", known)[0] == "qwen"
    assert family_of("olmo3", "x", known) == ("olmo", "olmo3")
    assert family_of("", "Falcon3-7B", known) == ("falcon", "Falcon3-7B")
    assert family_of("", "0815", known)[0] == "0815"
