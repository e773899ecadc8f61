"""Slopes of capability that the run's own benchmarks measure, corrected for its error."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from culture_ray.errors import BadTable
from culture_ray.measures.result import FloatArray
from culture_ray.regression.attenuation import (
    CorrectedTerm,
    capability_reliability,
    corrected_terms,
)
from culture_ray.regression.designs import RegressionDesign, design_matrices
from culture_ray.regression.results import Term, Variance
from culture_ray.regression.valid import Options
from culture_ray.run.measured_capability import MAIN
from culture_ray.settings.inference import InferenceSettings
from culture_ray.stages.regress.cells import Cells
from culture_ray.stages.regress.files import Result
from culture_ray.stages.regress.valid import multilingual
from culture_ray.store import catalogue
from culture_ray.store.run_directory import RunDirectory
from culture_ray.tables import CAPABILITY_SLOPES


@dataclass(frozen=True, eq=False)
class MeasuredCapability:
    """Capability of one variant by model and language: its mean over benchmarks in every draw."""

    variant: str
    value: Mapping[tuple[str, str], float]
    draws: Mapping[tuple[str, str], FloatArray]
    """Deviations from `value`, (B,) each, jointly drawn."""


def variants_of(table: pa.Table) -> list[MeasuredCapability]:
    """Return every variant in a table of draws (CAPABILITY_DRAWS schema), `capability` first.

    A model's capability is the mean over the benchmarks of a variant; their draws are independent
    of one another, as they have different items.
    """
    found: dict[str, dict[tuple[str, str], list[dict[str, Any]]]] = {}
    for row in table.to_pylist():
        if row["value"] is not None:
            key = row["model"], row["language"]
            found.setdefault(row["variant"], {}).setdefault(key, []).append(row)
    ordered = sorted(found, key=lambda variant: variant != MAIN)
    return [
        MeasuredCapability(
            variant,
            {key: float(np.mean([row["value"] for row in rows])) for key, rows in of_key.items()},
            {key: _deviations(rows) for key, rows in of_key.items()},
        )
        for variant in ordered
        for of_key in [found[variant]]
    ]


def write_capability_slopes(
    run: RunDirectory, cells: Cells, inference: InferenceSettings, *, measured: bool
) -> None:
    """Write regression/capability_slopes.csv, or remove it in a run without measured capability.

    Raises DiskProblem.
    """
    table = catalogue.read(run, "capability_draws") if measured else None
    if table is None or not table.num_rows:
        catalogue.remove(run, "capability_slopes")
        return
    rows = [row for variant in variants_of(table) for row in _slopes(cells, inference, variant)]
    catalogue.write(run, "capability_slopes", pa.Table.from_pylist(rows, CAPABILITY_SLOPES))


def _deviations(rows: Sequence[Mapping[str, Any]]) -> FloatArray:
    draws = [np.asarray(row["draws"], dtype=np.float64) - row["value"] for row in rows]
    fewest = min(len(one) for one in draws)
    return np.asarray(np.nan_to_num(np.mean([one[:fewest] for one in draws], axis=0)))


def _slopes(
    cells: Cells, inference: InferenceSettings, variant: MeasuredCapability
) -> Iterator[dict[str, Any]]:
    """Yield the slopes of one variant in the default design, as fitted and corrected.

    Families with few models share one slope; the formula fitted says so, not that of the design.
    """
    keys = list(zip(cells.rows["model"], cells.rows["language"], strict=True))
    own = replace(
        cells, rows=cells.rows.assign(capability=[variant.value.get(k, np.nan) for k in keys])
    )
    design = RegressionDesign(inference.design, inference.designs[inference.design])
    alone = Options(permutations=0, without_models=0)
    try:
        result = multilingual(own, design, variant.variant, inference, alone)
    except BadTable as problem:
        yield {"variant": variant.variant, "note": str(problem)}
        return
    if result.table is None:
        yield {"variant": variant.variant, "note": result.missing}
        return
    rows = _fitted_rows(own, result)
    errors = np.stack([variant.draws[k] for k in zip(rows["model"], rows["language"], strict=True)])
    root = errors.T / np.sqrt(max(errors.shape[1] - 1, 1))
    terms = [
        _term({str(name): value for name, value in row.items()})
        for row in result.table.to_dict("records")
    ]
    variances = [Variance(**one) for one in result.diagnostics["variances"]]
    fitted = replace(design, formula=result.formula)
    corrected = corrected_terms(fitted, design_matrices(fitted, rows), terms, variances, root)
    if not corrected:
        yield {"variant": variant.variant, "note": f"'{result.formula}' has no slope of capability"}
    within = capability_reliability(root, rows)
    plain = {term.term: term for term in terms}
    for one in corrected:
        yield _row(variant.variant, plain[one.term], one, within, len(rows))


def _fitted_rows(cells: Cells, result: Result) -> pd.DataFrame:
    """Return the rows that a regression was fitted on, as it names them."""
    named = {(row["model"], row["language"]) for row in result.diagnostics["cells"]}
    rows = cells.rows.iloc[cells.primary]
    kept = [key in named for key in zip(rows["model"], rows["language"], strict=True)]
    return (
        rows[kept]
        .rename(columns={"self_consistency": "consistency", "alignment_language": "alignment"})[
            ["model", "family", "language", "alignment", "consistency", "capability"]
        ]
        .reset_index(drop=True)
    )


def _term(row: Mapping[str, Any]) -> Term:
    return Term(**{name: row[name] for name in Term.__dataclass_fields__})


def _row(
    variant: str, plain: Term, corrected: CorrectedTerm, within: float, rows: int
) -> dict[str, Any]:
    return {
        "variant": variant,
        "term": plain.term,
        "estimate": plain.estimate,
        "std_error": plain.std_error,
        "ci_low": plain.ci_low,
        "ci_high": plain.ci_high,
        "p_value": plain.p_value,
        "reliability_within": None if np.isnan(within) else within,
        "reliability": corrected.reliability,
        "corrected": corrected.estimate,
        "corrected_std_error": corrected.std_error,
        "corrected_ci_low": corrected.ci_low,
        "corrected_ci_high": corrected.ci_high,
        "rows": rows,
        "note": None if corrected.estimate is not None else "capability is mostly error",
    }
