"""Formulas as lme4 writes them: fixed terms read by patsy, random intercepts `(1 | model)`."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import pandas as pd
import patsy

from culture_ray.errors import WrongValue
from culture_ray.regression.results import Aliased

_INTERCEPT = re.compile(r"\+?\s*\(\s*1\s*\|\s*(\w+)\s*\)")
_NAME = re.compile(r"\b[A-Za-z_]\w*\b(?!\()")
_ZERO, _DEPENDENT = 1e-12, 1e-9


@dataclass(frozen=True)
class Formula:
    """A formula taken apart."""

    text: str
    where: str
    """Where it is from, for messages."""

    response: str
    fixed: str
    groups: tuple[str, ...]
    """Factors with a random intercept."""

    names: frozenset[str]
    """The columns that it reads, the response among them."""


def parse(text: str, where: str) -> Formula:
    """Return a formula's parts.

    Raises:
        WrongValue: it is none, or has random effects other than intercepts.
    """
    response, tilde, right = (part.strip() for part in text.partition("~"))
    groups = tuple(_INTERCEPT.findall(right))
    fixed = _INTERCEPT.sub("", right).strip().removeprefix("+")
    if not tilde or not response.isidentifier() or not fixed or "|" in fixed:
        raise WrongValue(where, text, "'response ~ terms + (1 | factor)', random intercepts only")
    try:
        terms = patsy.ModelDesc.from_formula(fixed).rhs_termlist
    except patsy.PatsyError as error:
        raise WrongValue(where, text, f"a formula ({error})") from error
    factors = [factor.name() for term in terms for factor in term.factors]
    read = {name for factor in factors for name in _NAME.findall(factor)}
    return Formula(text, where, response, fixed, groups, frozenset({response, *read, *groups}))


def columns(formula: Formula, rows: pd.DataFrame) -> pd.DataFrame:
    """Return the columns of the fixed part, named as in `capability:family[gemma]:language[da]`.

    Raises:
        WrongValue: the formula calls something that is not patsy's.
    """
    # a formula comes from a config file: it may name columns, not reach into this module
    nothing = patsy.EvalEnvironment([{}])
    try:
        matrix = patsy.dmatrix(formula.fixed, rows, eval_env=nothing, NA_action="raise")
    except (patsy.PatsyError, NameError) as error:
        raise WrongValue(formula.where, formula.text, f"a formula ({error})") from error
    names = [
        re.sub(r"C\((\w+)[^()]*\)", r"\1", name).replace("[T.", "[")
        for name in matrix.design_info.column_names
    ]
    return pd.DataFrame(np.asarray(matrix, dtype=np.float64), columns=names)


def independent(table: pd.DataFrame) -> tuple[tuple[str, ...], tuple[Aliased, ...]]:
    """Return the columns to keep, first come first kept, and why each other one is left out."""
    X = table.to_numpy(np.float64)
    Q = np.zeros_like(X)
    free: list[int] = []
    aliased: list[Aliased] = []
    for j, term in enumerate(table.columns):
        size = np.linalg.norm(X[:, j])
        rest = X[:, j].copy()
        for _ in range(2):  # once more, because one pass of Gram-Schmidt loses digits
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
    """Return why a column holds nothing but zeros."""
    if term.startswith("capability_within"):
        return "zero in every row: no two models of the family differ in capability in a language"
    return "zero in every row"
