"""Own REML equals lme4, lmerTest, pbkrtest and metafor on fresh random data."""

from __future__ import annotations

import re
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from culture_ray.regression.designs import RegressionDesign, design_matrices
from culture_ray.regression.inference import infer
from culture_ray.regression.reml.fit import fit
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


def _as_r(terms: tuple[str, ...]) -> list[str]:
    """Terms without brackets, factors in alphabetical order, since lmer's order varies."""
    plain = [re.sub(r"[\[\]]", "", t).replace("Intercept", "(Intercept)") for t in terms]
    return [":".join(sorted(t.split(":"))) for t in plain]


def _of(result: pd.DataFrame, key: str, terms: tuple[str, ...]) -> pd.DataFrame:
    """R's figures for one data set, in the order of our terms."""
    found = result[result.key == key]
    found.index = pd.Index([":".join(sorted(str(t).split(":"))) for t in found.term])
    return found.loc[_as_r(terms)]


@pytest.mark.slow
def test_equals_lmer_with_both_kinds_of_degrees_of_freedom(run_r: RunR) -> None:
    rows = pd.concat([table.assign(key=name) for name, table in STUDIES.items()])
    result = run_r(
        f"""
        one <- function(d, name, formula) {{
          m <- lmer(formula, d, control = lmerControl(check.conv.singular = "ignore",
                    optCtrl = list(maxfun = 1e5, xtol_abs = 1e-12, ftol_abs = 1e-12)))
          s <- coef(summary(m, ddf = "Satterthwaite"))
          k <- coef(summary(m, ddf = "Kenward-Roger"))
          data.frame(key = paste(d$key[1], name), term = rownames(s), estimate = s[, 1],
                     se_s = s[, 2], df_s = s[, 3], se_k = k[, 2], df_k = k[, 3], p_k = k[, 5],
                     criterion = REMLcrit(m))
        }}
        all <- list()
        for (d in split(rows, rows$key)) {{
          all <- c(all, list(one(d, "one factor", {ONE_FACTOR}), one(d, "crossed", {CROSSED})))
        }}
        result <- do.call(rbind, all)
        """,
        rows,
        "lmerTest",
        "pbkrtest",
    )
    for name, table in STUDIES.items():
        for kind, formula in (("one factor", ONE_FACTOR), ("crossed", CROSSED)):
            made = design_matrices(RegressionDesign("random", formula), table)
            fitted = fit(made.y, made.X, made.kernels())
            theirs = _of(result, f"{name} {kind}", made.terms)
            satterthwaite = infer(fitted, "satterthwaite")
            kenward_roger = infer(fitted, "kenward_roger")
            assert fitted.converged
            assert fitted.criterion <= theirs.criterion.iloc[0] + 1e-6
            assert np.allclose(fitted.estimates, theirs.estimate, atol=1e-4)
            assert np.allclose(satterthwaite.std_error, theirs.se_s, rtol=1e-3)
            assert np.allclose(satterthwaite.df, theirs.df_s, rtol=5e-3)
            assert np.allclose(kenward_roger.std_error, theirs.se_k, rtol=1e-3)
            assert np.allclose(kenward_roger.df, theirs.df_k, rtol=5e-3)
            assert np.allclose(kenward_roger.p_value, theirs.p_k, atol=1e-3)


@pytest.mark.slow
def test_equals_rma_mv_with_a_dense_sampling_covariance(run_r: RunR) -> None:
    studies = {f"s{seed}": study(seed) for seed in (21, 22, 23)}
    known = {key: _dense(36, seed=int(key[1:])) for key in studies}
    rows = pd.concat(
        [
            pd.concat([table.assign(key=key), pd.DataFrame(known[key]).add_prefix("v")], axis=1)
            for key, table in studies.items()
        ]
    )
    result = run_r(
        """
        one <- function(d, name, random) {
          V <- as.matrix(d[, grep("^v[0-9]+$", names(d))])
          dimnames(V) <- NULL
          d$row <- seq_len(nrow(d))
          m <- rma.mv(alignment, V, mods = ~ 0 + language + consistency + capability:family,
                      random = random, data = d, method = "REML",
                      control = list(optimizer = "optim", optmethod = "Nelder-Mead",
                                     reltol = 1e-14, maxit = 5000, sigma2.init = 0.01))
          data.frame(key = paste(d$key[1], name), term = rownames(m$beta),
                     estimate = as.numeric(m$beta), se = m$se, s1 = m$sigma2[1], s2 = m$sigma2[2],
                     criterion = -2 * m$fit.stats["ll", "REML"])
        }
        all <- list()
        for (d in split(rows, rows$key)) {
          all <- c(all, list(one(d, "residual", list(~ 1 | model, ~ 1 | row)),
                             one(d, "V alone", ~ 1 | model)))
        }
        result <- do.call(rbind, all)
        """,
        rows,
        "metafor",
    )
    for key, table in studies.items():
        made = design_matrices(RegressionDesign("random", ONE_FACTOR), table)
        for kind in ("residual", "V alone"):
            residual = kind == "residual"
            fitted = fit(made.y, made.X, made.kernels(), known[key], residual=residual)
            theirs = _of(result, f"{key} {kind}", made.terms)
            assert fitted.converged
            variances = theirs[["s1", "s2"]].iloc[0, : 1 + residual]
            assert np.allclose(fitted.variances, variances, atol=2e-6, rtol=1e-3)
            assert np.allclose(fitted.estimates, theirs.estimate, atol=1e-4)
            # rma.mv reports the covariance as if the variances were known
            assert np.allclose(np.sqrt(np.diagonal(fitted.covariance)), theirs.se, rtol=1e-3)
            # and counts log|X'X| out of its likelihood, which lme4 does not
            log_xx = np.linalg.slogdet(made.X.T @ made.X)[1]
            assert fitted.criterion - log_xx == pytest.approx(theirs.criterion.iloc[0], abs=1e-6)


def _dense(n: int, seed: int) -> np.ndarray:
    """A covariance with correlated rows, such as topics shared by all models make."""
    root = np.random.default_rng(seed).normal(size=(n, 80))
    return 0.002 + 0.003 * root @ root.T / 80
