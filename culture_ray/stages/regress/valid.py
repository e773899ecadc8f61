"""Regressions of inference=valid: one row per model and language, errors from joint topic draws."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, replace

import numpy as np

from culture_ray.calibration import MEAN_US_BIAS, PERMUTATION, US_BIAS_OF_CELLS, marks_of_terms
from culture_ray.errors import BadTable
from culture_ray.measures.resampling.item_draws import ItemAssumption
from culture_ray.regression.contrasts import us_bias
from culture_ray.regression.designs import RegressionDesign
from culture_ray.regression.results import Regression
from culture_ray.regression.valid import Options, regress
from culture_ray.settings.inference import InferenceSettings, Outcome
from culture_ray.stages.measure.cells import BASELINE_FAMILY
from culture_ray.stages.regress.cells import Cells
from culture_ray.stages.regress.files import Result
from culture_ray.stages.regress.rows import missing_capability, regression_rows, usable_rows
from culture_ray.stages.regress.same_model import alike_models, merged_models

_QUESTION = "Among models of a family: does more capability in a language go with more alignment?"
_OF_OUTCOME: Mapping[Outcome, str] = {
    "responses": "",
    "topics": "Alignment is computed over topic means.",
    "disattenuated": "Alignment is corrected for the noise of responses and of the survey.",
    "closeness": (
        "The outcome is closeness: 1 - the mean absolute difference between topic means and the "
        "speakers' averages, so that .01 is one point."
    ),
}

_INTERVALS = {
    ItemAssumption.RANDOM_TOPICS: "Intervals are over topics.",
    ItemAssumption.RANDOM_BATTERIES: "Intervals are over batteries of topics.",
    ItemAssumption.FIXED_TOPICS: "Intervals are over responses: they hold for these topics only.",
    ItemAssumption.FIXED_TOPICS_SURVEYED: (
        "Intervals are over responses and respondents of the surveys."
    ),
}


def valid_results(cells: Cells, inference: InferenceSettings, seed: int) -> Iterator[Result]:
    """Yield US bias and every design of the configuration; the default is named `multilingual`."""
    yield us_bias_result(cells)
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


def us_bias_result(cells: Cells) -> Result:
    """Return the regression of US bias, or why there is none."""
    rows = cells.rows.reset_index(drop=True)
    studied = rows["family"] != BASELINE_FAMILY
    known = studied & rows.index.isin(cells.primary)
    formula = "alignment with the US - mean alignment with the other countries of the language"
    if not (known & rows["us_minus_native"].notna()).any():
        return Result(
            "us_bias",
            "valid",
            formula,
            "",
            missing="No combination of model and language has an alignment with both the US and "
            "another country where the language is spoken.",
        )
    positions = np.flatnonzero(known)
    fitted = us_bias(
        rows.assign(topics=cells.units).iloc[positions].reset_index(drop=True),
        rows["alignment_us"].to_numpy(np.float64)[positions],
        rows["alignment_native_mean"].to_numpy(np.float64)[positions],
        cells.rounds["alignment_us"][positions].T,
        cells.rounds["alignment_native_mean"][positions].T,
    )
    caption = (
        "Positive where responses agree more with people in the US than with people of the "
        f"countries that speak the prompt's language. {_INTERVALS[cells.items]}"
    )
    if cells.items is ItemAssumption.RANDOM_TOPICS:
        caption += f" {US_BIAS_OF_CELLS.sentence} {MEAN_US_BIAS.sentence}"
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
    usable = usable_rows(cells, outcome)
    known, draws, merged = merged_models(usable.rows, usable.draws, inference.same_model)
    notes = usable.notes + merged
    try:
        fitted = regress(known, design, options=options, draws=draws, topics=usable.units)
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
        notes=(*notes, *fitted.notes, *_calibration_notes(fitted, cells.items)),
        diagnostics={} if fitted.diagnostics is None else asdict(fitted.diagnostics),
    )


def _calibration_notes(fitted: Regression, items: ItemAssumption) -> tuple[str, ...]:
    """Return a sentence on each kind of coefficient whose intervals or tests miss their level."""
    shown = [term.term for term in fitted.terms if np.isfinite(term.std_error)]
    over_topics = items is ItemAssumption.RANDOM_TOPICS
    permuted = any(term.p_permutation is not None for term in fitted.terms)
    marks = marks_of_terms(shown, over_topics=over_topics)
    return (*marks, *(PERMUTATION.sentence,) * permuted)
