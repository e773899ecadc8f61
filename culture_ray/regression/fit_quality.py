"""Goodness of fit of a mixed model, and the influence of single rows on it."""

from __future__ import annotations

import numpy as np

from culture_ray.measures.result import FloatArray
from culture_ray.regression.designs import DesignMatrices
from culture_ray.regression.reml.compress import Compressed
from culture_ray.regression.reml.fit import Fit
from culture_ray.regression.results import RowInfluence, Variance

_DECIDES = 1 - 1e-9


def r_squared(matrices: DesignMatrices, fitted: Fit) -> tuple[float, float]:
    """Return marginal and conditional R2 (Nakagawa & Schielzeth 2013), without sampling error."""
    fixed = float(np.var(matrices.X @ fitted.estimates))
    found = np.maximum(fitted.variances, 0)
    intercepts = float(found[: len(matrices.groups)].sum())
    total = fixed + float(found.sum())
    return fixed / total, (fixed + intercepts) / total


def variances(
    matrices: DesignMatrices, fitted: Fit, root: FloatArray | None
) -> tuple[Variance, ...]:
    """Return the variance of each source.

    That of `sampling` is the residual variance that sampling error alone would leave.
    """
    names = [*matrices.groups, "residual"][: len(fitted.variances)]
    found = [Variance(n, float(s)) for n, s in zip(names, fitted.variances, strict=True)]
    if root is not None:
        n, p = matrices.X.shape
        Q = np.linalg.qr(matrices.X)[0]
        left = float((root**2).sum() - ((root @ Q) ** 2).sum())
        found.append(Variance("sampling", left / (n - p)))
    return tuple(found)


def cells(matrices: DesignMatrices, data: Compressed, fitted: Fit) -> tuple[RowInfluence, ...]:
    """Return residual, leverage and influence of every row, with the variances held fixed.

    With P = O - O X (X'OX)^-1 X'O and O = Omega^-1: the error of predicting row i from all others
    is (Py)_i / P_ii with variance 1 / P_ii, and leaving the row out changes b by (X'OX)^-1 X'O_i
    times that error.
    """
    Q, O, X = data.basis, fitted.precision, data.X  # noqa: E741
    gain = fitted.covariance @ X.T @ O
    P = O - O @ X @ gain
    # Outside the basis there is only e, the last of the variances.
    e = fitted.variances[-1] if data.spare.count else np.inf
    beyond = (1 - (Q**2).sum(1)) / e
    own = ((Q @ P) * Q).sum(1) + beyond
    leverage = 1 - own / (((Q @ O) * Q).sum(1) + beyond)
    decides = leverage > _DECIDES
    own[decides] = np.nan
    error = Q @ (P @ data.y) + (matrices.y - Q @ data.y) / e
    reach = (gain @ Q.T) / np.sqrt(np.diagonal(fitted.covariance))[:, None]
    moves = -reach * (error / own)
    moves[:, decides] = np.where(np.abs(reach[:, decides]) > 1e-9, np.inf, 0.0)
    most = np.abs(moves).argmax(axis=0)
    fixed = matrices.X @ fitted.estimates
    keys = zip(matrices.rows["model"], matrices.rows["language"], strict=True)
    return tuple(
        RowInfluence(
            model=str(model),
            language=str(language),
            fitted=float(fixed[i]),
            residual=0.0 if decides[i] else float(error[i] / np.sqrt(own[i])),
            leverage=float(leverage[i]),
            moves=matrices.terms[most[i]],
            moves_by=float(moves[most[i], i]),
        )
        for i, (model, language) in enumerate(keys)
    )
