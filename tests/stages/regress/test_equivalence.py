"""Equivalence of a run: single cells by Holm, means alone, slopes with a bound of their own."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from culture_ray.settings.inference import InferenceSettings
from culture_ray.stages.regress.equivalence import write_equivalence
from culture_ray.stages.regress.files import Result
from culture_ray.store import catalogue
from culture_ray.store.run_directory import RunDirectory


def result(name: str, terms: dict[str, tuple[float, float]]) -> Result:
    rows = [
        {"term": term, "estimate": estimate, "std_error": error, "df": 30.0}
        for term, (estimate, error) in terms.items()
    ]
    return Result(name, "valid", "", "", pd.DataFrame(rows))


BIAS = result(
    "us_bias",
    {
        "us_minus_native:model[a]:language[da]": (0.0, 0.025),
        "us_minus_native:model[a]:language[en]": (0.0, 0.01),
        "us_minus_native:model[a]": (0.0, 0.025),
        "us_minus_native:language[da]": (0.06, 0.01),
        "us_minus_native": (0.0, float("nan")),
    },
)
SLOPES = result(
    "multilingual",
    {
        "language[da]": (0.5, 0.01),
        "capability_within": (0.0, 0.04),
        "capability_between": (0, 0.01),
    },
)


def written(tmp_path: Path, inference: InferenceSettings) -> pd.DataFrame | None:
    run = RunDirectory(tmp_path)
    write_equivalence(run, [BIAS, SLOPES], inference)
    found = catalogue.read(run, "equivalence")
    return None if found is None else found.to_pandas().set_index("term")


def test_single_cells_allow_for_their_number_and_means_do_not(tmp_path: Path) -> None:
    found = written(tmp_path, InferenceSettings(smallest_effect=0.05))
    assert found is not None and set(found["regression"]) == {"us_bias"}
    cell = found.loc["us_minus_native:model[a]:language[da]"]
    mean = found.loc["us_minus_native:model[a]"]
    assert cell["p_equivalence"] == mean["p_equivalence"] < 0.05
    assert cell["p_holm"] == pytest.approx(cell["p_equivalence"])  # the larger of two
    assert found.loc["us_minus_native:model[a]:language[en]", "p_holm"] < 0.001
    assert pd.isna(mean["p_holm"]) and mean["equivalent"]
    assert not found.loc["us_minus_native:language[da]", "equivalent"]
    assert pd.isna(found.loc["us_minus_native", "equivalent"])


def test_slopes_have_a_bound_of_their_own(tmp_path: Path) -> None:
    found = written(tmp_path, InferenceSettings(smallest_slope=0.1))
    assert found is not None and found.index.tolist() == ["capability_within"]
    assert found.loc["capability_within", "equivalent"]
    assert written(tmp_path, InferenceSettings()) is None
