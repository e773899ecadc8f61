"""Agreement over whole responses: known figures, and intervals that keep responses together."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from culture_ray.judging.intervals import FEWEST, alphas, jackknife, kappas
from culture_ray.judging.raters import rate_agreement
from culture_ray.judging.reliability import cohen_kappa, confusion
from tests.judging.krippendorff import krippendorff_alpha

rating = st.sampled_from(["pro", "con", "neutral", None])
responses = st.lists(
    st.lists(st.tuples(rating, rating, rating), min_size=1, max_size=5), min_size=1, max_size=8
)


@pytest.mark.slow
@given(responses)
def test_alpha_is_that_of_all_opinions_together(given_by_three: list[list[tuple]]) -> None:
    found = rate_agreement("abc", given_by_three)
    whole = krippendorff_alpha([unit for one in given_by_three for unit in one])
    assert (found.alpha is None) == (whole is None)
    if whole is not None and found.alpha is not None:
        assert found.alpha.estimate == pytest.approx(whole)
        assert -1 <= found.alpha.low <= found.alpha.high <= 1
    assert found.kappa is None


@given(st.lists(st.tuples(rating, rating), min_size=1, max_size=30))
def test_kappa_of_two_is_cohens(pairs: list[tuple[str | None, str | None]]) -> None:
    both = [(a, b) for a, b in pairs if a is not None and b is not None]
    whole = cohen_kappa(confusion([a for a, _ in both], [b for _, b in both]))
    found = rate_agreement("ab", [[pair] for pair in pairs])
    assert (found.kappa is None) == (whole is None)
    if found.kappa is not None:
        assert found.kappa.estimate == pytest.approx(whole)
    assert found.statements == found.responses == len(both)


def test_the_interval_covers_the_truth_as_often_as_it_says() -> None:
    rng, covered, rounds = np.random.default_rng(5), 0, 400
    for _ in range(rounds):
        # Each response has its own error rate, as of a topic that is hard to read: kappa is .6.
        wrong = rng.beta(2, 8, 40)
        truth = rng.integers(0, 2, (40, 10))
        given_stance = np.where(rng.random((40, 10)) < wrong[:, None], 1 - truth, truth)
        tables = np.zeros((40, 3, 3))
        for one in range(40):
            np.add.at(tables[one], (truth[one], given_stance[one]), 1)
        found = jackknife(tables, kappas)
        assert found is not None
        covered += found.low < 0.6 < found.high
    assert 0.92 < covered / rounds < 0.98


def test_a_few_responses_have_no_interval() -> None:
    tables = np.tile(np.diag([4.0, 3.0, 3.0]), (FEWEST - 1, 1, 1))
    tables[0, 0, 1] = 2
    for statistic in (kappas, alphas):
        found = jackknife(tables, statistic)
        assert found is not None and (found.low, found.high) == (-1, 1)
    assert jackknife(np.zeros((0, 3, 3)), kappas) is None
