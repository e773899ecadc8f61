"""Formulas in lme4 notation: fixed terms as in patsy, random intercepts as `(1 | model)`.

A factor may be crossed from several columns, as in `(1 | family:language)`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import pandas as pd
import patsy

from culture_ray.errors import WrongValue
from culture_ray.regression.results import Aliased

_INTERCEPT = re.compile(r"\+?\s*\(\s*1\s*\|\s*(\w+(?:\s*:\s*\w+)*)\s*\)")
_NAME = re.compile(r"\b[A-Za-z_]\w*\b(?!\()")
_ZERO, _DEPENDENT = 1e-12, 1e-9


@dataclass(frozen=True)
class Formula:
    """Parsed formula: its response, fixed terms and random intercepts."""

    text: str
    where: str
    """Origin of the formula, for error messages."""

    response: str
    fixed: str
    groups: tuple[str, ...]
    """Factors with a random intercept; `family:language` is the combination of two columns."""

    names: frozenset[str]
    """Columns that the formula reads, including the response."""


def parse(text: str, where: str) -> Formula:
    """Return the parts of a formula; `where` names its origin in error messages.

    Raises:
        WrongValue: it cannot be parsed, or has random effects other than intercepts.
    """
    response, tilde, right = (part.strip() for part in text.partition("~"))
    groups = tuple(re.sub(r"\s", "", group) for group in _INTERCEPT.findall(right))
    fixed = _INTERCEPT.sub("", right).strip().removeprefix("+")
    if not tilde or not response.isidentifier() or not fixed or "|" in fixed:
        raise WrongValue(where, text, "'response ~ terms + (1 | factor)', random intercepts only")
    try:
        terms = patsy.ModelDesc.from_formula(fixed).rhs_termlist
    except patsy.PatsyError as error:
        raise WrongValue(where, text, f"a formula ({error})") from error
    factors = [factor.name() for term in terms for factor in term.factors]
    read = {name for factor in factors for name in _NAME.findall(factor)}
    grouping = {name for group in groups for name in group.split(":")}
    return Formula(text, where, response, fixed, groups, frozenset({response, *read, *grouping}))


def without_group(text: str, group: str) -> str:
    """Return a formula without the random intercepts of one factor."""
    wanted = re.sub(r"\s", "", group)

    def kept(found: re.Match[str]) -> str:
        return "" if re.sub(r"\s", "", found[1]) == wanted else found[0]

    return re.sub(r"\s+", " ", _INTERCEPT.sub(kept, text)).strip()


def columns(formula: Formula, rows: pd.DataFrame) -> pd.DataFrame:
    """Return the columns of the fixed part, named like `capability:family[gemma]:language[da]`.

    Raises:
        WrongValue: the formula calls a function that patsy does not provide.
    """
    # A formula comes from a configuration file: it may name columns, not call into this module.
    no_names = patsy.EvalEnvironment([{}])
    try:
        matrix = patsy.dmatrix(formula.fixed, rows, eval_env=no_names, NA_action="raise")
    except (patsy.PatsyError, NameError) as error:
        raise WrongValue(formula.where, formula.text, f"a formula ({error})") from error
    names = [
        re.sub(r"C\((\w+)[^()]*\)", r"\1", name).replace("[T.", "[")
        for name in matrix.design_info.column_names
    ]
    return pd.DataFrame(np.asarray(matrix, dtype=np.float64), columns=names)


def independent(table: pd.DataFrame) -> tuple[tuple[str, ...], tuple[Aliased, ...]]:
    """Return the linearly independent columns, and the others with the reason each is left out.

    Columns are taken in order: one that earlier columns determine is left out.
    """
    X = table.to_numpy(np.float64)
    Q = np.zeros_like(X)
    free: list[int] = []
    aliased: list[Aliased] = []
    for j, term in enumerate(table.columns):
        size = np.linalg.norm(X[:, j])
        rest = X[:, j].copy()
        for _ in range(2):  # twice, because one pass of Gram-Schmidt loses digits
            basis = Q[:, : len(free)]
            rest -= basis @ (basis.T @ rest)
        if size < _ZERO:
            aliased.append(Aliased(term, _why_zero(term)))
        elif np.linalg.norm(rest) > _DEPENDENT * size:
            Q[:, len(free)] = rest / np.linalg.norm(rest)
            free.append(j)
        else:
            weights = np.linalg.lstsq(X[:, free], X[:, j], rcond=None)[0]
            partners = [
                table.columns[k]
                for k, w in zip(free, weights, strict=True)
                if abs(w) * np.linalg.norm(X[:, k]) > _DEPENDENT * size
            ]
            aliased.append(Aliased(term, f"fully determined by {', '.join(partners)}"))
    return tuple(table.columns[j] for j in free), tuple(aliased)


def _why_zero(term: str) -> str:
    """Return the reason why a column is zero throughout."""
    if term.startswith("capability_within"):
        return "zero in every row: no two models of the family differ in capability in a language"
    return "zero in every row"
