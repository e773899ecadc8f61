"""A plan prints what a sweep would do and need, on any machine, and writes nothing."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from culture_ray.config.files import conf_folder
from tests.conftest import ROOT, Said


def listing(folder: Path) -> set[tuple[str, float]]:
    return {(str(path), path.stat().st_mtime) for path in folder.rglob("*")}


def test_the_published_study_is_planned_with_requests_tokens_and_hardware(
    culture_ray: Callable[..., Said], workplace: Path
) -> None:
    before = listing(conf_folder())
    said = culture_ray("plan", "experiment=paper")
    assert said.code == 0, said.err
    assert "run paper: 9 models x 4 languages x 300 prompts" in said.out
    lines = [line.split() for line in said.out.splitlines()]
    elicit = {words[1]: words for words in lines if words[:1] == ["elicit"]}
    assert len(elicit) == 9
    assert {words[2] for words in elicit.values()} == {"1,200"}
    for name in ("gemma_2_27b", "olmo_2_32b"):
        assert "GPU" in " ".join(elicit[name])
        assert "80 GiB" in " ".join(elicit[name])
    assert "an API key" in " ".join(elicit["gpt_4o"])
    judge = next(words for words in lines if words[:1] == ["judge"])
    assert judge[1:3] == ["gpt_4_1", "10,800"]
    assert said.out.splitlines()[-1] == "nothing was written"
    assert all(len(line) <= 80 for line in said.out.splitlines())
    assert list(workplace.iterdir()) == []
    assert listing(conf_folder()) == before


def test_smaller_gpus_say_what_to_change(culture_ray: Callable[..., Said]) -> None:
    said = culture_ray(
        "plan", "experiment=paper", "model=[gemma_2_27b]", "language=[en]",
        "cluster.gpu_memory_gib=40",
    )  # fmt: skip
    assert "does not fit: set gpus_per_replica to 2" in " ".join(said.out.split())


def test_one_of_each_is_said_in_the_singular(culture_ray: Callable[..., Said]) -> None:
    said = culture_ray(
        "plan", "experiment=quickstart", "language=[en]", "topics.only=[f118]",
        "design.prompts_per_language=1", "design.samples=3",
    )  # fmt: skip
    assert "run quickstart: 1 model x 1 language x 1 prompt\n" in said.out
    said_flat = " ".join(said.out.split())
    assert "balanced design over 1 topic" in said_flat
    assert "(main): 1 prompt, each sampled 3 times" in said_flat
    assert "direct_item: 1 prompt, each sampled once" in said_flat


def test_a_plan_is_made_where_results_cannot_be_written(
    culture_ray: Callable[..., Said],
) -> None:
    said = culture_ray("plan", "experiment=quickstart", "language=[en]", "results=/proc/none")
    assert said.code == 0, said.err


@pytest.mark.slow
def test_the_script_in_jobs_prints_what_the_command_prints(
    in_a_process: Callable[..., Said], console_script: Path
) -> None:
    script = in_a_process(sys.executable, ROOT / "jobs" / "plan.py", "experiment=paper")
    command = in_a_process(console_script, "plan", "experiment=paper")
    assert script.code == command.code == 0, script.err + command.err
    assert script.out == command.out
    assert "9 models" in script.out
