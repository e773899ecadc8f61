"""inference=valid as a stage: one row per model and language, V from the joint topic bootstrap."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict

import numpy as np
import pandas as pd
from scipy import stats

from culture_ray.errors import BadTable
from culture_ray.measures.spread import covariance
from culture_ray.regression.designs import Design
from culture_ray.regression.results import Term
from culture_ray.regression.valid import regress
from culture_ray.stages.cells import Cells
from culture_ray.stages.measure import BASELINE_FAMILY
from culture_ray.stages.regression_files import Result
from culture_ray.stages.settings import Settings
from culture_ray.tables import REGRESSION


def valid_results(settings: Settings, found: Cells) -> Iterator[Result]:
    """Yield US bias and every design of the configuration, the default under `multilingual`."""
    yield _us_bias(found)
    for name, formula in settings.inference.designs.items():
        suffix = "" if name == settings.inference.design else f"_{name}"
        yield _multilingual(found, Design(name, formula), f"multilingual{suffix}")


def regression_rows(found: Cells) -> pd.DataFrame:
    """Return the cells of models as rows of a regression, with their place in the rounds.

    Columns model, family, language, alignment, consistency, capability, cell.
    """
    rows = found.rows.assign(cell=np.arange(len(found.rows)))
    rows = rows[rows["family"] != BASELINE_FAMILY]
    return rows.rename(
        columns={"self_consistency": "consistency", "alignment_language": "alignment"}
    )[["model", "family", "language", "alignment", "consistency", "capability", "cell"]]


def missing_capability(rows: pd.DataFrame) -> str:
    """Return why there can be no multilingual regression, empty when there can."""
    known = rows[rows["capability"].notna() & rows["alignment"].notna()]
    if (known.groupby("family")["model"].nunique() >= 2).any():
        return ""
    have = ", ".join(sorted(set(known["model"]))) or "none of this run's models"
    return (
        "The multilingual regression asks whether, among models of one family, more capability in "
        "a language goes with more alignment. It needs capability figures for at least two models "
        f"of a family; there are figures for {have}."
    )


def _us_bias(found: Cells) -> Result:
    """US minus the language's own countries, one paired contrast per model and language.

    Standard errors come from the joint topic bootstrap; topics are the sample, so a cell of T
    topics has a t interval with T - 1 degrees of freedom.
    """
    formula = "alignment with the US - mean alignment with the language's own countries"
    terms = []
    for row in found.rows.to_dict("records"):
        estimate, topics = row["us_minus_native"], row["topics"]
        error = row["us_minus_native_std_error"]
        if pd.isna(estimate) or topics < 2 or pd.isna(error) or not error > 0:
            continue
        name = f"us_bias:model[{row['model']}]:language[{row['language']}]"
        terms.append(
            Term(
                name,
                float(estimate),
                float(error),
                topics - 1,
                row["us_minus_native_ci_low"],
                row["us_minus_native_ci_high"],
                2 * float(stats.t.sf(abs(estimate) / error, topics - 1)),
            )
        )
    if not terms:
        return Result(
            "us_bias",
            "valid",
            formula,
            "",
            missing="No cell has a US bias with an interval: none has an alignment with both.",
        )
    caption = (
        "Positive where responses agree more with people in the US than with people of the "
        "countries that speak the prompt's language. Intervals are over topics."
    )
    table = pd.DataFrame([asdict(term) for term in terms], columns=REGRESSION.names)
    return Result("us_bias", "valid", formula, caption, table)


def _multilingual(found: Cells, design: Design, name: str) -> Result:
    rows = regression_rows(found)
    missing = missing_capability(rows)
    if missing:
        return Result(name, "valid", design.formula, "", missing=missing)
    known = rows[rows["capability"].notna() & rows["alignment"].notna()].reset_index(drop=True)
    drawn = found.rounds["alignment_language"][known["cell"].to_numpy(np.int64)]
    V = covariance(drawn.T, found.rows["topics"].to_numpy()[known["cell"]])
    try:
        fitted = regress(known, design, V)
    except BadTable as error:
        why = f"The multilingual regression was not made: {error}"
        return Result(name, "valid", design.formula, "", missing=why)
    if not fitted.terms:
        return Result(name, "valid", design.formula, "", missing=" ".join(fitted.notes))
    return Result(
        name,
        "valid",
        fitted.formula,
        "Among models of a family: does more capability in a language go with more alignment?",
        fitted.table(),
        notes=fitted.notes,
        diagnostics={} if fitted.diagnostics is None else asdict(fitted.diagnostics),
    )
