"""Variance of coefficients from topic errors that models have in common beyond their languages.

A mixed model counts different models as independent, apart from what `shared_between_models` takes
out. Their topic errors are not independent if models resemble each other: abler models err alike,
and so do the models of a family. A coefficient is a weighted sum of the rows, b = w'y, so that
errors m add w'V w to its variance. The fit counts the part within models, sum over models g of
w_g' V_gg w_g (in the variances it estimates), and the shared part F F'. Missing is the sum over
pairs of different models,

    d = sum over g != h of w_g' (V - F F')_gh w_h.

This is two-way clustering by model and by topic (Cameron, Gelbach & Miller 2011): variance by model
+ variance by topic - variance by both. The estimate of d has an expectation of 0 where models are
independent; as a variance cannot be known to be smaller than independence makes it, a negative
estimate counts as 0.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from culture_ray.measures.result import FloatArray, IntArray


@dataclass(frozen=True, eq=False)
class TopicErrors:
    """Topic errors of the n rows of a fit."""

    root: FloatArray
    """k x n, V = root' root."""

    shared: FloatArray
    """F, n x l: the part of V that the fit contains is F F'."""

    model: npt.NDArray[np.str_]
    """n models."""

    df: float
    """Degrees of freedom of V."""

    def between_models(self, weights: FloatArray) -> FloatArray:
        """Return d of each of p sums of rows, 0 where its estimate is negative; (p,).

        `weights` (p, n) are the weights of the rows.
        """
        return np.maximum(self.squares(weights), 0.0)

    def squares(self, weights: FloatArray) -> FloatArray:
        """Return w'D w for each row w of `weights` (p, n), D the matrix of d; (p,)."""
        found = _squares(self.root, weights) - _squares(self.shared.T, weights)
        for at in self._rows_of_models:
            own = weights[:, at]
            found -= _squares(self.root[:, at], own) - _squares(self.shared[at].T, own)
        return found

    def form(self, columns: FloatArray) -> FloatArray:
        """Return D columns for `columns` (n, q), D the matrix of d; (n, q)."""
        found = self.root.T @ (self.root @ columns) - self.shared @ (self.shared.T @ columns)
        for at in self._rows_of_models:
            root, shared = self.root[:, at], self.shared[at]
            # A model has fewer rows than there are rounds behind V.
            found[at] -= (root.T @ root - shared @ shared.T) @ columns[at]
        return np.asarray(found)

    def of_rows(self, positions: IntArray) -> TopicErrors:
        """Return the errors of the rows at these positions."""
        root, shared = self.root[:, positions], self.shared[positions]
        return TopicErrors(root, shared, self.model[positions], self.df)

    @cached_property
    def _rows_of_models(self) -> list[IntArray]:
        """Positions of each model's rows."""
        order = np.argsort(self.model, kind="stable")
        firsts = np.unique(self.model[order], return_index=True)[1]
        return np.split(order, firsts[1:])


def _squares(root: FloatArray, weights: FloatArray) -> FloatArray:
    """Return w' root' root w for each row w of `weights`."""
    scores = root @ weights.T
    return np.asarray(np.einsum("kp,kp->p", scores, scores))
