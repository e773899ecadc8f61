"""Permutation tests of capability within families.

The models of a family exchange their capabilities, each model its whole profile over languages,
because a model's error is shared between its languages. Under the null hypothesis that capability
within a family is unrelated to the response, every arrangement is as likely as the observed one.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice, permutations, product
from math import factorial, prod

import numpy as np

from culture_ray.measures.result import FloatArray, IntArray
from culture_ray.regression.designs import DesignMatrices
from culture_ray.regression.inference import sum_df
from culture_ray.regression.reml.compress import Compressed
from culture_ray.regression.reml.fit import Fit
from culture_ray.regression.topic_error import TopicErrors

_CHUNK = 256


@dataclass(frozen=True)
class PermutationTest:
    """Result of the permutation test of one term."""

    term: str
    p_value: float

    arrangements: int
    """Arrangements evaluated, including the observed one."""

    exhaustive: bool
    """True if these are all possible arrangements."""


def permutation_tests(
    matrices: DesignMatrices,
    per_unit: FloatArray,
    data: Compressed,
    null_fit: Fit,
    errors: TopicErrors | None,
    *,
    most: int,
    seed: int,
) -> tuple[PermutationTest, ...]:
    """Return the permutation test of every term that contains capability within families.

    For a term of one family capabilities are permuted within that family, for a term of all
    families within all of them at once. The statistic is |t| of generalised least squares under
    the covariance of the null fit, which permuting capabilities does not change. Where V is known,
    the variance of each arrangement includes the topic errors that models have in common: errors
    that follow capability make arrangements unequal, and only statistics in units of their own
    error remain comparable (Janssen 1997).

    Args:
        matrices: the design's matrices, with `capability_within` among the rows' columns.
        per_unit: n x p, each term's column per unit of `capability_within`, zero for terms
            without it.
        data: the data with all terms, compressed.
        null_fit: the fit of these dimensions without these terms.
        errors: topic errors of the rows; None where V is not known.
        most: largest number of arrangements; if there are more they are sampled.
        seed: seed of that sample.
    """
    within = matrices.rows["capability_within"].to_numpy(np.float64)
    families = matrices.rows["family"].to_numpy(str)
    carried = np.flatnonzero(np.abs(per_unit).sum(0) > 0)
    compared = _Statistics(data, null_fit, matrices.y, errors)
    tests = []
    for j in carried:
        rows = np.flatnonzero(per_unit[:, j])
        permuted = sorted(set(families[rows]))
        sources, exhaustive = _arrangements(matrices, permuted, most, np.random.default_rng(seed))
        # The observed arrangement comes first and counts as one of them.
        statistics = np.concatenate(
            [
                compared.of(per_unit[rows, j] * within[chunk[:, rows]], rows, j)
                for chunk in np.array_split(sources, -(-len(sources) // _CHUNK))
            ]
        )
        p_value = float(np.mean(statistics >= statistics[0] * (1 - 1e-9)))
        tests.append(PermutationTest(matrices.terms[j], p_value, len(sources), exhaustive))
    return tuple(tests)


class _Statistics:
    """Statistics |t| of columns that take the place of a term's own.

    With U the basis of the compressed data and s the variance of the residual, the precision of the
    rows is U O U' + (I - U U') / s. A column c so enters only through U'c, c'c and y'c, and a
    statistic costs one product with U instead of several with n x n matrices. With P the projection
    on all other terms, whitened by W, O = W W, the weights of the rows in the coefficient are

        a = U W (I - P) W U'c + (c - U U'c) / s = U v + c / s.

    The topic errors' form a'D a is then (c'D c) / s^2 + 2 (c'D U) v / s + v'(U'D U) v.
    """

    def __init__(
        self, data: Compressed, null_fit: Fit, y: FloatArray, errors: TopicErrors | None
    ) -> None:
        values, vectors = np.linalg.eigh(null_fit.precision)
        self._whiten = (vectors * np.sqrt(values)) @ vectors.T
        self._without = ProjectionsWithout(self._whiten @ data.X)
        self._beyond = 1 / null_fit.variances[-1] if data.spare.count else 0.0
        self._y, self._y_inside, self._errors = y, data.y, errors
        self._basis = data.basis
        if errors is not None:
            of_basis = errors.form(data.basis)
            self._inside_form = data.basis.T @ of_basis
            self._basis = np.hstack([data.basis, of_basis])

    def of(self, columns: FloatArray, rows: IntArray, j: int) -> FloatArray:
        """Return |t| of each of N columns in place of column j; (N,).

        `columns` (N, k) are their values in these k rows; they are 0 in all others. With topic
        errors t has different degrees of freedom for each column and is transformed to the normal
        deviate of the same p value (Wallace 1959).
        """
        products = columns @ self._basis[rows]
        inside = products[:, : len(self._y_inside)].T
        whitened = self._without.residuals(self._whiten @ inside, j)
        squares = np.einsum("nk,nk->n", columns, columns) - np.einsum("rn,rn->n", inside, inside)
        size = np.einsum("rn,rn->n", whitened, whitened) + self._beyond * squares
        weights = self._whiten @ whitened
        beyond_y = columns @ self._y[rows] - self._y_inside @ inside
        estimate = self._y_inside @ weights + self._beyond * beyond_y
        if self._errors is None:
            return np.asarray(np.abs(estimate) / np.sqrt(size))
        weights -= self._beyond * inside
        added = np.einsum("rn,rn->n", weights, self._inside_form @ weights)
        if self._beyond:
            mixed = np.einsum("rn,nr->n", weights, products[:, len(self._y_inside) :])
            own = self._errors.of_rows(rows).squares(columns)
            added += 2 * self._beyond * mixed + self._beyond**2 * own
        added = np.maximum(added, 0.0)
        t = estimate**2 / (size + added)
        df = sum_df(size, np.inf, added, self._errors.df)
        with np.errstate(invalid="ignore"):
            normal = (8 * df + 1) / (8 * df + 3) * np.sqrt(df * np.log1p(t / df))
        return np.where(np.isfinite(df), normal, np.sqrt(t))


class ProjectionsWithout:
    """Projections on all columns of a matrix but one, from a single decomposition of the whole.

    With the matrix decomposed as Q R, the part of column j that the others do not explain is along
    Q R^-T e_j. What lies in the space of all columns and across it lies in that of the others.
    """

    def __init__(self, columns: FloatArray) -> None:
        """Decompose an n x p matrix of full rank; raises LinAlgError for a singular one."""
        self._basis, triangle = np.linalg.qr(columns)
        own = np.linalg.solve(triangle.T, np.eye(len(triangle)))
        self._own = own / np.sqrt((own**2).sum(axis=0))

    def residuals(self, columns: FloatArray, j: int) -> FloatArray:
        """Return columns (n, k) minus their projection on all of the matrix but column j."""
        within = self._basis.T @ columns
        own = self._own[:, j]
        within -= own[:, None] * (own @ within)
        return np.asarray(columns - self._basis @ within)


def _arrangements(
    matrices: DesignMatrices, families: list[str], most: int, rng: np.random.Generator
) -> tuple[IntArray, bool]:
    """Return N x n indices of the row that each row takes its capability from, identity first."""
    groups = [g for family in families for g in _exchangeable(matrices, family)]
    total = prod(factorial(len(g)) for g in groups)
    if total <= most:
        orders = [list(permutations(range(len(g)))) for g in groups]
        chosen = list(islice(product(*orders), total))
    else:
        chosen = [tuple(tuple(range(len(g))) for g in groups)]
        chosen += [
            tuple(tuple(rng.permutation(len(g)).tolist()) for g in groups) for _ in range(most - 1)
        ]
    sources = np.tile(np.arange(len(matrices.y)), (len(chosen), 1))
    for i, orders_of_groups in enumerate(chosen):
        for group, order in zip(groups, orders_of_groups, strict=True):
            for model, source in enumerate(order):
                sources[i, group[model]] = group[source]
    return sources, total <= most


def _exchangeable(matrices: DesignMatrices, family: str) -> list[IntArray]:
    """Return the groups of models of a family that have the same languages; models x rows each."""
    rows = matrices.rows[matrices.rows["family"] == family].sort_values(["model", "language"])
    by_languages: dict[tuple[str, ...], list[IntArray]] = {}
    for _, own in rows.groupby("model", sort=True):
        by_languages.setdefault(tuple(own["language"]), []).append(own.index.to_numpy())
    return [np.array(models) for models in by_languages.values() if len(models) > 1]
