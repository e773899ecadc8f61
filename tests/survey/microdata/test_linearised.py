"""Standard errors equal a plain implementation of the formula, whatever the sample's design."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from culture_ray.survey.microdata.linearised import domains, moment_errors, share_errors, shares
from culture_ray.survey.microdata.sample import halves_of

KINDS = 3
Array = npt.NDArray[Any]
Sample = dict[str, Array]


@st.composite
def samples(draw: st.DrawFn) -> Sample:
    """Return stratum, cluster nested in it, population (-1: none), answer (-1: none) and weight.

    A fourth stratum, of one cluster, is there or not.
    """
    count = draw(st.integers(4, 40))
    random = np.random.default_rng(draw(st.integers(0, 2**32)))
    stratum = random.integers(0, 3, count)
    # Two clusters of each stratum at least, in or out of the populations.
    stratum[:6] = np.repeat([0, 1, 2], 2)[: len(stratum[:6])]
    cluster = stratum * 10 + random.integers(0, 4, count)
    cluster[:6] = stratum[:6] * 10 + np.tile([0, 1], 3)[: len(stratum[:6])]
    alone = draw(st.integers(6, count)) if count >= 6 else count
    stratum[alone:], cluster[alone:] = 3, 30
    return {
        "stratum": stratum,
        "cluster": cluster,
        "member": random.integers(-1, 2, count),
        "answer": random.integers(-1, KINDS, count),
        "weight": random.gamma(2, 1, count) + 0.01,
    }


def plain(
    sample: Sample, population: int, values: Array, centered: bool = False
) -> tuple[float, float]:
    """Return a weighted mean of `values` by answer and its standard error, by loops."""
    inside = (sample["member"] == population) & (sample["answer"] >= 0)
    weight = np.where(inside, sample["weight"], 0.0)
    y = values[np.maximum(sample["answer"], 0)]
    mean = (weight * y).sum() / weight.sum()
    u = weight * (y - mean) / weight.sum()
    variance = 0.0
    for stratum in np.unique(sample["stratum"][inside]):
        clusters = np.unique(sample["cluster"][sample["stratum"] == stratum])
        if len(clusters) == 1 and not centered:
            return mean, np.nan
        totals = np.array([u[sample["cluster"] == cluster].sum() for cluster in clusters])
        if len(clusters) == 1:
            variance += totals[0] ** 2
            continue
        variance += len(clusters) / (len(clusters) - 1) * ((totals - totals.mean()) ** 2).sum()
    return mean, np.sqrt(variance)


@given(samples(), st.booleans())
def test_errors_are_those_of_the_formula(sample: Sample, centered: bool) -> None:
    design = sample["stratum"], sample["cluster"]
    groups = domains(sample["member"], 2, sample["weight"], *design, centered=centered)
    found = shares(groups, sample["answer"], KINDS)
    errors = share_errors(groups, found)
    positions = np.array([1.0, 2.0, 5.0])
    mean, mean_error, spread, _ = moment_errors(groups, found, positions)
    for population in (0, 1):
        answered = (sample["member"] == population) & (sample["answer"] >= 0)
        if not answered.any():
            assert np.isnan(found.share[population]).all()
            continue
        for k in range(KINDS):
            expected = plain(sample, population, np.eye(KINDS)[k], centered)
            got = found.share[population, k], errors[population, k]
            assert got == pytest.approx(expected, abs=1e-9, nan_ok=True)
        expected = plain(sample, population, positions, centered)
        got = mean[population], mean_error[population]
        assert got == pytest.approx(expected, abs=1e-9, nan_ok=True)
        deviation = (found.share[population] * (positions - mean[population]) ** 2).sum()
        assert spread[population] == pytest.approx(np.sqrt(deviation))


@given(samples())
def test_halves_divide_the_clusters_of_every_stratum(sample: Sample) -> None:
    half = halves_of(sample["stratum"], sample["cluster"])
    for stratum in np.unique(sample["stratum"]):
        inside = sample["stratum"] == stratum
        sizes = [len(np.unique(sample["cluster"][inside & (half == part)])) for part in (0, 1)]
        assert abs(sizes[0] - sizes[1]) <= 1
    for cluster in np.unique(sample["cluster"]):
        assert len(np.unique(half[sample["cluster"] == cluster])) == 1
    np.testing.assert_array_equal(half, halves_of(sample["stratum"], sample["cluster"]))
