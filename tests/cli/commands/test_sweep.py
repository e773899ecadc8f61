"""A sweep that cannot work says so before it asks anything, and leaves what there is alone."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from importlib.machinery import ModuleSpec
from pathlib import Path

import pytest

from tests.answered import answer
from tests.conftest import Said
from tests.small import small_settings

TINY = ("experiment=quickstart", "language=[en]", "topics.only=[f118,f120]")
GEMMA = (*TINY, "design.prompts_per_language=4", "model=[gemma_2_2b]", "judge=[gemma_2_9b]")
ON_CPU = ("model.gemma_2_2b.gpus_per_replica=0",)


def files(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


PAID = (*GEMMA, "model=[gpt_4o]", "judge=[gpt_4_1]")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), ("these requests cost money, up to $0.", "spending.cap_dollars=0.0")),
        (("spending.cap_dollars=0",), ("spending.cap_dollars=0", "above 0 dollars")),
        (("spending.cap_dollars=-2",), ("spending.cap_dollars=-2", "above 0 dollars")),
        (("spending.cap_dollars=1e-7",), ("at least the price of one request, $0.00",)),
        (
            ("spending.models={gpt4o: 2}",),
            ("spending.models.gpt4o", "did you mean 'spending.models.gpt_4o'"),
        ),
        (("spending.cap_dollars=9",), ("gpt_4o", "OPENAI_API_KEY is not set")),
        (
            ("spending.cap_dollars=9", "model.gpt_4o.source=gpt-nobody-knows"),
            ("gpt-nobody-knows", "conf/model/gpt_4o.yaml", "prices: {input:"),
        ),
        (
            ("spending.cap_dollars=9", "+model.gpt_4o.limits={requests_per_minute: 0}"),
            ("model.gpt_4o.limits.requests_per_minute=0", "above 0, or null"),
        ),
    ],
)
def test_what_is_wrong_about_money_is_said_before_anything_is_sent(
    culture_ray: Callable[..., Said],
    monkeypatch: pytest.MonkeyPatch,
    workplace: Path,
    words: tuple[str, ...],
    said: tuple[str, ...],
) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    complaint = culture_ray("sweep", *PAID, *words).complaint
    for part in said:
        assert part in complaint
    assert not list(workplace.rglob("*.arrow"))


def test_a_run_that_is_to_be_confirmed_needs_a_terminal(
    culture_ray: Callable[..., Said], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "a-key")
    words = ("spending.cap_dollars=9", "spending.confirm=true")
    assert "there is none" in culture_ray("sweep", *PAID, *words).complaint


@pytest.mark.slow
@pytest.mark.parametrize(("words", "extra"), [((), "gpu"), (ON_CPU, "cpu")])
def test_a_missing_extra_names_the_command_that_installs_it(
    culture_ray: Callable[..., Said],
    monkeypatch: pytest.MonkeyPatch,
    words: tuple[str, ...],
    extra: str,
) -> None:
    find = importlib.util.find_spec

    def without(name: str, package: str | None = None) -> ModuleSpec | None:
        return None if name == "vllm" else find(name, package)

    monkeypatch.setattr(importlib.util, "find_spec", without)
    complaint = culture_ray("sweep", *GEMMA, *words).complaint
    assert f'pip install "culture-ray[{extra}]"' in complaint


@pytest.mark.slow
def test_a_run_of_another_configuration_is_refused_and_untouched(
    culture_ray: Callable[..., Said], workplace: Path
) -> None:
    answer(small_settings(workplace / "results", "language=[en]", "run=quickstart"))
    before = files(workplace)
    complaint = culture_ray("sweep", *GEMMA).complaint
    assert "run 'quickstart' was made with other settings" in complaint
    assert "run=quickstart_2" in complaint
    assert files(workplace) == before


@pytest.mark.slow
def test_results_in_the_place_of_a_file_are_refused(
    culture_ray: Callable[..., Said], workplace: Path
) -> None:
    (workplace / "taken").write_text("mine")
    complaint = culture_ray("sweep", *GEMMA, "results=taken").complaint
    assert "a part of the path is a file" in complaint
    assert (workplace / "taken").read_text() == "mine"


@pytest.mark.slow
def test_what_is_measured_again_needs_no_model(
    culture_ray: Callable[..., Said], workplace: Path
) -> None:
    answer(small_settings(workplace / "results", "language=[en]", "run=small"))
    words = (
        "experiment=quickstart", "language=[en]", "run=small", "inference.rounds=60",
        "topics.only=[c001_01,d054,d059,e035,e069_02,f118,f120,f121]",
        "protocol=[hypothetical_interviews_short]",
        "design.prompts_per_language=24", "cluster.unit_size=8",
        "stages=[measure,regress,report]",
    )  # fmt: skip
    said = culture_ray("sweep", *words)
    assert said.code == 0, said.err
    run = workplace / "results" / "small"
    for name in ("distributions.arrow", "cells.csv", "regression/us_bias.csv", "report.html"):
        assert (run / name).exists()


@pytest.mark.slow
def test_a_word_that_is_wrong_is_found_before_a_run_directory_is_made(
    culture_ray: Callable[..., Said], workplace: Path
) -> None:
    assert "seed='x'" in culture_ray("sweep", *GEMMA, "seed=x").complaint
    assert "'speakers:en'" in culture_ray("sweep", *GEMMA, "populations.compare=[US]").complaint
    assert list(workplace.iterdir()) == []


@pytest.mark.slow
def test_a_size_that_does_not_divide_the_heads_is_found_before_a_run_directory_is_made(
    culture_ray: Callable[..., Said], workplace: Path
) -> None:
    complaint = culture_ray("sweep", *GEMMA, "model.gemma_2_2b.gpus_per_replica=3").complaint
    assert "gpus_per_replica=3 cannot be used: expected 1, 2, 4, 8 or auto" in complaint
    assert list(workplace.iterdir()) == []
