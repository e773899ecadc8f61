"""REML fits of one row per model and language, under the sampling errors of the rows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from culture_ray.measures.result import FloatArray
from culture_ray.regression.designs import DesignMatrices
from culture_ray.regression.reml.compress import Compressed, compress, uncompressed
from culture_ray.regression.reml.fit import Fit, fit
from culture_ray.regression.sampling import Sampling, SamplingError, shared_between_models
from culture_ray.regression.topic_error import TopicErrors


@dataclass(frozen=True, eq=False)
class RowFits:
    """Fits of fixed terms to the rows of a design, with the same errors in each."""

    matrices: DesignMatrices

    errors: TopicErrors | None
    """Topic errors of the rows; None if V is not known."""

    sampling: Sampling = "shared"
    """Part of V that enters the fit."""

    residual: bool = True
    """Estimate a residual variance in addition to V."""

    bounded: bool = False
    """Constrain the variances of random intercepts to zero or above."""

    def data(self, X: FloatArray) -> Compressed:
        """Return the data to fit, compressed to the dimensions of the effects where V allows it.

        `X` (n, p) holds the fixed terms.
        """
        y, levels = self.matrices.y, self.matrices.levels()
        shared = None if self.errors is None else self.errors.shared
        if shared is not None and self.sampling == "known":
            return uncompressed(y, X, levels, shared @ shared.T)
        return compress(y, X, levels, shared)

    def fit(self, data: Compressed) -> Fit:
        """Return the fit of these data."""
        return fit(
            data.y,
            data.X,
            data.kernels,
            data.V,
            spare=data.spare,
            residual=self.residual,
            # With all of V in the fit there is no bound on how far below zero a variance may go.
            bounded=self.bounded or self.sampling == "known",
        )


def topic_errors_of(
    matrices: DesignMatrices, errors: SamplingError | None, sampling: Sampling
) -> TopicErrors | None:
    """Return the topic errors of the rows fitted, with the part of V that enters the fit."""
    if errors is None:
        return None
    root = errors.root[:, matrices.kept]
    shared = root.T if sampling == "known" else shared_between_models(root, matrices.rows)
    return TopicErrors(root, shared, matrices.rows["model"].to_numpy(str), errors.df)


def fits_exactly(data: Compressed) -> bool:
    """Return True if the fixed terms explain the response up to rounding."""
    left = data.y - data.X @ np.linalg.lstsq(data.X, data.y, rcond=None)[0]
    total = data.y @ data.y + data.spare.squares
    return bool(left @ left + data.spare.squares <= 1e-20 * total)
