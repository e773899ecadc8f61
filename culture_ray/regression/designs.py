"""Designs: from a formula and rows (one per model and language) to the matrices that are fitted.

A formula is lme4's: fixed terms as patsy reads them, random intercepts as `(1 | model)`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from culture_ray.errors import BadTable, WrongValue
from culture_ray.regression.arrays import Positions, Real
from culture_ray.regression.formulas import columns, independent, parse
from culture_ray.regression.results import Aliased

_KEYS = ("model", "family", "language")
_SPLIT = ("capability_within", "capability_between")


@dataclass(frozen=True)
class RegressionDesign:
    """A question put to the rows."""

    name: str
    formula: str
    """Such as `alignment ~ 0 + language + capability_within:family + (1 | model)`."""


PAPER = RegressionDesign(
    "paper",
    "alignment ~ 0 + consistency:language + capability:family:language + (1 | model)",
)
POOLED = RegressionDesign(
    "pooled",
    "alignment ~ 0 + language + consistency + capability:family + (1 | model)",
)
WITHIN = RegressionDesign(
    "within",
    "alignment ~ 0 + language + family + capability_within:family + capability_between"
    " + (1 | model)",
)
"""The default. Families have intercepts of their own, because without them what families differ in
beyond capability counts as variance between models, and the test's level depends on it."""

WITHIN_GIVEN_CONSISTENCY = RegressionDesign(
    "within_given_consistency",
    "alignment ~ 0 + language + family + consistency + capability_within:family"
    " + capability_between + (1 | model)",
)
WITHIN_POOLED = RegressionDesign(
    "within_pooled",
    "alignment ~ 0 + language + family + capability_within + capability_between + (1 | model)",
)
"""One slope for all families, which has more power where families agree."""


@dataclass(frozen=True)
class Matrices:
    """What is fitted: y = Xb + sum_k Z_k u_k + e."""

    rows: pd.DataFrame
    """The rows fitted, with the columns the design added; index 0..n-1."""

    kept: Positions
    """n positions of these rows in the table that was given (to cut V alike)."""

    y: Real
    """n responses."""

    X: Real
    """n x p, of full column rank."""

    terms: tuple[str, ...]
    """p names, such as `capability_within:family[gemma]`."""

    groups: tuple[str, ...]
    """K factors with a random intercept."""

    aliased: tuple[Aliased, ...]
    notes: tuple[str, ...]
    """A sentence for the rows that were left out."""

    def levels(self) -> list[Real]:
        """Return Z_k of each factor: n x its levels, 1 where a row has the level."""
        return [np.eye(self.rows[g].nunique())[pd.factorize(self.rows[g])[0]] for g in self.groups]

    def kernels(self) -> Real:
        """Return K x n x n: Z_k Z_k', 1 where two rows share a level of factor k."""
        n = len(self.y)
        return np.array([Z @ Z.T for Z in self.levels()]).reshape(-1, n, n)


def matrices(
    design: RegressionDesign, rows: pd.DataFrame, *, reference: Mapping[str, str] | None = None
) -> Matrices:
    """Return the matrices of `design` for `rows`, with the reference level of a column if given.

    Rows whose response or covariate is null are left out and named in the notes. Columns that
    other columns determine are left out from the back and named in `aliased`.

    Raises:
        BadTable: a column is missing, or a model lacks its family, language or capability.
        WrongValue: the formula cannot be read.
    """
    formula = parse(design.formula, f"design {design.name}")
    splits = not formula.names.isdisjoint(_SPLIT)
    needed = formula.names - set(_SPLIT) | (
        {"capability", "family", "language"} if splits else set()
    )
    complete, kept, notes = _complete(rows, sorted(needed | {"model", "language"}))
    if splits:
        complete = split_capability(complete)
    for column, level in (reference or {}).items():
        complete[column] = _with_reference(complete[column], level)
    every_column = columns(formula, complete)
    free, aliased = independent(every_column)
    X = every_column[list(free)].to_numpy(np.float64)
    if len(complete) <= X.shape[1] + len(formula.groups):
        raise BadTable(
            f"the design '{design.name}' has {X.shape[1]} free terms and {len(formula.groups)} "
            f"random factors for {len(complete)} rows: add models or languages, or take a smaller "
            "design"
        )
    return Matrices(
        rows=complete,
        kept=kept,
        y=complete[formula.response].to_numpy(np.float64),
        X=X,
        terms=free,
        groups=formula.groups,
        aliased=aliased,
        notes=notes,
    )


def split_capability(rows: pd.DataFrame) -> pd.DataFrame:
    """Return rows with Mundlak's split of capability.

    `capability_between` is the mean of a row's family in its language, `capability_within` what the
    model has above it.
    """
    between = rows.groupby(["family", "language"])["capability"].transform("mean")
    return rows.assign(capability_between=between, capability_within=rows["capability"] - between)


def per_unit(design: RegressionDesign, made: Matrices, variable: str) -> Real:
    """Return n x p: each term's column per unit of `variable`, zero for terms without it.

    Raises:
        WrongValue: a term is not linear in `variable`.
    """
    formula = parse(design.formula, f"design {design.name}")
    carriers = [re.search(rf"\b{variable}\b", term) is not None for term in made.terms]
    ones = columns(formula, made.rows.assign(**{variable: 1.0}))
    out = np.zeros_like(made.X)
    for j in np.flatnonzero(carriers):
        out[:, j] = ones[made.terms[j]]
        if not np.allclose(out[:, j] * made.rows[variable], made.X[:, j]):
            raise WrongValue(f"design {design.name}", design.formula, f"terms linear in {variable}")
    return out


def _complete(
    rows: pd.DataFrame, needed: list[str]
) -> tuple[pd.DataFrame, Positions, tuple[str, ...]]:
    """Return the rows without nulls, their positions, and a note for each row left out."""
    if missing := [n for n in needed if n not in rows.columns]:
        raise BadTable(
            f"the rows lack the column(s) {', '.join(missing)}: "
            f"there is {', '.join(map(str, rows.columns))}"
        )
    known = [n for n in needed if n in (*_KEYS, "capability")]
    for name in known:
        lacking = rows[rows[name].isna()]
        if len(lacking):
            raise BadTable(f"no {name} for {_labels(lacking)}: every row of a regression needs one")
    numbers = rows[needed].replace([np.inf, -np.inf], np.nan)
    null = numbers.isna().any(axis=1).to_numpy()
    notes = tuple(
        f"left out {_labels(rows[numbers[n].isna()])}: {n} is undefined there"
        for n in needed
        if numbers[n].isna().any()
    )
    complete = rows[~null].reset_index(drop=True)
    if complete.empty:
        raise BadTable(f"no row has all of {', '.join(needed)}")
    return complete, np.flatnonzero(~null), notes


def _with_reference(column: pd.Series[str], level: str) -> pd.Series[Any]:
    """Return a categorical whose first category is `level`."""
    others = sorted(set(column) - {level})
    if len(others) == column.nunique():
        raise BadTable(f"no row has the {column.name} '{level}': there is {', '.join(others)}")
    return column.astype(pd.CategoricalDtype([level, *others]))


def _labels(rows: pd.DataFrame) -> str:
    """Return 'gemma-2-2b in da, ...' for at most five rows."""
    keys = [k for k in ("model", "language") if k in rows.columns]
    named = rows[keys].drop_duplicates()
    shown = [" in ".join(map(str, values)) for values in named.head(5).itertuples(index=False)]
    return ", ".join(shown) + (f" and {len(named) - 5} more" if len(named) > 5 else "")
