from __future__ import annotations

import numpy as np
import pandas as pd

from culture_ray.errors import BadTable
from culture_ray.regression.designs import WITHIN, design_matrices
from culture_ray.regression.results import Regression
from culture_ray.regression.sampling import SamplingError
from culture_ray.regression.without_models import regressions_without_models
from tests.regression.made_up import study


def test_each_model_is_left_out_once_with_its_sampling_errors() -> None:
    rows = study(1)
    rows.loc[7, "alignment"] = np.nan
    errors = SamplingError(np.arange(float(len(rows)))[None, :])
    models = sorted(set(rows["model"]))
    parts = []

    def refit(part: pd.DataFrame, its_errors: SamplingError | None) -> Regression:
        assert its_errors is not None
        parts.append((set(models) - set(part["model"]), list(its_errors.root[0])))
        if len(parts) == 2:
            raise BadTable("too few rows")
        return Regression("within", "", "valid", (), (), None, (f"{len(part)} rows",))

    found, skipped = regressions_without_models(
        rows, design_matrices(WITHIN, rows), errors, refit, most=len(models)
    )
    assert skipped == ()
    assert [one.model for one in found] == models
    assert [left_out for left_out, _ in parts] == [{model} for model in models]
    used = rows[rows["alignment"].notna()]
    for one, (_, root) in zip(found, parts, strict=True):
        kept = used[used["model"] != one.model]
        assert root == list(kept.index)
        assert one.notes == (f"{len(kept)} rows",) or one.model == models[1]
    assert found[1].notes == ("too few rows",)


def test_many_models_are_not_left_out_one_by_one_and_a_note_says_so() -> None:
    rows = study(1)
    models = rows["model"].nunique()

    def refit(part: pd.DataFrame, its_errors: SamplingError | None) -> Regression:
        raise AssertionError("refitted")

    found, skipped = regressions_without_models(
        rows, design_matrices(WITHIN, rows), None, refit, most=models - 1
    )
    assert found == ()
    assert skipped == (f"not refitted without each of the {models} models",)
