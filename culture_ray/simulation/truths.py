"""True alignment and self-consistency of a cell, from its latent agreement and signal.

A topic is a pair (g, z) of standard normals with correlation a: the population's opinion and the
model's. A response makes STATEMENTS statements, each pro with probability logistic(signal z + skew)
and read as its opposite with the judge's error; its value polarity is the share read as pro. The
truths are rank correlations over infinitely many topics and responses. With f(z) the expected rank
of a response, that of alignment is sum_k a^k f_k q_k over the coefficients of f and of the normal
distribution function in orthonormal Hermite polynomials (Mehler's formula).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from scipy.special import comb, expit, ndtr

from culture_ray.measures.result import FloatArray

STATEMENTS = 6

_AGREEMENTS = np.linspace(-0.6, 0.995, 60)
_SIGNALS = np.linspace(0.3, 4.0, 30)
_TERMS = 40
"""Terms of the series; q_k shrinks as 2^(-k/2)."""


@dataclass(frozen=True, eq=False)
class Truths:
    """Tables of the truths over latent signals and agreements, interpolated between."""

    alignment: FloatArray
    """Signals x agreements."""

    consistency: FloatArray
    """Self-consistency by signal."""

    def signal_for(self, consistency: FloatArray) -> FloatArray:
        """Return the signal that gives this self-consistency, or the nearest in the table."""
        return np.asarray(np.interp(consistency, self.consistency, _SIGNALS))

    def consistency_of(self, signal: FloatArray) -> FloatArray:
        """Return the true self-consistency of cells with this signal."""
        return np.asarray(np.interp(signal, _SIGNALS, self.consistency))

    def agreement_for(self, alignment: FloatArray, signal: FloatArray) -> FloatArray:
        """Return the latent agreement of cells with this true alignment and signal."""
        rows = zip(alignment, self._curves(signal), strict=True)
        return np.array([np.interp(wanted, curve, _AGREEMENTS) for wanted, curve in rows])

    def alignment_of(self, agreement: FloatArray, signal: FloatArray) -> FloatArray:
        """Return the true alignment of cells with this latent agreement and signal."""
        rows = zip(agreement, self._curves(signal), strict=True)
        return np.array([np.interp(a, _AGREEMENTS, curve) for a, curve in rows])

    def highest_alignment(self, signal: FloatArray) -> FloatArray:
        """Return the highest true alignment that a signal can reach."""
        return self._curves(signal)[:, -1]

    def _curves(self, signal: FloatArray) -> FloatArray:
        """Return true alignment over _AGREEMENTS for each signal."""
        at = np.interp(signal, _SIGNALS, np.arange(len(_SIGNALS)))
        low = np.clip(at.astype(int), 0, len(_SIGNALS) - 2)
        share = (at - low)[:, None]
        return np.asarray((1 - share) * self.alignment[low] + share * self.alignment[low + 1])


@cache
def truths(judge_error: float = 0.0, skew: float = 0.0) -> Truths:
    """Return the truths of responses with this skew, read by a judge with this error."""
    z = np.linspace(-8.0, 8.0, 1201)
    density = np.exp(-(z**2) / 2)
    density /= density.sum()
    basis = _hermite(z) * density
    normal = basis @ ndtr(z)
    powers = _AGREEMENTS[:, None] ** np.arange(1, _TERMS)
    alignment, consistency = [], []
    for signal in _SIGNALS:
        values = _values(judged(expit(signal * z + skew), judge_error))
        marginal = density @ values
        rank = np.cumsum(marginal) - marginal / 2
        spread = marginal @ rank**2 - 0.25
        expected = values @ rank
        consistency.append((density @ expected**2 - 0.25) / spread)
        series = powers @ ((basis @ expected) * normal)[1:]
        alignment.append(series / np.sqrt(spread / 12))
    return Truths(np.array(alignment), np.array(consistency))


def judged(pro: FloatArray, error: float) -> FloatArray:
    """Return the probability that a statement is read as pro, from that of being pro."""
    return np.asarray(pro * (1 - error) + (1 - pro) * error)


def _hermite(z: FloatArray) -> FloatArray:
    """Return the first _TERMS orthonormal Hermite polynomials at z; (_TERMS, z)."""
    rows = [np.ones_like(z), z]
    for k in range(2, _TERMS):
        rows.append((z * rows[-1] - np.sqrt(k - 1) * rows[-2]) / np.sqrt(k))
    return np.array(rows)


def _values(pro: FloatArray) -> FloatArray:
    """Return the distribution of value polarity, ... x (STATEMENTS + 1)."""
    k = np.arange(STATEMENTS + 1)
    share = pro[..., None]
    return np.asarray(comb(STATEMENTS, k) * share**k * (1 - share) ** (STATEMENTS - k))
