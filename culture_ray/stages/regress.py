"""Regress: cells to the two regressions, US bias and capability, or the sentence why not."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass

import numpy as np
import pandas as pd
import pyarrow as pa
from scipy import stats

from culture_ray.errors import BadTable
from culture_ray.regression.designs import WITHIN
from culture_ray.regression.results import Regression, Term
from culture_ray.regression.valid import regress as fit_valid
from culture_ray.report import content as shown
from culture_ray.report.tables_out import write_table
from culture_ray.stages.cells import Cells, cells
from culture_ray.stages.ground_truth import ground_truth_of
from culture_ray.stages.measure import BASELINE_FAMILY
from culture_ray.stages.settings import Settings
from culture_ray.store.atomic import replace, replace_text
from culture_ray.store.shards import read
from culture_ray.tables import DISTRIBUTIONS, REGRESSION

TITLES = {"us_bias": "US bias", "multilingual": "Alignment and language capability"}


@dataclass(frozen=True)
class Result:
    """A regression, or the sentence that says why there is none."""

    formula: str
    caption: str
    table: pd.DataFrame | None = None
    missing: str = ""
    notes: tuple[str, ...] = ()


def regress(settings: Settings) -> None:
    """Write cells.csv and the regressions of a run."""
    path = settings.run.folder / "distributions.arrow"
    distributions = read(path) if path.exists() else DISTRIBUTIONS.empty_table()
    found = cells(settings, distributions, ground_truth_of(settings))
    replace(settings.run.folder / "cells.csv", lambda p: found.rows.to_csv(p, index=False))
    results = {"us_bias": _us_bias(settings, found), "multilingual": _multilingual(found)}
    for name, result in results.items():
        _write(settings, name, result)


def regressions_of(settings: Settings) -> Mapping[str, shown.Regression]:
    """Return the regressions that stand in the run directory, for the report."""
    found = {}
    for name, title in TITLES.items():
        stem = settings.run.folder / "regression" / name
        if not stem.with_suffix(".json").exists():
            continue
        about = json.loads(stem.with_suffix(".json").read_text(encoding="utf-8"))
        table = None
        if not about["missing"]:
            table = pa.Table.from_pandas(
                pd.read_csv(stem.with_suffix(".csv")), schema=REGRESSION, preserve_index=False
            )
        found[name] = shown.Regression(
            title=title,
            caption=" ".join([about["caption"], *about["notes"]]),
            formula=about["formula"],
            table=table,
            missing=about["missing"],
            design=name,
        )
    return found


def _us_bias(settings: Settings, found: Cells) -> Result:
    """US minus the language's own countries, one contrast per model and language.

    Standard errors and t intervals come from the joint topic bootstrap; topics are the sample, so
    a cell of T topics has T - 1 degrees of freedom.
    """
    formula = "alignment with the US - mean alignment with the language's own countries"
    rows = found.rows[found.rows["us_minus_native"].notna()]
    if rows.empty:
        return Result(formula, "", missing="No cell has an alignment with the US and its own.")
    terms = []
    for index, row in rows.iterrows():
        estimate, topics = float(row["us_minus_native"]), int(row["topics"])
        drawn = found.rounds["us_minus_native"][int(str(index))]
        error = float(np.nanstd(drawn, ddof=1))
        if topics < 2 or not error > 0:
            continue
        reach = float(stats.t.ppf(0.975, topics - 1)) * error
        p_value = 2 * float(stats.t.sf(abs(estimate) / error, topics - 1))
        name = f"us_bias:model[{row['model']}]:language[{row['language']}]"
        terms.append(
            Term(name, estimate, error, topics - 1, estimate - reach, estimate + reach, p_value)
        )
    table = pd.DataFrame([asdict(term) for term in terms], columns=REGRESSION.names)
    caption = (
        "Positive where responses agree more with people in the US than with people of the "
        "countries that speak the prompt's language. Intervals are over topics."
    )
    return Result(formula, caption, table)


def _multilingual(found: Cells) -> Result:
    rows = found.rows[found.rows["family"] != BASELINE_FAMILY].reset_index()
    rows = rows.rename(
        columns={"self_consistency": "consistency", "alignment_language": "alignment"}
    )
    known = rows[rows["capability"].notna() & rows["alignment"].notna()]
    per_family = known.groupby("family")["model"].nunique()
    if not (per_family >= 2).any():
        have = ", ".join(sorted(set(known["model"]))) or "none of this run's models"
        return Result(
            WITHIN.formula,
            "",
            missing=(
                "The multilingual regression asks whether, among models of one family, more "
                "capability in a language goes with more alignment. It needs capability figures "
                f"for at least two models of a family; there are figures for {have}."
            ),
        )
    index = known["index"].to_numpy(np.int64)
    V = np.cov(_complete(found.rounds["alignment_language"][index]))
    try:
        fitted: Regression = fit_valid(known.reset_index(drop=True), WITHIN, V)
    except BadTable as error:
        return Result(
            WITHIN.formula, "", missing=f"The multilingual regression was not made: {error}"
        )
    if not fitted.terms:
        return Result(WITHIN.formula, "", missing=" ".join(fitted.notes))
    caption = "Among models of a family: does more capability in a language go with more alignment?"
    return Result(fitted.formula, caption, fitted.table(), notes=fitted.notes)


def _complete(drawn: np.ndarray) -> np.ndarray:
    """Return only the rounds in which every cell is defined."""
    return drawn[:, ~np.isnan(drawn).any(axis=0)]


def _write(settings: Settings, name: str, result: Result) -> None:
    stem = settings.run.folder / "regression" / name
    about = {key: value for key, value in asdict(result).items() if key != "table"}
    replace_text(stem.with_suffix(".json"), json.dumps(about, indent=2, ensure_ascii=False))
    if result.table is not None:
        table = pa.Table.from_pandas(result.table, schema=REGRESSION, preserve_index=False)
        write_table(table, stem, caption=TITLES[name])
