"""How well a fit describes its rows, and what single rows do to it."""

from __future__ import annotations

import numpy as np

from culture_ray.regression.arrays import Real
from culture_ray.regression.designs import Matrices
from culture_ray.regression.reml.compress import Compressed
from culture_ray.regression.reml.fit import Fit
from culture_ray.regression.results import RowInfluence, Variance

_DECIDES = 1 - 1e-9


def r_squared(made: Matrices, fitted: Fit) -> tuple[float, float]:
    """Return marginal and conditional R2 (Nakagawa and Schielzeth 2013), sampling error aside."""
    fixed = float(np.var(made.X @ fitted.estimates))
    found = np.maximum(fitted.variances, 0)
    intercepts = float(found[: len(made.groups)].sum())
    total = fixed + float(found.sum())
    return fixed / total, (fixed + intercepts) / total


def variances(made: Matrices, fitted: Fit, root: Real | None) -> tuple[Variance, ...]:
    """Return the variance by source, and what sampling error alone would leave as residual."""
    names = [*made.groups, "residual"][: len(fitted.variances)]
    found = [Variance(n, float(s)) for n, s in zip(names, fitted.variances, strict=True)]
    if root is not None:
        n, p = made.X.shape
        Q = np.linalg.qr(made.X)[0]
        left = float((root**2).sum() - ((root @ Q) ** 2).sum())
        found.append(Variance("sampling", left / (n - p)))
    return tuple(found)


def cells(made: Matrices, data: Compressed, fitted: Fit) -> tuple[RowInfluence, ...]:
    """Return residual, leverage and influence of every row, the variances held.

    With P = O - O X (X'OX)^-1 X'O, O = Omega^-1: a row's error as predicted by all others is
    (Py)_i / P_ii with variance 1 / P_ii, and leaving it out moves b by (X'OX)^-1 X'O_i of it.
    """
    Q, O, X = data.basis, fitted.precision, data.X  # noqa: E741
    gain = fitted.covariance @ X.T @ O
    P = O - O @ X @ gain
    # across the basis there is only e, the last of the variances
    e = fitted.variances[-1] if data.spare.count else np.inf
    beyond = (1 - (Q**2).sum(1)) / e
    own = ((Q @ P) * Q).sum(1) + beyond
    leverage = 1 - own / (((Q @ O) * Q).sum(1) + beyond)
    decides = leverage > _DECIDES
    own[decides] = np.nan
    error = Q @ (P @ data.y) + (made.y - Q @ data.y) / e
    reach = (gain @ Q.T) / np.sqrt(np.diagonal(fitted.covariance))[:, None]
    moves = -reach * (error / own)
    moves[:, decides] = np.where(np.abs(reach[:, decides]) > 1e-9, np.inf, 0.0)
    most = np.abs(moves).argmax(axis=0)
    fixed = made.X @ fitted.estimates
    keys = zip(made.rows["model"], made.rows["language"], strict=True)
    return tuple(
        RowInfluence(
            model=str(model),
            language=str(language),
            fitted=float(fixed[i]),
            residual=0.0 if decides[i] else float(error[i] / np.sqrt(own[i])),
            leverage=float(leverage[i]),
            moves=made.terms[most[i]],
            moves_by=float(moves[most[i], i]),
        )
        for i, (model, language) in enumerate(keys)
    )
