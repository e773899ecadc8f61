"""inference=paper lands where the published scripts land, and never passes on a failed fit."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.stats import rankdata

from culture_ray.errors import BadTable
from culture_ray.regression import paper
from tests.regression.made_up import study

# mean and sd over six repeats of the published procedure, from the reference's README
PUBLISHED = {
    "consistency:language[da]": (0.54, 0.09),
    "consistency:language[nl]": (0.38, 0.03),
    "consistency:language[en]": (0.58, 0.06),
    "consistency:language[pt]": (0.46, 0.05),
    "capability:family[gemma]:language[da]": (1.35, 0.08),
    "capability:family[gemma]:language[nl]": (1.41, 0.11),
    "capability:family[gemma]:language[en]": (1.01, 0.09),
    "capability:family[gemma]:language[pt]": (1.24, 0.10),
    "capability:family[openai]:language[da]": (0.07, 0.05),
    "capability:family[openai]:language[nl]": (0.14, 0.11),
    "capability:family[openai]:language[en]": (-0.06, 0.09),
    "capability:family[openai]:language[pt]": (-0.02, 0.09),
}


def _pairs_rank(values: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Midranks among pairs, each value counted as often as it has partners."""
    _, index = np.unique(values, return_inverse=True)
    totals = np.bincount(index, weights)
    return (np.cumsum(totals) - totals / 2)[index]


def published_rounds(reference: Path, rows: pd.DataFrame, rounds: int, seed: int) -> pd.DataFrame:
    """Bootstrap the responses joined with every population, self-pairs and all."""
    responses = pd.read_csv(reference / "scored_responses_gemma_openai.csv").dropna()
    truth = pd.read_csv(reference / "ground_truth_language.csv")
    for table in (responses, truth):
        table["question_key"] = table.question_key.str.lower()
    joined = responses.merge(truth, on="question_key")
    capability = {(r.model, r.language): r.capability for r in rows.itertuples()}
    rng = np.random.default_rng(seed)
    out = []
    for _ in range(rounds):
        drawn = joined.iloc[rng.integers(0, len(joined), len(joined))]
        for key, cell in drawn.groupby(["model_name", "model_family", "language"]):
            model, family, language = map(str, key)
            topic = pd.factorize(cell.question_key)[0]
            size = np.bincount(topic)
            partners = (size[topic] - 1).astype(float)
            rank = _pairs_rank(cell.response_pro_score.to_numpy(), partners)
            pairs = partners.sum()
            mean = (rank * partners).sum() / pairs
            variance = (rank**2 * partners).sum() / pairs - mean**2
            products = ((np.bincount(topic, rank) ** 2).sum() - (rank**2).sum()) / pairs
            own = cell[cell.lnge_iso == language]
            ranks = [rankdata(own.response_pro_score), rankdata(own.pro_score)]
            out.append(
                {
                    "model": model,
                    "family": family,
                    "language": language,
                    "alignment": np.corrcoef(ranks)[0, 1],
                    "consistency": (products - mean**2) / variance,
                    "capability": capability[model, language],
                }
            )
    return pd.DataFrame(out)


@pytest.mark.slow
def test_lands_within_three_sds_of_the_published_coefficients(
    reference: Path, reference_rows: pd.DataFrame
) -> None:
    result = paper.multilingual(published_rounds(reference, reference_rows, rounds=100, seed=1))
    found = {t.term: t.estimate for t in result.terms}
    assert set(found) == set(PUBLISHED)
    off = {k: (found[k] - m) / sd for k, (m, sd) in PUBLISHED.items()}
    assert max(map(abs, off.values())) < 3, off
    assert all(0.01 < t.std_error < 0.13 for t in result.terms)
    assert any("counted as observations" in n for n in result.notes)


def _us_rows(bias: float) -> pd.DataFrame:
    rng = np.random.default_rng(4)
    rows = [
        {
            "model": model,
            "language": language,
            "us": us,
            "alignment": (0.0 if model == "random" else 0.5 + bias * us) + rng.normal(0, 0.02),
        }
        for model in ("a", "b", "random")
        for language in ("da", "nl")
        for us in (0, 1)
        for _ in range(100)
    ]
    return pd.DataFrame(rows)


@pytest.mark.slow
def test_us_bias_is_measured_beyond_the_baseline() -> None:
    result = paper.us_bias(_us_rows(0.1), baseline="random")
    found = {t.term: t for t in result.terms}
    for term in ("us:model[a]:language[da]", "us:model[b]:language[nl]"):
        assert found[term].estimate == pytest.approx(0.1, abs=0.02)
        assert found[term].ci_low < found[term].estimate < found[term].ci_high
    assert found["us"].estimate == pytest.approx(0, abs=0.02)
    assert not any("model[random]" in term for term in found)


def test_a_baseline_without_rows_is_refused() -> None:
    with pytest.raises(BadTable, match="no row has the model 'uniform': they have a, b, random"):
        paper.us_bias(_us_rows(0.1), baseline="uniform")


def test_converged_with_an_infinite_likelihood_is_never_passed_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def pretend(self: Any, **_: object) -> SimpleNamespace:
        return SimpleNamespace(converged=True, llf=np.inf, fe_params=np.zeros(2), bse_fe=np.ones(2))

    monkeypatch.setattr("statsmodels.api.MixedLM.fit", pretend)
    result = paper.multilingual(study(1))
    assert result.terms == ()
    assert any("ended at a likelihood of inf" in n for n in result.notes)


def test_described_shares_of_the_variance_and_degrees_of_freedom_are_those_of_the_fit() -> None:
    result = paper.multilingual(study(1, sd_model=0.2))
    assert result.diagnostics is not None
    (intercepts, residual) = (v.variance for v in result.diagnostics.variances)
    marginal = result.diagnostics.r2_marginal
    total = (intercepts + residual) / (1 - marginal)
    assert result.diagnostics.r2_conditional == pytest.approx(1 - residual / total)
    assert {term.df for term in result.terms} == {np.inf}
    rounds = pd.concat([study(seed).assign(us=us) for us in (0, 1) for seed in (1, 2)])
    bias = paper.us_bias(rounds, baseline="f0m0")
    assert {term.df for term in bias.terms} == {len(rounds) - len(bias.terms)}
