"""Slopes of capability corrected for its error of measurement, by simulation."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from culture_ray.regression.attenuation import (
    CorrectedTerm,
    capability_reliability,
    corrected_terms,
)
from culture_ray.regression.designs import WITHIN_POOLED, design_matrices
from culture_ray.regression.valid import Options, regress

LANGUAGES, FAMILIES, SIZE = ("da", "en", "nl", "pt"), 5, 4
SPREAD, ERROR = 0.1, 0.08
SLOPE = "capability_within"


def _study(seed: int, error: float = ERROR) -> pd.DataFrame:
    """Rows of a study in which alignment rises by 1 per unit of true capability within families."""
    draws = np.random.default_rng(seed)
    rows = []
    for family in range(FAMILIES):
        level = draws.normal(0.5, 0.1)
        for model in range(SIZE):
            own = draws.normal(0, 0.02)
            for language in LANGUAGES:
                true = level + draws.normal(0, SPREAD)
                alignment = true + own + draws.normal(0, 0.03)
                rows.append((f"m{family}{model}", f"f{family}", language, alignment, true))
    frame = pd.DataFrame(rows, columns=["model", "family", "language", "alignment", "capability"])
    frame["capability"] += draws.normal(0, error, len(frame))
    return frame.assign(consistency=0.5)


def _corrected(rows: pd.DataFrame, error: float = ERROR) -> tuple[float, CorrectedTerm]:
    fitted = regress(rows, WITHIN_POOLED, options=Options(permutations=0, without_models=0))
    assert fitted.diagnostics is not None
    matrices = design_matrices(WITHIN_POOLED, rows)
    root = np.eye(len(rows)) * error
    [found] = corrected_terms(
        WITHIN_POOLED, matrices, fitted.terms, fitted.diagnostics.variances, root
    )
    [plain] = [term for term in fitted.terms if term.term == SLOPE]
    return plain.estimate, found


@pytest.mark.slow
def test_the_corrected_slope_is_the_true_one_and_the_plain_one_is_too_flat() -> None:
    studies = [_corrected(_study(seed)) for seed in range(60)]
    plain = np.array([one for one, _ in studies])
    corrected = np.array([found.estimate for _, found in studies], dtype=float)
    expected = SPREAD**2 / (SPREAD**2 + ERROR**2)
    assert abs(plain.mean() - expected) < 0.06
    assert abs(corrected.mean() - 1) < 4 * corrected.std(ddof=1) / np.sqrt(60)
    covered = [found.ci_low <= 1 <= found.ci_high for _, found in studies]  # type: ignore[operator]
    assert np.mean(covered) >= 0.85


def test_capability_without_error_is_not_corrected() -> None:
    plain, found = _corrected(_study(0, 0.0), 0.0)
    assert found.reliability == pytest.approx(1)
    assert found.estimate == pytest.approx(plain)


@pytest.mark.slow
def test_capability_that_is_mostly_error_has_no_corrected_slope() -> None:
    found = [_corrected(_study(seed, 0.4), 0.4)[1] for seed in range(1, 6)]
    assert np.mean([one.reliability for one in found]) < 0.2
    assert all((one.estimate is None) == (one.reliability < 0.2) for one in found)


def test_reliability_within_families_is_the_share_of_variance_that_is_no_error() -> None:
    rows = pd.concat([_study(seed) for seed in range(20)]).assign(
        family=lambda r: r["family"] + (np.arange(len(r)) // 80).astype(str)
    )
    found = capability_reliability(np.eye(len(rows)) * ERROR, rows)
    assert found == pytest.approx(SPREAD**2 / (SPREAD**2 + ERROR**2), abs=0.05)


def test_an_error_that_all_models_of_a_family_share_takes_no_reliability() -> None:
    rows = _study(0)
    assert capability_reliability(np.full((1, len(rows)), 0.3), rows) == pytest.approx(1)
