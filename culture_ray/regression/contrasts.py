"""US bias, valid: alignment with the US minus alignment with those who speak the language.

Both alignments of a cell come from the same responses and, in every round, from the same draw of
topics, so their difference is taken round by round. Its spread over joint topic draws is the
standard error, widened as in `measures.spread`; topics, not responses, are the sample, hence t with
topics - 1 degrees of freedom. A cell of very few topics has an estimate alone.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from culture_ray.errors import BadTable
from culture_ray.measures.resampling.spread import FEWEST_TOPICS, standard_errors
from culture_ray.regression.arrays import Flags, Real
from culture_ray.regression.inference import t_inference
from culture_ray.regression.results import Regression, Term

_NAME = "us_minus_native"


def us_bias(
    rows: pd.DataFrame, us: Real, native: Real, us_draws: Real, native_draws: Real
) -> Regression:
    """Return US minus native for each cell, and its means by model, by language and over all.

    The means are over the models and languages at hand; they say nothing about others.

    Args:
        rows: n cells with model, language and topics (how many topics the cell has).
        us: n alignments with the US.
        native: n alignments with the populations that speak the language.
        us_draws: rounds x n, `us` in every joint topic draw.
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
    means = [*_cells(rows, known), *_means(rows, known & ~few)]
    terms = [_term(name, take, rows, contrast, draws) for name, take in means if take.any()]
    return Regression(_NAME, "US minus native", "valid", tuple(terms), (), None, tuple(notes))


def _check(rows: pd.DataFrame, us: Real, native: Real, us_draws: Real, native_draws: Real) -> None:
    if missing := [c for c in ("model", "language", "topics") if c not in rows.columns]:
        raise BadTable(
            f"the cells lack the column(s) {', '.join(missing)}: "
            f"there is {', '.join(map(str, rows.columns))}"
        )
    n = len(rows)
    if us.shape != (n,) or native.shape != (n,):
        raise BadTable(f"{us.shape} and {native.shape} alignments for {n} cells")
    if us_draws.shape != native_draws.shape or us_draws.shape[1:] != (n,) or len(us_draws) < 2:
        raise BadTable(f"{us_draws.shape} and {native_draws.shape} draws for {n} cells")


def _cells(rows: pd.DataFrame, known: Flags) -> list[tuple[str, Flags]]:
    """Return the name of each cell's contrast, and the cell."""
    model, language = rows["model"].to_numpy(str), rows["language"].to_numpy(str)
    return [
        (f"{_NAME}:model[{m}]:language[{k}]", (model == m) & (language == k) & known)
        for m, k in zip(model, language, strict=True)
    ]


def _means(rows: pd.DataFrame, known: Flags) -> list[tuple[str, Flags]]:
    """Return names of contrasts and the cells that each is the mean of."""
    model, language = rows["model"].to_numpy(str), rows["language"].to_numpy(str)
    out = [(f"{_NAME}:model[{m}]", (model == m) & known) for m in sorted(set(model))]
    out += [(f"{_NAME}:language[{k}]", (language == k) & known) for k in sorted(set(language))]
    return [*out, (_NAME, known)]


def _term(name: str, take: Flags, rows: pd.DataFrame, contrast: Real, draws: Real) -> Term:
    # a round in which one cell is undefined says nothing about a mean over that cell
    spread = draws[:, take].mean(axis=1)
    topics = float(rows.loc[take, "topics"].mean())
    std_error = standard_errors(spread[:, None], [topics])[0]
    df = topics - 1 if np.isfinite(std_error) else np.nan
    estimate = contrast[take].mean()
    known = t_inference(estimate, std_error, np.asarray(df))
    return Term(
        name,
        *map(float, (estimate, std_error, df, known.ci_low, known.ci_high, known.p_value)),
    )
