"""Regressions on capability that the run's own benchmarks measure, with its error."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from culture_ray.run.measured_capability import measured_scores
from culture_ray.settings.run import Settings
from culture_ray.stages.context import RunContext
from culture_ray.stages.measure.measure import measure
from culture_ray.stages.regress.measured_capability import variants_of
from culture_ray.stages.regress.regress import regress
from culture_ray.store import catalogue
from culture_ray.store.run_directory import RunDirectory
from culture_ray.tables import CAPABILITY_DRAWS, CAPABILITY_SLOPES
from tests.answered import answer
from tests.small import small_settings

MODELS = ("gemma_2_2b", "gemma_2_9b", "gemma_2_27b", "olmo_2_7b", "olmo_2_13b")
"""Models of two families, too few in one of them for a slope of its own."""
LANGUAGES = ("da", "en", "nl", "pt")


def _draws(models: tuple[str, ...], languages: tuple[str, ...]) -> pa.Table:
    """Draws of two benchmarks; `capability_sensitive` is measured by one of them only."""
    random = np.random.default_rng(0)
    rows = []
    measures = {"a": ("capability", "capability_sensitive"), "b": ("capability",)}
    for benchmark, variants in measures.items():
        for variant in variants:
            for place, model in enumerate(models):
                for language in languages:
                    value = 0.3 + 0.13 * place + 0.02 * random.normal()
                    rows.append(
                        {
                            "benchmark": benchmark, "variant": variant, "model": model,
                            "language": language, "value": value, "std_error": 0.02,
                            "draws": (value + 0.02 * random.normal(size=200)).tolist(),
                        }
                    )  # fmt: skip
    return pa.Table.from_pylist(rows, schema=CAPABILITY_DRAWS)


def test_capability_is_the_mean_over_benchmarks_with_the_error_of_a_mean() -> None:
    main, other = variants_of(_draws(("m",), ("da",)))
    assert (main.variant, other.variant) == ("capability", "capability_sensitive")
    assert main.value["m", "da"] == pytest.approx(0.3, abs=0.05)
    assert main.draws["m", "da"].std() == pytest.approx(0.02 / np.sqrt(2), rel=0.2)
    assert other.draws["m", "da"].std() == pytest.approx(0.02, rel=0.2)


def test_measured_scores_are_those_of_the_main_variant_with_their_errors(tmp_path: Path) -> None:
    run = RunDirectory(tmp_path)
    assert measured_scores(run).num_rows == 0
    catalogue.write(run, "capability_draws", _draws(MODELS, LANGUAGES))
    scores = measured_scores(run).to_pandas()
    assert len(scores) == 2 * len(MODELS) * len(LANGUAGES)
    assert scores["std_error"].eq(0.02).all()


@pytest.fixture(scope="module")
def two_families(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    settings = small_settings(
        tmp_path_factory.mktemp("measured"),
        f"model=[{','.join(MODELS)}]",
        "judge=[gemma_2_9b]",
        f"language=[{','.join(LANGUAGES)}]",
        "capability=measured",
        "benchmark=[quickstart]",
    )
    answer(settings)
    return settings


@pytest.mark.slow
def test_slopes_stand_beside_those_corrected_for_the_error_of_capability(
    two_families: Settings,
) -> None:
    catalogue.write(two_families.run, "capability_draws", _draws(MODELS, LANGUAGES))
    measure(RunContext(two_families))
    regress(RunContext(two_families))
    slopes = pd.read_csv(two_families.run.folder / "regression" / "capability_slopes.csv")
    assert list(slopes.columns) == CAPABILITY_SLOPES.names
    assert slopes["variant"].tolist() == ["capability", "capability_sensitive"]
    assert set(slopes["term"]) == {"capability_within"}, "families share a slope"
    assert slopes["reliability"].between(0.5, 1).all()
    grown = slopes["corrected"] / slopes["estimate"]
    assert np.allclose(grown, 1 / slopes["reliability"], rtol=0.05)
    assert slopes["reliability_within"].between(0.9, 1).all()
    cells = pd.read_csv(two_families.run.folder / "cells.csv")
    assert cells.loc[cells["model"].isin(MODELS), "capability"].notna().all()
