"""Coefficients of the regressions, influence of their rows, and robustness checks."""

from __future__ import annotations

import pyarrow as pa

from culture_ray.tables.table import REAL, TEXT, column

REGRESSION = pa.schema(
    [
        column("term", TEXT, "as in capability_within:family[gemma]"),
        column("estimate", REAL, "coefficient"),
        column("std_error", REAL, "its standard error"),
        column("df", REAL, "degrees of freedom; infinite for a normal reference"),
        column("ci_low", REAL, "lower end of the 95 % interval"),
        column("ci_high", REAL, "upper end of the 95 % interval"),
        column("p_value", REAL, "two-sided p value"),
        column("p_permutation", REAL, "permutation p value; null where none was made"),
    ]
)
"""One row per coefficient of a regression."""

EXPORTED_REGRESSIONS = pa.schema(
    [
        column("regression", TEXT, "us_bias or multilingual, with its design where not the first"),
        column("inference", TEXT, "valid, or paper: as published"),
        *REGRESSION,
    ]
)
"""Every regression of a run as one table, as `culture-ray export` writes it."""

REGRESSION_ROWS = pa.schema(
    [
        column("model", TEXT, "model of the row"),
        column("language", TEXT, "language of the row"),
        column("fitted", REAL, "what the fixed terms say, without random intercepts"),
        column("residual", REAL, "alignment minus what all other rows say, in standard errors"),
        column("leverage", REAL, "1 where the row alone decides what is fitted to it", "0..1"),
        column("moves", TEXT, "the term that changes most when this row is left out"),
        column("moves_by", REAL, "that change, in standard errors; null where it is undefined"),
    ]
)
"""Per row of a regression: how it fits, and what the estimates owe to it."""

ROBUSTNESS = pa.schema(
    [
        column("check", TEXT, "stability, extrapolability, steerability or conditioning"),
        column("model", TEXT, "model as named in conf/model; null for all models together"),
        column("language", TEXT, "language of the prompts; null for all languages together"),
        column("what", TEXT, "which figure of the check"),
        column("estimate", REAL, "the figure, in `unit`; null when it cannot be had"),
        column("std_error", REAL, "its standard error over topics"),
        column("ci_low", REAL, "lower end of the 95 % interval over topics"),
        column("ci_high", REAL, "upper end of the 95 % interval over topics"),
        column("unit", TEXT, "what 1 means"),
        column("reason", TEXT, "why the figure or its interval is null"),
    ]
)
"""One row per figure of a robustness check."""
