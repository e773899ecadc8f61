"""Regressions of inference=paper: the published analysis, with bootstrap rounds as rows."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import asdict, replace

import numpy as np
import pandas as pd

from culture_ray.errors import BadTable
from culture_ray.measures.reliability import PUBLISHED_JUDGE_RELIABILITY
from culture_ray.measures.resampling.bootstrap import CellBootstrap, StudyCell
from culture_ray.measures.resampling.published import published_bootstraps
from culture_ray.measures.result import FloatArray
from culture_ray.regression import paper
from culture_ray.regression.designs import RegressionDesign
from culture_ray.regression.results import Regression
from culture_ray.settings.inference import InferenceSettings
from culture_ray.stages.measure.cells import BASELINE_FAMILY
from culture_ray.stages.regress.cells import Cells
from culture_ray.stages.regress.files import Result
from culture_ray.stages.regress.rows import (
    missing_capability,
    regression_rows,
    without_capability,
)
from culture_ray.survey.ground_truth import GroundTruth

RANDOM = "uniform_random"


def paper_results(
    cells: Cells, inference: InferenceSettings, seed: int, us: str, baselines: Sequence[str]
) -> Iterator[Result]:
    """Yield US bias and the multilingual regression as published (arXiv 2502.16534)."""
    yield _us_bias(cells, inference.published_rounds, seed, us, baselines)
    for name, formula in inference.designs.items():
        suffix = "" if name == inference.design else f"_{name}"
        yield _multilingual(
            cells,
            RegressionDesign(name, formula),
            f"multilingual{suffix}",
            inference.published_rounds,
            seed,
        )


def _multilingual(
    cells: Cells, design: RegressionDesign, name: str, rounds: int, seed: int
) -> Result:
    rows = regression_rows(cells)
    missing = missing_capability(rows)
    if missing:
        return Result(name, "paper", design.formula, "", missing=missing)
    notes = without_capability(rows)
    truth = _of_kind(cells.truth, "language")
    speakers = {code: truth.speakers_of(code) for code in rows["language"]}
    used_rows, wanted = [], []
    for row in rows[rows["capability"].notna()].to_dict("records"):
        if (population := speakers[row["language"]]) is not None:
            used_rows.append(row)
            wanted.append((row["cell"], [population.name]))
    drawn = [
        pd.DataFrame(
            {
                "model": row["model"],
                "family": row["family"],
                "language": row["language"],
                "capability": row["capability"],
                "alignment": bootstrap.alignment_rounds[:, 0],
                "consistency": bootstrap.consistency_rounds / PUBLISHED_JUDGE_RELIABILITY,
            }
        )
        for row, bootstrap in zip(
            used_rows, _bootstraps(cells, wanted, truth, rounds, seed), strict=True
        )
    ]
    caption = "The published design on bootstrap rounds, for comparison with the paper."
    try:
        fitted = paper.multilingual(pd.concat(drawn, ignore_index=True), design)
    except BadTable as error:
        reason = " ".join([f"The multilingual regression was not fitted: {error}.", *notes])
        return Result(name, "paper", design.formula, "", missing=reason)
    return _result(name, caption, replace(fitted, notes=(*notes, *fitted.notes)))


def _us_bias(cells: Cells, rounds: int, seed: int, us: str, baselines: Sequence[str]) -> Result:
    truth = _of_kind(cells.truth, "country")
    if us not in {population.name for population in truth.populations}:
        reason = f"US bias needs the population '{us}': add it to populations.compare."
        return Result("us_bias", "paper", paper.US_BIAS.formula, "", missing=reason)
    wanted = []
    for cell in cells.primary:
        row = cells.rows.iloc[cell]
        if row["family"] == BASELINE_FAMILY and row["model"] != RANDOM:
            continue
        native = [p.name for p in truth.countries_of(row["language"]) if p.name != us]
        wanted.append((int(cell), [us, *native]))
    drawn = [
        pd.DataFrame(
            {
                "model": cells.rows["model"].iloc[cell],
                "language": cells.rows["language"].iloc[cell],
                "us": float(name == us),
                "alignment": bootstrap.alignment_rounds[:, column],
            }
        )
        for (cell, names), bootstrap in zip(
            wanted, _bootstraps(cells, wanted, truth, rounds, seed), strict=True
        )
        for column, name in enumerate(names)
    ]
    if RANDOM not in baselines or not drawn:
        return Result(
            "us_bias",
            "paper",
            paper.US_BIAS.formula,
            "",
            missing=f"The published US bias is measured against the baseline {RANDOM}: add it to "
            f"baselines=[...].",
        )
    caption = "The published design on bootstrap rounds, for comparison with the paper."
    fitted = paper.us_bias(pd.concat(drawn, ignore_index=True), baseline=RANDOM)
    return _result("us_bias", caption, fitted)


def _bootstraps(
    cells: Cells,
    wanted: Sequence[tuple[int, Sequence[str]]],
    truth: GroundTruth,
    rounds: int,
    seed: int,
) -> Iterator[CellBootstrap]:
    """Yield the bootstrap of each wanted (cell, populations): alignment with these populations."""
    study = []
    for cell, names in wanted:
        study_cell = cells.study[cell]
        study.append(StudyCell(study_cell.key, study_cell.cell, _weights(truth, names)))
    return published_bootstraps(
        study,
        truth.value_polarity,
        rounds,
        seed,
        workers=os.cpu_count() or 1,
    )


def _weights(truth: GroundTruth, names: Sequence[str]) -> FloatArray:
    weights = np.zeros((len(names), len(truth.populations)))
    weights[np.arange(len(names)), [truth.row(name) for name in names]] = 1.0
    return weights


def _of_kind(truth: GroundTruth, kind: str) -> GroundTruth:
    return truth.for_populations([p.name for p in truth.populations if p.kind == kind])


def _result(name: str, caption: str, fitted: Regression) -> Result:
    if not fitted.terms:
        return Result(name, "paper", fitted.formula, "", missing=" ".join(fitted.notes))
    return Result(
        name,
        "paper",
        fitted.formula,
        caption,
        fitted.table(),
        notes=fitted.notes,
        diagnostics={} if fitted.diagnostics is None else asdict(fitted.diagnostics),
    )
