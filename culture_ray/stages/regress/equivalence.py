"""Effects smaller than the smallest of interest: equivalence.csv."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from culture_ray.measures.resampling.simultaneous import holm
from culture_ray.regression.equivalence import LEVEL, two_one_sided_tests
from culture_ray.settings.inference import InferenceSettings
from culture_ray.stages.regress.files import Result
from culture_ray.store import catalogue
from culture_ray.store.run_directory import RunDirectory
from culture_ray.tables import EQUIVALENCE

_SLOPES = ("capability_within", "capability:")
"""Beginnings of the terms that are tested; families differ in much besides capability."""


def write_equivalence(
    run: RunDirectory, results: Sequence[Result], inference: InferenceSettings
) -> None:
    """Write equivalence.csv, or remove it where no smallest effect of interest is set.

    Raises DiskProblem.
    """
    rows: list[dict[str, Any]] = []
    for result in results:
        is_bias = result.name == "us_bias"
        smallest = inference.smallest_effect if is_bias else inference.smallest_slope
        if result.table is not None and smallest is not None:
            table = result.table
            tested = table if is_bias else table[table["term"].str.startswith(_SLOPES)]
            rows += _rows(result.name, tested, smallest)
    if rows:
        catalogue.write(run, "equivalence", pa.Table.from_pylist(rows, EQUIVALENCE))
    else:
        catalogue.remove(run, "equivalence")


def _rows(regression: str, table: pd.DataFrame, smallest: float) -> Iterator[dict[str, Any]]:
    columns = ("estimate", "std_error", "df")
    estimate, error, df = (table[name].to_numpy(np.float64, na_value=np.nan) for name in columns)
    found = two_one_sided_tests(estimate, error, df, smallest)
    cells = table["term"].str.contains(":model[", regex=False) & table["term"].str.contains(
        ":language[", regex=False
    )
    single = cells.to_numpy(bool) & (regression == "us_bias")
    adjusted = holm(np.where(single, found.p_value, np.nan))
    decisive = np.where(single, adjusted, found.p_value)
    for i, term in enumerate(table["term"]):
        figures = {
            "estimate": estimate[i],
            "std_error": error[i],
            "df": df[i],
            "ci90_low": found.ci_low[i],
            "ci90_high": found.ci_high[i],
            "p_equivalence": found.p_value[i],
            "p_holm": adjusted[i],
        }
        yield {
            name: None if np.isnan(value) else float(value) for name, value in figures.items()
        } | {
            "regression": regression,
            "term": term,
            "smallest_effect": smallest,
            "equivalent": None if np.isnan(decisive[i]) else bool(decisive[i] < LEVEL),
        }
