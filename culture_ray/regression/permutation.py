"""Permutation tests of capability within families.

A family's models trade their capabilities, each model its whole profile over languages, because a
model's error is shared between its languages. Under the null that within a family capability says
nothing, every trade is as likely as what was seen.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice, permutations, product
from math import factorial, prod

import numpy as np

from culture_ray.regression.arrays import Positions, Real
from culture_ray.regression.designs import Matrices
from culture_ray.regression.reml.compress import Compressed
from culture_ray.regression.reml.fit import Fit

_CHUNK = 256


@dataclass(frozen=True)
class PermutationTest:
    """A term's permutation test."""

    term: str
    p_value: float

    trades: int
    """How many arrangements were fitted, what was seen among them."""

    exhaustive: bool
    """Whether these are all there are."""


def permute(
    made: Matrices, per_unit: Real, null: Compressed, fitted: Fit, *, most: int, seed: int
) -> tuple[PermutationTest, ...]:
    """Return a test for every term that holds capability within families.

    A term of one family trades within that family; a term of all families within all at once. The
    statistic is |t| of generalised least squares under the covariance of the null fit, which does
    not change when capabilities are traded.

    Args:
        made: the design's matrices, with `capability_within` among the rows' columns.
        per_unit: n x p, a term's column per unit of `capability_within`; zero elsewhere.
        null: the data without these terms, compressed.
        fitted: the fit of `null`.
        most: arrangements at most; above it they are drawn at random.
        seed: of the draw.
    """
    within = made.rows["capability_within"].to_numpy(np.float64)
    families = made.rows["family"].to_numpy(str)
    carried = np.flatnonzero(np.abs(per_unit).sum(0) > 0)
    whitened = _Whitened(null, fitted)
    tests = []
    for j in carried:
        unit = per_unit[:, j]
        touched = sorted(set(families[unit != 0]))
        sources, exhaustive = _arrangements(made, touched, most, np.random.default_rng(seed))
        others = whitened.of(np.delete(made.X, j, axis=1))
        basis = np.linalg.qr(others)[0]
        y = _without(whitened.of(made.y[:, None]), basis)[:, 0]
        sizes = []
        for part in np.array_split(sources, -(-len(sources) // _CHUNK)):
            traded = _without(whitened.of(unit[:, None] * within[part].T), basis)
            sizes.append(np.abs(y @ traded) / np.linalg.norm(traded, axis=0))
        # what was seen comes first and counts among the arrangements
        size = np.concatenate(sizes)
        as_large = float(np.mean(size >= size[0] * (1 - 1e-9)))
        tests.append(PermutationTest(made.terms[j], as_large, len(sources), exhaustive))
    return tuple(tests)


class _Whitened:
    """Columns as they are where rows are independent with variance 1."""

    def __init__(self, null: Compressed, fitted: Fit) -> None:
        self._basis = null.basis
        values, vectors = np.linalg.eigh(fitted.precision)
        beyond = 1 / np.sqrt(fitted.variances[-1]) if null.spare.count else 0.0
        self._inside = (vectors * np.sqrt(values)) @ vectors.T - beyond * np.eye(len(values))
        self._beyond = beyond

    def of(self, columns: Real) -> Real:
        inside = self._basis @ (self._inside @ (self._basis.T @ columns))
        return np.asarray(inside + self._beyond * columns)


def _without(columns: Real, basis: Real) -> Real:
    return columns - basis @ (basis.T @ columns)


def _arrangements(
    made: Matrices, families: list[str], most: int, rng: np.random.Generator
) -> tuple[Positions, bool]:
    """Return N x n rows from which each row takes its capability, the identity first."""
    groups = [g for family in families for g in _tradable(made, family)]
    total = prod(factorial(len(g)) for g in groups)
    if total <= most:
        orders = [list(permutations(range(len(g)))) for g in groups]
        chosen = list(islice(product(*orders), total))
    else:
        chosen = [tuple(tuple(range(len(g))) for g in groups)]
        chosen += [
            tuple(tuple(rng.permutation(len(g)).tolist()) for g in groups) for _ in range(most - 1)
        ]
    out = np.tile(np.arange(len(made.y)), (len(chosen), 1))
    for i, orders_of_groups in enumerate(chosen):
        for group, order in zip(groups, orders_of_groups, strict=True):
            for taker, giver in enumerate(order):
                out[i, group[taker]] = group[giver]
    return out, total <= most


def _tradable(made: Matrices, family: str) -> list[Positions]:
    """Return groups of models of a family with the same languages: models x rows each."""
    rows = made.rows[made.rows["family"] == family].sort_values(["model", "language"])
    by_languages: dict[tuple[str, ...], list[Positions]] = {}
    for _, own in rows.groupby("model", sort=True):
        by_languages.setdefault(tuple(own["language"]), []).append(own.index.to_numpy())
    return [np.array(models) for models in by_languages.values() if len(models) > 1]
