"""Own REML equals lme4, lmerTest, pbkrtest and metafor on fresh random data."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from culture_ray.regression.designs import Design, matrices
from culture_ray.regression.inference import infer
from culture_ray.regression.reml import Fit, fit
from tests.regression.made_up import study

RunR = Callable[..., pd.DataFrame]

ONE_FACTOR = "alignment ~ 0 + language + consistency + capability:family + (1 | model)"
CROSSED = "alignment ~ 1 + consistency + capability + (1 | model) + (1 | language)"

# three regular studies, one without variance between models (a singular fit), one unbalanced
STUDIES = {
    "regular": study(11),
    "larger": study(12, families=5, per_family=4, languages=6),
    "noisy": study(13, sd_model=0.05, sd_residual=0.1),
    "singular": study(11, sd_model=0.0),
    "unbalanced": study(15).drop(index=[0, 5, 6, 17, 30]),
}


def _matched(formula: str, rows: pd.DataFrame) -> tuple[pd.DataFrame, Fit, tuple[str, ...]]:
    made = matrices(Design("random", formula), rows)
    return made.rows, fit(made.y, made.X, made.kernels()), made.terms


def _as_r(terms: tuple[str, ...]) -> list[str]:
    return [
        "".join(t.split("[")).replace("]", "").replace("Intercept", "(Intercept)") for t in terms
    ]


@pytest.mark.parametrize("formula", [ONE_FACTOR, CROSSED], ids=["one factor", "crossed"])
@pytest.mark.parametrize("name", STUDIES)
def test_equals_lmer_with_both_kinds_of_degrees_of_freedom(
    run_r: RunR, formula: str, name: str
) -> None:
    rows, fitted, terms = _matched(formula, STUDIES[name])
    result = run_r(
        f"""
        m <- lmer({formula}, rows, control = lmerControl(optCtrl = list(maxfun = 1e5, xtol_abs =
                  1e-12, ftol_abs = 1e-12), check.conv.singular = "ignore"))
        s <- coef(summary(m, ddf = "Satterthwaite"))
        k <- coef(summary(m, ddf = "Kenward-Roger"))
        result <- data.frame(estimate = s[, 1], se_s = s[, 2], df_s = s[, 3],
                             se_k = k[, 2], df_k = k[, 3], p_k = k[, 5], criterion = REMLcrit(m))
        """,
        rows,
        "lmerTest",
        "pbkrtest",
    )
    # lmer writes family:capability when the rows make it, and the reverse when they do not
    result.index = pd.Index([":".join(sorted(t.split(":"))) for t in result.index])
    result = result.loc[[":".join(sorted(t.split(":"))) for t in _as_r(terms)]]
    satterthwaite, kenward_roger = infer(fitted, "satterthwaite"), infer(fitted, "kenward_roger")
    assert fitted.converged
    assert fitted.criterion <= result.criterion.iloc[0] + 1e-6
    assert np.allclose(fitted.estimates, result.estimate, atol=1e-4)
    assert np.allclose(satterthwaite.std_error, result.se_s, rtol=1e-3)
    assert np.allclose(satterthwaite.df, result.df_s, rtol=5e-3)
    assert np.allclose(kenward_roger.std_error, result.se_k, rtol=1e-3)
    assert np.allclose(kenward_roger.df, result.df_k, rtol=5e-3)
    assert np.allclose(kenward_roger.p_value, result.p_k, atol=1e-3)


def _dense(n: int, seed: int, rank: int) -> np.ndarray:
    """A covariance with correlated rows, such as topics shared by all models make."""
    root = np.random.default_rng(seed).normal(size=(n, rank))
    common = np.ones((n, n)) * 0.002
    return common + 0.003 * root @ root.T / rank


@pytest.mark.parametrize("residual", [True, False], ids=["residual", "V alone"])
@pytest.mark.parametrize("seed", [21, 22, 23])
def test_equals_rma_mv_with_a_dense_sampling_covariance(
    run_r: RunR, seed: int, residual: bool
) -> None:
    rows = study(seed)
    made = matrices(Design("random", ONE_FACTOR), rows)
    V = _dense(len(rows), seed, rank=80)
    fitted = fit(made.y, made.X, made.kernels(), V, residual=residual)
    table = pd.concat([made.rows, pd.DataFrame(V).add_prefix("v")], axis=1)
    result = run_r(
        f"""
        V <- as.matrix(rows[, grep("^v[0-9]+$", names(rows))])
        dimnames(V) <- NULL
        rows$row <- seq_len(nrow(rows))
        m <- rma.mv(alignment, V, mods = ~ 0 + language + consistency + capability:family,
                    random = {"list(~ 1 | model, ~ 1 | row)" if residual else "~ 1 | model"},
                    data = rows, method = "REML",
                    control = list(optimizer = "optim", optmethod = "Nelder-Mead", reltol = 1e-14,
                                   maxit = 5000, sigma2.init = 0.01))
        result <- data.frame(estimate = as.numeric(m$beta), se = m$se,
                             criterion = -2 * m$fit.stats["ll", "REML"],
                             row.names = rownames(m$beta))
        for (i in seq_along(m$sigma2)) result[[paste0("s", i)]] <- m$sigma2[i]
        """,
        table,
        "metafor",
    )
    result.index = pd.Index([":".join(sorted(t.split(":"))) for t in result.index])
    result = result.loc[[":".join(sorted(t.split(":"))) for t in _as_r(made.terms)]]
    assert fitted.converged
    variances = result.filter(regex=r"^s\d").iloc[0]
    assert np.allclose(fitted.variances, variances, atol=2e-6, rtol=1e-3)
    assert np.allclose(fitted.estimates, result.estimate, atol=1e-4)
    # rma.mv reports the covariance as if the variances were known
    std_error = np.sqrt(np.diagonal(fitted.covariance))
    assert np.allclose(std_error, result.se, rtol=1e-3)
    # rma.mv counts log|X'X| out of its likelihood, lme4 does not
    log_xx = np.linalg.slogdet(made.X.T @ made.X)[1]
    assert fitted.criterion - log_xx == pytest.approx(result.criterion.iloc[0], abs=1e-6)
