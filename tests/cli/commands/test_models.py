"""`culture-ray models` lists the models that can be chosen and says which would run."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from culture_ray.config.compose import compose
from culture_ray.config.files import OWN_FOLDER
from tests.conftest import Said


@pytest.fixture
def rows(culture_ray: Callable[..., Said]) -> Callable[..., dict[str, dict[str, Any]]]:
    """The list as JSON, by name."""

    def listed(*words: str) -> dict[str, dict[str, Any]]:
        said = culture_ray("models", "--json", *words)
        assert said.code == 0, said.err
        return {row["name"]: row for row in json.loads(said.out)}

    return listed


@pytest.mark.slow
def test_facts_are_those_of_the_files(
    rows: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("ANTHROPIC_API_KEY", raising=False)
    found = rows()
    claude = found["claude_haiku_4_5"]
    assert (claude["needs"], claude["obstacle"]) == ("ANTHROPIC_API_KEY", "the key is not set")
    assert (claude["structured_output"], claude["logprobs"], claude["seeds"]) == (False,) * 3
    assert claude["dollars_in"] > 0
    aya = found["aya_expanse_8b"]
    assert len(aya["languages"]) == 23
    assert aya["licence"] == "CC-BY-NC-4.0"
    assert found["gemma_3_4b"]["languages"] is None
    assert found["gpt_oss_20b"]["active_parameters"] == pytest.approx(3.6e9, rel=0.01)


def test_filters_choose(rows: Callable[..., Any]) -> None:
    assert set(rows("family=phi")) == {"phi_4", "phi_4_mini"}
    assert {row["licence"] for row in rows("licence=mit").values()} == {"MIT"}
    assert "eurollm_9b" in rows("speaks=da", "billions_at_most=10")
    assert "llama_3_3_70b" not in rows("billions_at_most=10")


def test_on_a_cluster_its_gpus_decide(rows: Callable[..., Any]) -> None:
    found = rows("cluster=jureca", "engine=vllm")
    assert found["gemma_2_9b"]["obstacle"] is None
    assert "deepseek_v3" not in rows("cluster=jureca", "engine=vllm", "runs=true")


def test_own_files_are_listed_with_what_they_start_from(
    rows: Callable[..., Any], workplace: Path
) -> None:
    folder = workplace / OWN_FOLDER / "model"
    folder.mkdir(parents=True)
    text = "defaults: [{/model@_here_: gemma_2_9b}, _self_]\nsource: my/tuned\n"
    text = f"# @package model.tuned\n{text}"
    (folder / "tuned.yaml").write_text(text, encoding="utf-8")
    tuned = rows("name=tuned")["tuned"]
    assert (tuned["source"], tuned["family"]) == ("my/tuned", "gemma")
    content, _ = compose(["experiment=quickstart", "language=[]", "model=[tuned]"])
    assert set(content["model"]) == {"tuned"}
    assert content["model"]["tuned"]["family"] == "gemma"


def test_the_table_says_what_is_shown(culture_ray: Callable[..., Said]) -> None:
    said = culture_ray("models", "family=phi", "engine=vllm")
    words = " ".join(said.out.split())
    assert "phi_4" in words
    assert "2 of " in words
    assert "would run on this machine" in words


def test_a_family_that_is_none_gets_the_nearest(culture_ray: Callable[..., Said]) -> None:
    assert "unknown family 'qwen3'" in culture_ray("models", "family=qwen3").complaint
    assert "did you mean 'qwen_3'?" in culture_ray("models", "family=qwen3").complaint
    assert "engine" in culture_ray("models", "engine=vlm").complaint
