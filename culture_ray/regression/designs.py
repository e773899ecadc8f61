"""Regression designs: formulas, and the matrices they give for rows of models and languages.

Formulas are in lme4 notation: fixed terms as in patsy, random intercepts as `(1 | model)`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from culture_ray.errors import BadTable, WrongValue
from culture_ray.measures.result import FloatArray, IntArray
from culture_ray.regression.formulas import columns, independent, parse
from culture_ray.regression.results import Aliased

_KEYS = ("model", "family", "language")
_SPLIT = ("capability_within", "capability_between")


@dataclass(frozen=True)
class RegressionDesign:
    """Named formula of a regression."""

    name: str
    formula: str
    """For example `alignment ~ 0 + language + capability_within:family + (1 | model)`."""


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
    " + (1 | model) + (1 | family:language)",
)
"""The default. Each family has an intercept; without it, differences between families other than in
capability would count as variance between models, on which the level of the test depends. Families
also differ by language, which would count as an effect of `capability_between` without random
intercepts for both together."""

WITHIN_GIVEN_CONSISTENCY = RegressionDesign(
    "within_given_consistency",
    "alignment ~ 0 + language + family + consistency + capability_within:family"
    " + capability_between + (1 | model) + (1 | family:language)",
)
WITHIN_POOLED = RegressionDesign(
    "within_pooled",
    "alignment ~ 0 + language + family + capability_within + capability_between"
    " + (1 | model) + (1 | family:language)",
)
"""A common slope for all families, which has more power where families agree."""


@dataclass(frozen=True)
class DesignMatrices:
    """Response and design matrices of y = Xb + sum_k Z_k u_k + e."""

    rows: pd.DataFrame
    """Rows fitted, with the columns that the design adds; index 0..n-1."""

    kept: IntArray
    """Positions of the n rows in the original table, to select those of V."""

    y: FloatArray
    """n responses."""

    X: FloatArray
    """n x p, of full column rank."""

    terms: tuple[str, ...]
    """p names, such as `capability_within:family[gemma]`."""

    groups: tuple[str, ...]
    """K factors with a random intercept."""

    aliased: tuple[Aliased, ...]
    notes: tuple[str, ...]
    """A sentence for each group of rows left out."""

    def levels(self) -> list[FloatArray]:
        """Return Z_k of each factor, n x its levels: 1 where a row has the level."""
        codes = [pd.factorize(self.labels(group))[0] for group in self.groups]
        return [np.eye(code.max() + 1)[code] for code in codes]

    def labels(self, group: str) -> pd.Series[str]:
        """Return the level of each row for a factor, such as `model` or `family:language`."""
        first, *others = (self.rows[name].astype(str) for name in group.split(":"))
        for other in others:
            first = first + ":" + other
        return first

    def kernels(self) -> FloatArray:
        """Return Z_k Z_k' of each factor, K x n x n: 1 where two rows share a level."""
        n = len(self.y)
        return np.array([Z @ Z.T for Z in self.levels()]).reshape(-1, n, n)


def design_matrices(
    design: RegressionDesign, rows: pd.DataFrame, *, reference: Mapping[str, str] | None = None
) -> DesignMatrices:
    """Return the matrices of `design` for `rows`.

    `reference` gives the reference level of a categorical column. Rows with a null response or
    covariate are left out and named in the notes. A column that earlier columns determine is left
    out and named in `aliased`.

    Raises:
        BadTable: a column is missing, or a model lacks its family, language or capability.
        WrongValue: the formula cannot be parsed.
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
            f"random factors for {len(complete)} rows: add models or languages, or choose a "
            "smaller design"
        )
    return DesignMatrices(
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
    """Return rows with capability split into a between and a within part (Mundlak 1978).

    `capability_between` is the mean of a row's family in its language, `capability_within` the
    model's deviation from it.
    """
    between = rows.groupby(["family", "language"])["capability"].transform("mean")
    return rows.assign(capability_between=between, capability_within=rows["capability"] - between)


def per_unit(design: RegressionDesign, matrices: DesignMatrices, variable: str) -> FloatArray:
    """Return each term's column per unit of `variable`, n x p; zero for terms without it.

    Raises:
        WrongValue: a term is not linear in `variable`.
    """
    formula = parse(design.formula, f"design {design.name}")
    carriers = [re.search(rf"\b{variable}\b", term) is not None for term in matrices.terms]
    ones = columns(formula, matrices.rows.assign(**{variable: 1.0}))
    out = np.zeros_like(matrices.X)
    for j in np.flatnonzero(carriers):
        out[:, j] = ones[matrices.terms[j]]
        if not np.allclose(out[:, j] * matrices.rows[variable], matrices.X[:, j]):
            raise WrongValue(f"design {design.name}", design.formula, f"terms linear in {variable}")
    return out


def _complete(
    rows: pd.DataFrame, needed: list[str]
) -> tuple[pd.DataFrame, IntArray, tuple[str, ...]]:
    """Return the rows without nulls, their positions, and notes on the rows left out."""
    if missing := [n for n in needed if n not in rows.columns]:
        raise BadTable(
            f"the rows lack the column(s) {', '.join(missing)}: "
            f"the columns are {', '.join(map(str, rows.columns))}"
        )
    known = [n for n in needed if n in (*_KEYS, "capability")]
    for name in known:
        missing_rows = rows[rows[name].isna()]
        if len(missing_rows):
            raise BadTable(
                f"no {name} for {_labels(missing_rows)}: every row of a regression needs one"
            )
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
        raise BadTable(f"no row has the {column.name} '{level}': they have {', '.join(others)}")
    return column.astype(pd.CategoricalDtype([level, *others]))


def _labels(rows: pd.DataFrame) -> str:
    """Return 'gemma-2-2b in da, ...' for at most five rows."""
    keys = [k for k in ("model", "language") if k in rows.columns]
    named = rows[keys].drop_duplicates()
    shown = [" in ".join(map(str, values)) for values in named.head(5).itertuples(index=False)]
    return ", ".join(shown) + (f" and {len(named) - 5} more" if len(named) > 5 else "")
