"""Plan of labels of a run: the half-width of corrected US bias by number of labelled responses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from culture_ray.errors import NoSuchRun
from culture_ray.labels.reference import PEOPLE
from culture_ray.measures.baselines import OPINIONS
from culture_ray.measures.labelled.expected_error import error_of_reliability, expected_covariance
from culture_ray.measures.labelled.half_widths import LabelDesign, Mean
from culture_ray.measures.resampling.bootstrap import StudyCell
from culture_ray.measures.result import FloatArray
from culture_ray.stages.context import RunContext
from culture_ray.stages.judge.error import JudgeError
from culture_ray.stages.measure.cells import BASELINE_FAMILY
from culture_ray.stages.regress.cells import primary_cells
from culture_ray.stages.regress.count_tables import study_cells
from culture_ray.store import catalogue
from culture_ray.store.run_directory import RunDirectory
from culture_ray.survey.ground_truth import GroundTruth
from culture_ray.tables import DISTRIBUTIONS

FIGURE = "us_minus_native"
_KEY = ["model", "language", "protocol", "persona", "judge"]


@dataclass(frozen=True, eq=False)
class LabelPlan:
    """Numbers of labels by half-width, and the languages in which labels matter most."""

    design: LabelDesign
    by_language: Mapping[str, float]
    """Standard deviation of what one label adds to US bias."""
    source: str
    """Origin of that figure."""


def label_plan(context: RunContext) -> LabelPlan:
    """Return the plan of labels for a run that has been analysed.

    The error over topics is that of the judged figures; that of labels comes from earlier labels of
    people, or else from the judge's error. Raises NoSuchRun for a run without US bias.
    """
    run = context.settings.run
    rows, errors = _us_bias(run)
    known = _of_earlier_labels(run)
    pairs = list(zip(rows["model"], rows["language"], strict=True))
    if all(pair in known for pair in pairs):
        one_label = np.array([known[pair] for pair in pairs])
        source = "the labels that people made so far"
    else:
        one_label = _of_judge_error(context, rows)
        source = "the judge's error, as docs/judging.md says where it comes from"
    design = LabelDesign(
        responses=rows["used"].to_numpy(np.float64),
        topics=rows["topics"].to_numpy(np.float64),
        one_label=one_label,
        means=_means(rows, errors),
    )
    by_language = pd.Series(one_label).groupby(rows["language"].to_numpy()).mean()
    return LabelPlan(
        design, {str(name): float(np.sqrt(value)) for name, value in by_language.items()}, source
    )


def _us_bias(run: RunDirectory) -> tuple[pd.DataFrame, Mapping[str, float]]:
    """Return the cells with US bias, as in cells.csv, and the standard errors of its terms."""
    cells = catalogue.read(run, "cells", needed=())
    regressions = catalogue.read(run, "regressions")
    if cells is not None and regressions is not None:
        table, bias = cells.to_pandas(), regressions.to_pandas()
        rows = table.iloc[primary_cells(table)]
        known = (rows["family"] != BASELINE_FAMILY) & rows[f"{FIGURE}_std_error"].notna()
        bias = bias[(bias["regression"] == "us_bias") & (bias["inference"] == "valid")]
        bias = bias[bias["std_error"].notna()]
        errors = dict(zip(bias["term"], bias["std_error"].astype(float), strict=True))
        if known.any() and FIGURE in errors:
            return rows[known].reset_index(drop=True), errors
    name = run.name
    raise NoSuchRun(
        f"run '{name}' has no US bias with a standard error to plan labels for: culture-ray "
        f"analyse run={name} computes it where the US and other countries of a language are known"
    )


def _means(rows: pd.DataFrame, errors: Mapping[str, float]) -> dict[str, list[Mean]]:
    """Return by scope the means of US bias that have a standard error."""
    singles = zip(rows["model"], rows["language"], strict=True)
    terms = {
        "one cell": [
            (f"{FIGURE}:model[{model}]:language[{language}]", [index])
            for index, (model, language) in enumerate(singles)
        ],
        **{
            f"one {part}": [
                (f"{FIGURE}:{part}[{name}]", np.flatnonzero(rows[part] == name).tolist())
                for name in rows[part].drop_duplicates()
            ]
            for part in ("model", "language")
        },
        "all cells": [(FIGURE, list(range(len(rows))))],
    }
    return {
        scope: [Mean(members, errors[term]) for term, members in found if term in errors]
        for scope, found in terms.items()
    }


def _of_judge_error(context: RunContext, rows: pd.DataFrame) -> FloatArray:
    """Return the variance of what one label adds to the US bias of each cell, if judges err so."""
    settings, truth, errors = context.settings, context.ground_truth, context.judge_errors
    distributions = catalogue.read(settings.run, "distributions")
    if distributions is None:
        distributions = DISTRIBUTIONS.empty_table()
    keys, study = study_cells(settings.populations.us, distributions, truth)
    cell_of = {_key(key): cell for key, cell in zip(keys, study, strict=True)}
    generator = np.random.default_rng(settings.seed)
    found = []
    for values in rows[_KEY].itertuples(index=False):
        key = dict(zip(_KEY, values, strict=True))
        error = errors.get((key["judge"], key["language"]))
        found.append(_expected(cell_of[_key(key)], truth, error, generator))
    return np.array(found)


def _of_earlier_labels(run: RunDirectory) -> dict[tuple[str, str], float]:
    """Return the variance of one label by model and language, from labels that people made."""
    corrected = catalogue.read(run, "label_corrected")
    return {
        (row["model"], row["language"]): row["label_std_error"] ** 2 * row["labels"]
        for row in ([] if corrected is None else corrected.to_pylist())
        if row["reference"] == PEOPLE
        and row["figure"] == FIGURE
        and row["cells"] == 1
        and row["model"]
        and row["language"]
        and row["label_std_error"]
    }


def _expected(
    cell: StudyCell, truth: GroundTruth, error: JudgeError | None, generator: np.random.Generator
) -> float:
    """Return the variance of one label that the judge's error lets expect."""
    share = np.nan if error is None else error.flipped
    if np.isnan(share):
        counts, values = cell.cell.counts.sum(axis=0), cell.cell.values
        spread = float(np.cov(values, fweights=counts.astype(int), ddof=0))
        constant = None if error is None else error.constant
        share = error_of_reliability(1.0 if constant is None else constant, spread, OPINIONS)
    weights = np.zeros((1, len(truth.populations))) if cell.contrasts is None else cell.contrasts
    inputs = (cell.cell, truth.value_polarity, weights, float(share), OPINIONS, generator)
    return float(expected_covariance(*inputs)[-1, -1])


def _key(key: Mapping[str, object]) -> tuple[object, ...]:
    return tuple(key[name] if isinstance(key[name], str) else None for name in _KEY)
