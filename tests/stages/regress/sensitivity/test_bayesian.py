"""A Bayesian check of a run: bayesian.csv where it is wanted, one line where bambi is missing."""

from __future__ import annotations

import importlib.util
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from culture_ray.errors import MissingExtra
from culture_ray.settings.run import Settings
from culture_ray.stages.analyse import analyse
from culture_ray.stages.context import RunContext
from culture_ray.stages.measure.measure import measure
from culture_ray.stages.regress.regress import regress
from culture_ray.tables import BAYESIAN
from tests.answered import answer
from tests.small import small_settings

WANTED = ("inference.bayesian=true", "inference.bayesian_draws=4")


def without_bambi(monkeypatch: pytest.MonkeyPatch) -> None:
    find = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name, *more: None if name == "bambi" else find(name)
    )


@pytest.mark.slow
def test_without_bambi_a_run_is_refused_before_anything_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    without_bambi(monkeypatch)
    settings = small_settings(tmp_path, *WANTED)
    for refuse in (lambda c: c.check(), analyse):
        with pytest.raises(MissingExtra, match=r"culture-ray\[bayes\]"):
            refuse(RunContext(settings))
    assert not settings.run.folder.exists()
    assert "culture-ray[bayes]" in RunContext(settings).checked_plan().refusals[0]
    unwanted = replace(settings, inference=replace(settings.inference, bayesian=False))
    RunContext(unwanted).check_packages()


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Three Gemma models in three languages."""
    if importlib.util.find_spec("bambi") is None:
        pytest.skip("the extra bayes is not installed")
    settings = small_settings(
        tmp_path_factory.mktemp("family"), "model=[gemma_2_2b,gemma_2_9b,gemma_2_27b]",
        "judge=[gemma_2_9b]", "language=[da,en,nl]", "inference.permutations=0",
        "inference.outcome=topics", "inference.design=within_pooled", *WANTED,
    )  # fmt: skip
    answer(settings)
    measure(RunContext(settings))
    return settings


@pytest.mark.slow
def test_every_term_of_the_regression_has_a_row_and_a_reason_if_withheld(study: Settings) -> None:
    regress(RunContext(study))
    folder = study.run.folder / "regression"
    found = pd.read_csv(folder / "bayesian.csv")
    assert list(found.columns) == BAYESIAN.names
    assert set(found["design"]) == {"within_pooled"} and set(found["outcome"]) == {"topics"}
    terms = pd.read_csv(folder / "multilingual.csv")["term"].tolist()
    assert found["term"].tolist() == terms and "capability_within" in terms
    assert set(found["rows"]) == {9}
    fitted = found[found["rhat"].notna()]
    assert len(fitted) and np.isfinite(fitted["ess"]).all()
    # Four draws of each chain are too few.
    assert found["mean"].isna().all() and found["p_above_zero"].isna().all()
    assert found["reason"].notna().all()
    unwanted = replace(study, inference=replace(study.inference, bayesian=False))
    regress(RunContext(unwanted))
    assert not (folder / "bayesian.csv").exists()
    assert (folder / "multilingual.csv").exists()
