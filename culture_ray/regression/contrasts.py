"""Valid inference on US bias: alignment with the US minus that with the language's speakers.

Both alignments of a cell come from the same responses and, in every round, from the same draw of
topics, so their difference is taken round by round. Its spread over joint topic draws is the
standard error, scaled up as in `measures.resampling.spread`. The sample is one of topics, not of
responses, hence t with topics - 1 degrees of freedom. A cell of too few topics has an estimate
without an interval.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from culture_ray.errors import BadTable
from culture_ray.measures.resampling.spread import standard_errors
from culture_ray.measures.result import FEWEST_TOPICS, BoolArray, FloatArray
from culture_ray.regression.inference import t_inference
from culture_ray.regression.results import Regression, Term
from culture_ray.regression.sampling import Draws

_NAME = "us_minus_native"


def us_bias(
    rows: pd.DataFrame,
    us: FloatArray,
    native: FloatArray,
    us_draws: Draws,
    native_draws: Draws,
) -> Regression:
    """Return US minus native for each cell, and its means by model, by language and overall.

    The means describe the models and languages at hand and do not generalise to others.

    Args:
        rows: n cells with columns model, language and topics (the number of topics of the cell).
        us: n alignments with the US.
        native: n alignments with the populations that speak the language.
        us_draws: rounds x n, `us` in each joint topic draw.
        native_draws: rounds x n, `native` in the same draws.

    Raises:
        BadTable: columns are missing or the arrays do not fit the rows.
    """
    _check(rows, us, native, us_draws, native_draws)
    contrast, draws = us - native, us_draws - native_draws
    known = np.isfinite(contrast) & (np.isfinite(draws).mean(0) > 0.5)
    few = known & (rows["topics"].to_numpy() < FEWEST_TOPICS)
    notes = [
        f"left out {row.model} in {row.language}: an alignment is undefined there"
        for row in rows[~known].itertuples()
    ]
    notes += [
        f"{row.model} in {row.language} has fewer than {FEWEST_TOPICS} topics: no interval, and "
        f"left out of the means"
        for row in rows[few].itertuples()
    ]
    groups = [*_single_cells(rows, known), *_groups_of_cells(rows, known & ~few)]
    terms = [_term(name, group, rows, contrast, draws) for name, group in groups if group.any()]
    return Regression(_NAME, "US minus native", "valid", tuple(terms), (), None, tuple(notes))


def _check(
    rows: pd.DataFrame,
    us: FloatArray,
    native: FloatArray,
    us_draws: Draws,
    native_draws: Draws,
) -> None:
    if missing := [c for c in ("model", "language", "topics") if c not in rows.columns]:
        raise BadTable(
            f"the cells lack the column(s) {', '.join(missing)}: "
            f"the columns are {', '.join(map(str, rows.columns))}"
        )
    n = len(rows)
    if us.shape != (n,) or native.shape != (n,):
        raise BadTable(f"{us.shape} and {native.shape} alignments for {n} cells")
    if us_draws.shape != native_draws.shape or us_draws.shape[1:] != (n,) or len(us_draws) < 2:
        raise BadTable(f"{us_draws.shape} and {native_draws.shape} draws for {n} cells")


def _single_cells(rows: pd.DataFrame, known: BoolArray) -> list[tuple[str, BoolArray]]:
    """Return the term name and the mask of each cell."""
    model, language = rows["model"].to_numpy(str), rows["language"].to_numpy(str)
    return [
        (f"{_NAME}:model[{m}]:language[{k}]", (model == m) & (language == k) & known)
        for m, k in zip(model, language, strict=True)
    ]


def _groups_of_cells(rows: pd.DataFrame, known: BoolArray) -> list[tuple[str, BoolArray]]:
    """Return the term names of the means, each with the mask of the cells averaged."""
    model, language = rows["model"].to_numpy(str), rows["language"].to_numpy(str)
    groups = [(f"{_NAME}:model[{m}]", (model == m) & known) for m in sorted(set(model))]
    groups += [(f"{_NAME}:language[{k}]", (language == k) & known) for k in sorted(set(language))]
    return [*groups, (_NAME, known)]


def _term(
    name: str, group: BoolArray, rows: pd.DataFrame, contrast: FloatArray, draws: Draws
) -> Term:
    # A round in which one of the cells is undefined has no mean (NaN propagates).
    means = draws[:, group].mean(axis=1)
    topics = float(rows.loc[group, "topics"].mean())
    std_error = standard_errors(means[:, None], [topics])[0]
    df = topics - 1 if np.isfinite(std_error) else np.nan
    estimate = contrast[group].mean()
    inference = t_inference(estimate, std_error, np.asarray(df))
    interval = (inference.ci_low, inference.ci_high, inference.p_value)
    return Term(name, *map(float, (estimate, std_error, df, *interval)))
