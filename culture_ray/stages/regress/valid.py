"""Regressions of inference=valid: a row per model and language, errors from joint topic draws."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict

import numpy as np
import pandas as pd

from culture_ray.errors import BadTable
from culture_ray.measures.resampling.spread import FEWEST_TOPICS
from culture_ray.regression.contrasts import us_bias
from culture_ray.regression.designs import RegressionDesign
from culture_ray.regression.valid import Options, regress
from culture_ray.settings.inference import InferenceSettings
from culture_ray.stages.measure.measure import BASELINE_FAMILY
from culture_ray.stages.regress.cells import Cells
from culture_ray.stages.regress.files import Result

MOST = 0.5
"""Share of draws that have to define a cell's alignment before a regression takes it."""


def valid_results(found: Cells, inference: InferenceSettings, seed: int) -> Iterator[Result]:
    """Yield US bias and every design of the configuration, the default under `multilingual`."""
    yield _us_bias(found)
    missing = missing_capability(regression_rows(found))
    if missing:
        formula = inference.designs[inference.design]
        yield Result("multilingual", "valid", formula, "", missing=missing)
        return
    for name, formula in inference.designs.items():
        suffix = "" if name == inference.design else f"_{name}"
        yield _multilingual(
            found,
            RegressionDesign(name, formula),
            f"multilingual{suffix}",
            inference.permutations,
            seed,
        )


def regression_rows(found: Cells) -> pd.DataFrame:
    """Return the primary cells of models as rows of a regression, with their place in the rounds.

    Columns model, family, language, alignment, consistency, capability, cell.
    """
    rows = found.rows.assign(cell=np.arange(len(found.rows))).iloc[found.primary]
    rows = rows[rows["family"] != BASELINE_FAMILY]
    return rows.rename(
        columns={"self_consistency": "consistency", "alignment_language": "alignment"}
    )[["model", "family", "language", "alignment", "consistency", "capability", "cell"]]


def without_capability(rows: pd.DataFrame) -> tuple[str, ...]:
    """Return the sentence on models that a regression leaves out for want of capability."""
    lacking = rows[rows["capability"].isna()]
    if lacking.empty:
        return ()
    named = [f"{row.model} in {row.language}" for row in lacking.head(6).itertuples()]
    more = f" and {len(lacking) - 6} more" if len(lacking) > 6 else ""
    return (f"left out {', '.join(named)}{more}: conf/capability has no benchmark of them",)


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
    rows = found.rows.reset_index(drop=True)
    studied = rows["family"] != BASELINE_FAMILY
    known = studied & rows.index.isin(found.primary)
    formula = "alignment with the US - mean alignment with the language's own countries"
    if not (known & rows["us_minus_native"].notna()).any():
        return Result(
            "us_bias",
            "valid",
            formula,
            "",
            missing="No cell has an alignment both with the US and with its own countries.",
        )
    place = np.flatnonzero(known)
    fitted = us_bias(
        rows.iloc[place].reset_index(drop=True),
        rows["alignment_us"].to_numpy(np.float64)[place],
        rows["alignment_native_mean"].to_numpy(np.float64)[place],
        found.rounds["alignment_us"][place].T,
        found.rounds["alignment_native_mean"][place].T,
    )
    caption = (
        "Positive where responses agree more with people in the US than with people of the "
        "countries that speak the prompt's language. Intervals are over topics."
    )
    return Result("us_bias", "valid", formula, caption, fitted.table(), notes=fitted.notes)


def _multilingual(
    found: Cells, design: RegressionDesign, name: str, permutations: int, seed: int
) -> Result:
    rows = regression_rows(found)
    known = rows[rows["capability"].notna()].reset_index(drop=True)
    drawn = found.rounds["alignment_language"][known["cell"].to_numpy(np.int64)]
    usual = known["alignment"].notna() & (np.isfinite(drawn).mean(axis=1) > MOST)
    notes = without_capability(rows) + tuple(
        f"left out {row.model} in {row.language}: no alignment, or none in most draws of topics"
        for row in known[~usual].itertuples()
    )
    topics = found.rows["topics"].to_numpy(np.float32)[known["cell"]]
    few = usual & (topics < FEWEST_TOPICS)
    notes += tuple(
        f"left out {row.model} in {row.language}: fewer than {FEWEST_TOPICS} topics, so that "
        f"nothing can be said of its error"
        for row in known[few].itertuples()
    )
    usual &= ~few
    known, topics = known[usual].reset_index(drop=True), topics[usual]
    draws = (drawn[usual] * np.sqrt(topics / (topics - 1))[:, None]).T
    try:
        options = Options(permutations=permutations, seed=seed)
        fitted = regress(known, design, options=options, draws=draws)
    except BadTable as error:
        why = " ".join([f"The multilingual regression was not made: {error}.", *notes])
        return Result(name, "valid", design.formula, "", missing=why)
    if not fitted.terms:
        return Result(name, "valid", design.formula, "", missing=" ".join([*notes, *fitted.notes]))
    return Result(
        name,
        "valid",
        fitted.formula,
        "Among models of a family: does more capability in a language go with more alignment?",
        fitted.table(),
        notes=(*notes, *fitted.notes),
        diagnostics={} if fitted.diagnostics is None else asdict(fitted.diagnostics),
    )
