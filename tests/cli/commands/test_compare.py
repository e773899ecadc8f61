"""`culture-ray compare`: a summary no stronger than the intervals, and one-line mistakes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from culture_ray.report.screen.compare import difference_sentences
from culture_ray.stages.context import RunContext
from culture_ray.stages.measure.measure import measure
from culture_ray.tables import DIFFERENCES
from tests.answered import answer
from tests.conftest import Said
from tests.small import small_settings

CultureRay = Callable[..., Said]
FEW = "inference.rounds=60"


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Results with a run, one of another seed, and one of another model; only read."""
    folder = tmp_path_factory.mktemp("verb") / "results"
    for words in (("run=before",), ("run=after", "seed=2"), ("run=apart", "model=[gemma_2_2b]")):
        settings = small_settings(folder, *words)
        answer(settings)
        measure(RunContext(settings))
    return folder


@pytest.mark.slow
def test_two_runs_are_summarised_and_written(
    culture_ray: CultureRay, workplace: Path, results: Path
) -> None:
    said = culture_ray("compare", "run=[before,after]", FEW, f"results={results}", "to=out")
    assert said.code == 0, said.err
    assert "after (second) minus before (first)" in said.out
    assert "  seed: ~ changed: seed (1 to 2)" in said.out
    assert "of 2 cells (expected by chance: 0.1)" in said.out
    assert "- Alignment with the speakers of the language (hypothetical_interviews" in said.out
    assert said.out.endswith("written: out\n")
    table = pd.read_csv(workplace / "out" / "differences.csv")
    assert set(table["scope"]) == {"all", "language", "model", "cell"}
    drawn = {path.name for path in (workplace / "out" / "figures").iterdir()}
    assert drawn >= {"differences.png", "differences.pdf", "differences.svg"}


@pytest.mark.slow
def test_all_spellings_of_two_runs_are_the_same(
    culture_ray: CultureRay, workplace: Path, results: Path
) -> None:
    (workplace / "results").symlink_to(results)
    listed = culture_ray("compare", "run=[before,after]", FEW)
    assert listed.code == 0, listed.err
    assert (results / "compare" / "before_after" / "differences.csv").exists()
    twice = culture_ray("compare", "run=before", "run=after", FEW)
    assert twice.out == listed.out
    (workplace / "there").symlink_to(results)
    assert culture_ray("compare", "run=[before,there/after]", FEW).out == listed.out


@pytest.mark.slow
def test_models_of_two_names_are_paired_on_request(
    culture_ray: CultureRay, workplace: Path, results: Path
) -> None:
    said = culture_ray(
        "compare", "run=[before,apart]", "pairs={gemma_3_270m: gemma_2_2b}", FEW,
        f"results={results}", "to=out",
    )  # fmt: skip
    assert said.code == 0, said.err
    assert "gemma_3_270m > gemma_2_2b" in said.out
    assert "models: + added: gemma_2_2b; - removed: gemma_3_270m" in said.out


@pytest.mark.slow
@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        ((), "expected two runs, such as 'run=[first,second]'"),
        (("run=before",), "expected two runs"),
        (("run=[before,after,more]",), "expected two runs"),
        (("run=[before,before]",), "expected different runs"),
        (("run=[before,none]",), "no run 'none' in"),
        (
            ("run=[before,after]", "pairs={smal: gemma_3_270m}"),
            "unknown model 'smal' in run before",
        ),
        (("run=[before,after]", "pairs={gemma_3_270m: gemma_2_9b}"), "in run after"),
        (("run=[before,apart]",), "two runs with a model, language and protocol in common"),
    ],
)
def test_each_mistake_is_one_line(
    culture_ray: CultureRay, results: Path, words: tuple[str, ...], wanted: str
) -> None:
    assert wanted in culture_ray("compare", *words, FEW, f"results={results}").complaint


def row(difference: float | None, low: float | None, high: float | None) -> dict[str, object]:
    return {"figure": "alignment_language", "scope": "all", "protocol": "p", "judge_first": "j",
            "judge_second": "j", "cells": 4, "difference": difference, "ci_low": low,
            "ci_high": high}  # fmt: skip


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        (row(0.2, 0.1, 0.3), ": higher in the second run by 0.200 (0.100 to 0.300)."),
        (row(-0.2, -0.3, -0.1), ": lower in the second run by −0.200 (−0.300 to −0.100)."),
        (row(0.2, -0.1, 0.5), "0.200 (−0.100 to 0.500), which is compatible with no difference."),
        (row(0.0, 0.0, 0.0), ": exactly the same in both runs."),
        (row(0.2, None, None), "0.200 (–), without an interval."),
    ],
)
def test_sentences_claim_no_more_than_the_interval(given: dict[str, object], wanted: str) -> None:
    import pyarrow as pa

    (told,) = difference_sentences(pa.Table.from_pylist([given], schema=DIFFERENCES))
    assert told.endswith(wanted)
    assert told.startswith("Alignment with the speakers of the language (p, j), mean of 4 cells:")
