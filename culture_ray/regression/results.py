"""Result of a regression: its terms, diagnostics and notes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import pandas as pd

from culture_ray.measures.result import FloatArray

Mode = Literal["valid", "paper"]


@dataclass(frozen=True)
class Term:
    """Estimate and inference of one coefficient."""

    term: str
    """For example `capability_within:family[gemma]`."""

    estimate: float
    std_error: float

    df: float
    """Degrees of freedom; infinite for a normal reference."""

    ci_low: float
    ci_high: float
    p_value: float

    p_permutation: float | None = None
    """p value of the permutation test; None where there was none."""


@dataclass(frozen=True)
class Aliased:
    """Term that is not estimable because other terms determine it, with the reason."""

    term: str
    reason: str


@dataclass(frozen=True)
class Variance:
    """Variance of the response that is due to one source."""

    source: str
    """A factor with random intercepts, `residual`, or `sampling` for the known V."""

    variance: float


@dataclass(frozen=True)
class RowInfluence:
    """Residual, leverage and influence of one row."""

    model: str
    language: str
    fitted: float
    """Xb, without the random intercepts."""

    residual: float
    """Standardised residual: response minus fitted value, over its standard deviation."""

    leverage: float
    """Diagonal of the hat matrix: 1 where the row alone determines its fitted value."""

    moves: str
    """Term that changes most, in standard errors, when this row is left out."""

    moves_by: float
    """Size of that change in standard errors, with the variances held fixed."""


@dataclass(frozen=True)
class WithoutModel:
    """Terms of the same regression without one model."""

    model: str
    terms: tuple[Term, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True)
class Diagnostics:
    """Goodness of fit, variance components and sensitivity of a regression."""

    rows: int
    r2_marginal: float
    """Share of the variance between rows that the fixed terms explain."""

    r2_conditional: float
    """Share that the fixed terms and the random intercepts explain."""

    variances: tuple[Variance, ...]
    cells: tuple[RowInfluence, ...]
    without: tuple[WithoutModel, ...]


@dataclass(frozen=True)
class Regression:
    """Result of fitting one design."""

    design: str
    formula: str
    mode: Mode

    terms: tuple[Term, ...]
    """Empty where there is no reliable fit; the notes say why."""

    aliased: tuple[Aliased, ...]
    diagnostics: Diagnostics | None
    notes: tuple[str, ...]
    """Remarks for the reader, one sentence each."""
    weights: FloatArray | None = None
    """Weights of the responses in the estimates, terms x rows given, 0 for rows left out: with the
    variances of this fit, the estimates of other responses of the same rows are weights times them.
    None where nothing was fitted."""

    def table(self) -> pd.DataFrame:
        """Return one row per term in the order of `tables.REGRESSION`; aliased terms have nulls."""
        columns = list(Term.__dataclass_fields__)
        rows = [[getattr(term, name) for name in columns] for term in self.terms]
        rows += [[a.term, *[None] * (len(columns) - 1)] for a in self.aliased]
        return pd.DataFrame(rows, columns=columns).astype(dict.fromkeys(columns[1:], float))
