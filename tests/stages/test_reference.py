"""Importing and analysing the published responses gives the published figures."""

from __future__ import annotations

import os
from pathlib import Path

import pandas as pd
import pytest

from culture_ray.cli.main import main

HERE = Path(__file__).parents[2]
REFERENCE = Path(os.environ.get("CULTURE_RAY_REFERENCE", HERE.parent / "shared" / "reference"))

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not (REFERENCE / "expected_cells_gemma_openai.csv").exists(),
        reason="the published reference figures are not beside this repository",
    ),
]

COLUMNS = {
    "responses": "responses",
    "with_ground_truth": "responses_with_ground_truth",
    "topics": "topics",
    "alignment_language": "alignment_language",
    "alignment_us": "alignment_us",
    "alignment_native_mean": "alignment_native_mean",
    "us_minus_native": "us_minus_native",
    "self_consistency_unbiased": "self_consistency",
}


def run(*words):
    with pytest.raises(SystemExit) as left:
        main(list(words))
    return left.value.code


@pytest.fixture(scope="module")
def theirs(tmp_path_factory):
    """Return the folder of the imported and analysed run."""
    results = tmp_path_factory.mktemp("results")
    code = run(
        "import",
        f"file={REFERENCE / 'scored_responses_gemma_openai.csv'}",
        "run=theirs",
        f"results={results}",
        "columns.model=model_name",
        "columns.topic=question_key",
        "columns.value_polarity=response_pro_score",
        "allow_unknown_topics=true",
    )
    assert code == 0
    assert run("analyse", "run=theirs", f"results={results}") == 0
    return results / "theirs"


def test_every_cell_meets_the_reference(theirs):
    expected = pd.read_csv(REFERENCE / "expected_cells_gemma_openai.csv")
    found = pd.read_csv(theirs / "cells.csv")
    both = expected.merge(found, on=["model", "language"], suffixes=("_expected", ""))
    assert len(both) == len(expected) == 24
    for theirs_name, ours in COLUMNS.items():
        wanted = f"{theirs_name}_expected" if theirs_name == ours else theirs_name
        assert (both[ours] - both[wanted]).abs().max() < 1e-4, ours


def test_every_model_figure_has_an_error_and_an_interval_around_it(theirs):
    found = pd.read_csv(theirs / "cells.csv")
    models = found[found["family"] != "baseline"]
    withheld = models["note"].str.contains("no interval of self-consistency", na=False)
    # One published cell has 38 responses, with fewer than 16 topics that have two.
    assert withheld.sum() == 1
    for name in ("alignment_language", "us_minus_native", "self_consistency"):
        assert (models[f"{name}_std_error"] > 0).all()
        shown = models[~withheld] if name == "self_consistency" else models
        assert (shown[f"{name}_ci_low"] < shown[name]).all()
        assert (shown[name] < shown[f"{name}_ci_high"]).all()
    assert models.loc[withheld, "self_consistency_ci_low"].isna().all()


def test_the_rows_of_the_regression_have_the_published_capability(theirs):
    expected = pd.read_csv(REFERENCE / "expected_regression_rows_gemma_openai.csv")
    found = pd.read_csv(theirs / "cells.csv")
    both = expected.merge(found, on=["model", "language"], suffixes=("_expected", ""))
    assert (both["capability"] - both["capability_expected"]).abs().max() < 1e-9
    assert (both["family"] == both["family_expected"]).all()


def test_both_inferences_stand_side_by_side(theirs):
    code = run(
        "analyse",
        "run=theirs",
        f"results={theirs.parent}",
        "inference=paper",
        "inference.published_rounds=20",
    )
    assert code == 0
    paper = pd.read_csv(theirs / "regression" / "paper" / "multilingual.csv")
    valid = pd.read_csv(theirs / "regression" / "valid" / "multilingual.csv")
    assert "capability:family[gemma]:language[da]" in set(paper["term"])
    assert "capability_within:family[gemma]" in set(valid["term"])
    assert (theirs / "regression" / "valid" / "multilingual_within_given_consistency.csv").exists()
    latest = pd.read_csv(theirs / "regression" / "multilingual.csv")
    assert set(latest["term"]) == set(paper["term"])


def test_analysing_again_gives_the_same_numbers(theirs):
    before = (theirs / "cells.csv").read_bytes()
    assert run("analyse", "run=theirs", f"results={theirs.parent}") == 0
    assert (theirs / "cells.csv").read_bytes() == before
