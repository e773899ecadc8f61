"""From a cell's latent agreement and signal to its true alignment and self-consistency.

A topic is a pair (g, z) of standard normals with correlation a: the population's opinion and the
model's. A response makes STATEMENTS statements, each pro with probability logistic(signal z); its
value polarity is the share of pro. Both truths are population values, had from quadrature.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from scipy.special import comb
from scipy.stats import norm

from culture_ray.measures.result import FloatArray

STATEMENTS = 6

_AGREEMENTS = np.linspace(-0.6, 0.995, 60)
_SIGNALS = np.linspace(0.3, 4.0, 30)


def agreement_for(alignment: FloatArray, signal: FloatArray) -> FloatArray:
    """Return the latent agreement that makes a cell's true alignment what is asked for."""
    return np.array(
        [
            np.interp(wanted, curve, _AGREEMENTS)
            for wanted, curve in zip(alignment, _curves(signal), strict=True)
        ]
    )


def alignment_of(agreement: FloatArray, signal: FloatArray) -> FloatArray:
    """Return the true alignment of cells with this latent agreement and signal."""
    return np.array(
        [
            np.interp(a, _AGREEMENTS, curve)
            for a, curve in zip(agreement, _curves(signal), strict=True)
        ]
    )


def highest_alignment(signal: FloatArray) -> FloatArray:
    """Return the highest true alignment that a signal can reach."""
    return _curves(signal)[:, -1]


def signal_for(consistency: FloatArray) -> FloatArray:
    """Return the signal that makes a cell's true self-consistency what is asked for."""
    _, rho = _truths()
    if consistency.min() < rho[0] or consistency.max() > rho[-1]:
        raise ValueError(f"self-consistency outside {rho[0]:.2f} to {rho[-1]:.2f}")
    return np.asarray(np.interp(consistency, rho, _SIGNALS))


def _curves(signal: FloatArray) -> FloatArray:
    """Return true alignment over _AGREEMENTS for each signal."""
    table, _ = _truths()
    at = np.interp(signal, _SIGNALS, np.arange(len(_SIGNALS)))
    low = np.clip(at.astype(int), 0, len(_SIGNALS) - 2)
    share = (at - low)[:, None]
    return np.asarray((1 - share) * table[low] + share * table[low + 1])


@cache
def _truths() -> tuple[FloatArray, FloatArray]:
    """Return true alignment (signals x agreements) and self-consistency (signals)."""
    nodes, weights = np.polynomial.hermite_e.hermegauss(41)
    weights = weights / weights.sum()
    ranks = (np.arange(200) + 0.5) / 200
    g = norm.ppf(ranks)
    # the model's opinion z given the population's: agreements x g x nodes
    a = _AGREEMENTS[:, None, None]
    z = a * g[:, None] + np.sqrt(1 - a**2) * nodes
    alignment, consistency = [], []
    for signal in _SIGNALS:
        marginal = weights @ _values(signal * nodes)
        value_rank = np.cumsum(marginal) - marginal / 2
        spread = marginal @ value_rank**2 - 0.25
        expected = _values(signal * nodes) @ value_rank
        consistency.append((weights @ expected**2 - 0.25) / spread)
        mean_rank = _values(signal * z) @ value_rank @ weights
        alignment.append((mean_rank @ ranks / len(ranks) - 0.25) / np.sqrt(spread / 12))
    return np.array(alignment), np.array(consistency)


def _values(logits: FloatArray) -> FloatArray:
    """Return the distribution of value polarity, ... x (STATEMENTS + 1)."""
    pro = 1 / (1 + np.exp(-logits))[..., None]
    k = np.arange(STATEMENTS + 1)
    return np.asarray(comb(STATEMENTS, k) * pro**k * (1 - pro) ** (STATEMENTS - k))
