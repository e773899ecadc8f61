"""Regressions of inference=valid: one row per model and language, errors from joint topic draws."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, replace

import numpy as np
import pandas as pd

from culture_ray.errors import BadTable
from culture_ray.measures.resampling.spread import FEWEST_TOPICS
from culture_ray.regression.contrasts import us_bias
from culture_ray.regression.designs import RegressionDesign
from culture_ray.regression.valid import Options, regress
from culture_ray.settings.inference import InferenceSettings, Outcome
from culture_ray.stages.measure.measure import BASELINE_FAMILY
from culture_ray.stages.regress.cells import Cells
from culture_ray.stages.regress.files import Result
from culture_ray.stages.regress.same_model import alike_models, merged_models

OUTCOME_FIGURES: Mapping[Outcome, str] = {
    "responses": "alignment_language",
    "topics": "alignment_language_topics",
    "disattenuated": "alignment_language_disattenuated",
}
"""Outcome of a regression -> its figure in cells.csv."""

_QUESTION = "Among models of a family: does more capability in a language go with more alignment?"
_OF_OUTCOME: Mapping[Outcome, str] = {
    "responses": "",
    "topics": "Alignment is computed over topic means.",
    "disattenuated": "Alignment is corrected for the noise of responses and of the survey.",
}

MIN_DEFINED_SHARE = 0.5
"""Share of draws in which a cell's alignment must be defined for a regression to use the cell."""


def valid_results(cells: Cells, inference: InferenceSettings, seed: int) -> Iterator[Result]:
    """Yield US bias and every design of the configuration; the default is named `multilingual`."""
    yield _us_bias(cells)
    missing = missing_capability(regression_rows(cells))
    if missing:
        formula = inference.designs[inference.design]
        yield Result("multilingual", "valid", formula, "", missing=missing)
        return
    options = Options(permutations=inference.permutations, seed=seed)
    alike = alike_models(cells, regression_rows(cells), inference.same_model)
    for name, formula in inference.designs.items():
        suffix = "" if name == inference.design else f"_{name}"
        design = RegressionDesign(name, formula)
        result = multilingual(cells, design, f"multilingual{suffix}", inference, options)
        yield replace(result, notes=(*alike, *result.notes))


def regression_rows(cells: Cells, outcome: Outcome = "responses") -> pd.DataFrame:
    """Return the primary cells of models as rows of a regression.

    Columns model, family, language, alignment, consistency, capability, and `cell`, the position
    in the rounds.
    """
    rows = cells.rows.assign(cell=np.arange(len(cells.rows))).iloc[cells.primary]
    rows = rows[rows["family"] != BASELINE_FAMILY]
    return rows.rename(
        columns={"self_consistency": "consistency", OUTCOME_FIGURES[outcome]: "alignment"}
    )[["model", "family", "language", "alignment", "consistency", "capability", "cell"]]


def without_capability(rows: pd.DataFrame) -> tuple[str, ...]:
    """Return a sentence on the models left out because their capability is not known, if any."""
    lacking = rows[rows["capability"].isna()]
    if lacking.empty:
        return ()
    first = [f"{row.model} in {row.language}" for row in lacking.head(6).itertuples()]
    more = f" and {len(lacking) - 6} more" if len(lacking) > 6 else ""
    return (f"left out {', '.join(first)}{more}: conf/capability has no benchmark scores for them",)


def missing_capability(rows: pd.DataFrame) -> str:
    """Return the reason why the multilingual regression cannot be fitted; empty if it can."""
    scored = rows[rows["capability"].notna()]
    known = scored[scored["alignment"].notna()]
    if _has_family_of_two(known):
        return ""
    what, have = "capability figures for", scored
    if _has_family_of_two(scored):
        what, have = "alignment figures for", known
    names = ", ".join(sorted(set(have["model"]))) or "none of this run's models"
    where = "; the notes in cells.csv say why there is no alignment" if have is known else ""
    return (
        "The multilingual regression asks whether, among models of one family, more capability in "
        f"a language goes with more alignment. It needs {what} at least two models of a family, "
        f"and has them for {names}{where}."
    )


def _has_family_of_two(rows: pd.DataFrame) -> bool:
    return bool((rows.groupby("family")["model"].nunique() >= 2).any())


def _us_bias(cells: Cells) -> Result:
    rows = cells.rows.reset_index(drop=True)
    studied = rows["family"] != BASELINE_FAMILY
    known = studied & rows.index.isin(cells.primary)
    formula = "alignment with the US - mean alignment with the language's own countries"
    if not (known & rows["us_minus_native"].notna()).any():
        return Result(
            "us_bias",
            "valid",
            formula,
            "",
            missing="No cell has an alignment with both the US and its language's own countries.",
        )
    positions = np.flatnonzero(known)
    fitted = us_bias(
        rows.iloc[positions].reset_index(drop=True),
        rows["alignment_us"].to_numpy(np.float64)[positions],
        rows["alignment_native_mean"].to_numpy(np.float64)[positions],
        cells.rounds["alignment_us"][positions].T,
        cells.rounds["alignment_native_mean"][positions].T,
    )
    caption = (
        "Positive where responses agree more with people in the US than with people of the "
        "countries that speak the prompt's language. Intervals are over topics."
    )
    return Result("us_bias", "valid", formula, caption, fitted.table(), notes=fitted.notes)


def multilingual(
    cells: Cells,
    design: RegressionDesign,
    name: str,
    inference: InferenceSettings,
    options: Options,
) -> Result:
    """Return the regression of alignment on capability, or why there is none."""
    outcome = inference.outcome
    rows = regression_rows(cells, outcome)
    known = rows[rows["capability"].notna()].reset_index(drop=True)
    drawn = cells.rounds[OUTCOME_FIGURES[outcome]][known["cell"].to_numpy(np.int64)]
    usable = known["alignment"].notna() & (np.isfinite(drawn).mean(axis=1) > MIN_DEFINED_SHARE)
    notes = without_capability(rows) + tuple(
        f"left out {row.model} in {row.language}: alignment is undefined, or undefined in most "
        f"draws of topics"
        for row in known[~usable].itertuples()
    )
    topics = cells.rows["topics"].to_numpy(np.float32)[known["cell"]]
    too_few = usable & (topics < FEWEST_TOPICS)
    notes += tuple(
        f"left out {row.model} in {row.language}: fewer than {FEWEST_TOPICS} topics, too few to "
        f"estimate its error"
        for row in known[too_few].itertuples()
    )
    usable &= ~too_few
    known, topics = known[usable].reset_index(drop=True), topics[usable]
    draws = (drawn[usable] * np.sqrt(topics / (topics - 1))[:, None]).T
    known, draws, merged = merged_models(known, draws, inference.same_model)
    notes += merged
    try:
        # Cells rarely differ in topics; the fewest bound what V can be known from.
        fewest = float(topics.min(initial=np.inf))
        fitted = regress(known, design, options=options, draws=draws, topics=fewest)
    except BadTable as error:
        reason = " ".join([f"The multilingual regression was not fitted: {error}.", *notes])
        return Result(name, "valid", design.formula, "", missing=reason)
    if not fitted.terms:
        return Result(name, "valid", design.formula, "", missing=" ".join([*notes, *fitted.notes]))
    return Result(
        name,
        "valid",
        fitted.formula,
        f"{_QUESTION} {_OF_OUTCOME[outcome]}".strip(),
        fitted.table(),
        notes=(*notes, *fitted.notes),
        diagnostics={} if fitted.diagnostics is None else asdict(fitted.diagnostics),
    )
