"""What a regression hands on: terms, diagnostics and notes in plain words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import pandas as pd

Mode = Literal["valid", "paper"]


@dataclass(frozen=True)
class Term:
    """One coefficient."""

    term: str
    """As in `capability_within:family[gemma]`."""

    estimate: float
    std_error: float

    df: float
    """Degrees of freedom; infinite for a normal reference."""

    ci_low: float
    ci_high: float
    p_value: float

    p_permutation: float | None = None
    """Permutation p value; None where none was made."""


@dataclass(frozen=True)
class Aliased:
    """A term that the rows cannot tell from others, and why."""

    term: str
    reason: str


@dataclass(frozen=True)
class Variance:
    """How much one source varies, as a variance of the response."""

    source: str
    """A factor with random intercepts, `residual`, or `sampling` for the known V."""

    variance: float


@dataclass(frozen=True)
class RowInfluence:
    """What one row does to the fit."""

    model: str
    language: str
    fitted: float
    """Xb, without the random intercepts."""

    residual: float
    """Response minus fitted, in units of its standard deviation under the fit."""

    leverage: float
    """Diagonal of the hat matrix: 1 where the row alone decides its fitted value."""

    moves: str
    """The term that changes most, in standard errors, when this row is left out."""

    moves_by: float
    """That change, in standard errors, with the variances held."""


@dataclass(frozen=True)
class WithoutModel:
    """The same regression after leaving one model out."""

    model: str
    terms: tuple[Term, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True)
class Diagnostics:
    """How well a regression describes its rows and what it hangs on."""

    rows: int
    r2_marginal: float
    """Share of the variance between rows that the fixed terms describe."""

    r2_conditional: float
    """The same with the random intercepts."""

    variances: tuple[Variance, ...]
    cells: tuple[RowInfluence, ...]
    without: tuple[WithoutModel, ...]


@dataclass(frozen=True)
class Regression:
    """The answer to one design."""

    design: str
    formula: str
    mode: Mode

    terms: tuple[Term, ...]
    """Empty where no trustworthy fit was found; the notes say why."""

    aliased: tuple[Aliased, ...]
    diagnostics: Diagnostics | None
    notes: tuple[str, ...]
    """What a reader must know, a sentence each."""

    def table(self) -> pd.DataFrame:
        """Return one row per term in the order of `tables.REGRESSION`; aliased terms have nulls."""
        columns = list(Term.__dataclass_fields__)
        rows = [[getattr(term, name) for name in columns] for term in self.terms]
        rows += [[a.term, *[None] * (len(columns) - 1)] for a in self.aliased]
        return pd.DataFrame(rows, columns=columns).astype(dict.fromkeys(columns[1:], float))
