"""Coefficients of the regressions, influence of their rows, and robustness checks."""

from __future__ import annotations

import pyarrow as pa

from culture_ray.calibration import (
    BETWEEN,
    LANGUAGE_LEVELS,
    MEAN_US_BIAS,
    PERMUTATION,
    US_BIAS_OF_CELLS,
    WITHIN,
)
from culture_ray.tables.table import FLAG, INT, REAL, TEXT, Table, column

_INTERVAL = (
    f"; with inference=valid, that of a level of a language is {LANGUAGE_LEVELS.remark}, and that "
    f"of US bias in a single cell {US_BIAS_OF_CELLS.remark}, of mean US bias {MEAN_US_BIAS.remark}"
)
_P_VALUE = (
    f"; with inference=valid, that of capability_within is {WITHIN.remark}, and that of "
    f"capability_between {BETWEEN.remark}"
)
_ALIKE = "; it misses its level where that in `regressions` or `cells` does"

REGRESSION = pa.schema(
    [
        column("term", TEXT, "term of the formula, as in capability_within:family[gemma]"),
        column("estimate", REAL, "coefficient"),
        column("std_error", REAL, "standard error"),
        column("df", REAL, "degrees of freedom; infinite for a normal reference"),
        column("ci_low", REAL, f"lower end of the 95 % interval{_INTERVAL}"),
        column("ci_high", REAL, f"upper end of the 95 % interval{_INTERVAL}"),
        column("p_value", REAL, f"two-sided p value{_P_VALUE}"),
        column(
            "p_permutation",
            REAL,
            f"permutation p value, {PERMUTATION.remark}; null if no permutation test was run",
        ),
    ]
)

REGRESSIONS = pa.schema(
    [
        column(
            "regression",
            TEXT,
            "us_bias or multilingual, followed by the design if it is not the default",
        ),
        column("inference", TEXT, "valid, or paper for the published inference"),
        *REGRESSION,
    ]
)

OUTCOMES = pa.schema(
    [
        column(
            "outcome",
            TEXT,
            "figure that the regression explains: alignment by responses, topics or disattenuated, "
            "or closeness",
        ),
        column("design", TEXT, "name of the design in inference.designs"),
        column("term", TEXT, "term of the formula, as in capability_within:family[gemma]"),
        column("estimate", REAL, "coefficient"),
        column("std_error", REAL, "standard error"),
        column("df", REAL, "degrees of freedom"),
        column("ci_low", REAL, f"lower end of the 95 % interval{_ALIKE}"),
        column("ci_high", REAL, f"upper end of the 95 % interval{_ALIKE}"),
        column("p_value", REAL, f"two-sided p value, not from permutations{_ALIKE}"),
        column("rows", INT, "models and languages in the regression"),
    ]
)

SIMULTANEOUS = pa.schema(
    [
        column(
            "figure",
            TEXT,
            "alignment_language or us_minus_native, as in cells.csv; multilingual for a slope",
        ),
        column("model", TEXT, "name of the model, as in conf/model; null for a slope"),
        column("language", TEXT, "language of the prompts; null for a slope"),
        column("term", TEXT, "term of the multilingual regression; null for a cell"),
        column("estimate", REAL, "value of the figure"),
        column("ci_low", REAL, f"lower end of the 95 % interval of this figure alone{_ALIKE}"),
        column("ci_high", REAL, f"upper end of the 95 % interval of this figure alone{_ALIKE}"),
        column(
            "simultaneous_ci_low",
            REAL,
            "lower end of an interval that holds together with those of all cells in 95 %; null "
            "for a slope; conservative for US bias, as in cells.csv",
        ),
        column("simultaneous_ci_high", REAL, "upper end of that interval"),
        column("p_value", REAL, "two-sided p value of this figure alone"),
        column("p_holm", REAL, "p value adjusted for the number of figures by Holm's method"),
        column("figures", INT, "number of figures that the adjustment allows for"),
    ]
)

EQUIVALENCE = pa.schema(
    [
        column("regression", TEXT, "us_bias or multilingual, as the file in regression/"),
        column("term", TEXT, "US bias of a cell or mean, or slope of capability"),
        column("estimate", REAL, "value of the effect"),
        column("std_error", REAL, "its standard error"),
        column("df", REAL, "its degrees of freedom"),
        column(
            "smallest_effect",
            REAL,
            "smallest effect of interest: inference.smallest_effect for US bias, "
            "inference.smallest_slope for a slope",
        ),
        column("ci90_low", REAL, "lower end of the 90 % interval"),
        column("ci90_high", REAL, "upper end of the 90 % interval"),
        column(
            "p_equivalence",
            REAL,
            "p value of two one-sided t tests: below .05, the effect is smaller than the smallest "
            "of interest, in either direction",
        ),
        column(
            "p_holm",
            REAL,
            "p_equivalence adjusted by Holm for the number of single cells; null for a mean and "
            "for a slope",
        ),
        column("equivalent", FLAG, "true if the p value (p_holm where there is one) is below .05"),
    ]
)

REGRESSION_ROWS = pa.schema(
    [
        column("model", TEXT, "model of the row"),
        column("language", TEXT, "language of the row"),
        column("fitted", REAL, "alignment predicted by the fixed terms, without random intercepts"),
        column(
            "residual",
            REAL,
            "alignment minus its prediction from all other rows, in standard errors",
        ),
        column(
            "leverage", REAL, "leverage; 1 if the row alone determines its fitted value", "0..1"
        ),
        column("moves", TEXT, "term whose estimate changes most if this row is left out"),
        column("moves_by", REAL, "change in that estimate, in standard errors; null if undefined"),
    ]
)

ROBUSTNESS = pa.schema(
    [
        column("check", TEXT, "stability, extrapolability, steerability or conditioning"),
        column("model", TEXT, "name of the model, as in conf/model; null for all models together"),
        column("language", TEXT, "language of the prompts; null for all languages together"),
        column("what", TEXT, "figure of the check"),
        column("estimate", REAL, "value of the figure, in `unit`; null if it cannot be computed"),
        column("std_error", REAL, "standard error over topics"),
        column("ci_low", REAL, "lower end of the 95 % interval over topics"),
        column("ci_high", REAL, "upper end of the 95 % interval over topics"),
        column("unit", TEXT, "unit of the estimate, as a phrase that says what 1 means"),
        column("reason", TEXT, "reason why the estimate or its interval is null"),
    ]
)

TABLES = (
    Table(
        name="regressions",
        schema=REGRESSIONS,
        meaning=(
            "One row per coefficient of each regression, with the valid and with the "
            "published inference."
        ),
        file="regression/{inference}/{regression}.csv",
        written_by="`sweep`, stage regress; `analyse`",
        order="file by file; within a file that of the formula's terms",
        optional=True,
        copies=(
            "regression/us_bias.csv",
            "regression/multilingual.csv",
            "regression/multilingual_{design}.csv",
        ),
        path_columns=("regression", "inference"),
        note=(
            "Beside each CSV file stand the same numbers, rounded, as `.tex` and `.md`, "
            "and a `.json` with formula, notes and diagnostics. The files directly in "
            "`regression/` repeat those of the command that ran last. `export` writes all "
            "regressions as one table, with the columns `regression` and `inference`."
        ),
    ),
    Table(
        name="outcomes",
        schema=OUTCOMES,
        meaning=(
            "One row per coefficient of each design and outcome: alignment over responses, over "
            "topic means, and disattenuated."
        ),
        file="regression/outcomes.csv",
        written_by="`sweep`, stage regress, and `analyse`, with inference=valid",
        order="outcome, then design, then term as in the formula",
        optional=True,
    ),
    Table(
        name="simultaneous",
        schema=SIMULTANEOUS,
        meaning=(
            "One row per cell and figure, and per slope: the interval and p value that allow for "
            "the number of figures."
        ),
        file="simultaneous.csv",
        written_by="`sweep`, stage regress, and `analyse`, with inference=valid",
        order="alignment, US bias, then the slopes of the multilingual regression",
        optional=True,
    ),
    Table(
        name="equivalence",
        schema=EQUIVALENCE,
        meaning=(
            "One row per US bias and slope of capability: the test that it is smaller than the "
            "smallest effect of interest."
        ),
        file="equivalence.csv",
        written_by=(
            "`sweep`, stage regress, and `analyse`, with inference.smallest_effect or "
            "inference.smallest_slope"
        ),
        order="as us_bias, then the slopes of each design",
        optional=True,
    ),
    Table(
        name="regression_rows",
        schema=REGRESSION_ROWS,
        meaning=(
            "One row per row of a regression: its residual, and its influence on the estimates."
        ),
        file="",
        written_by="as regressions",
        order="that of the rows of the fit",
        optional=True,
        note=(
            "The table has no file of its own: it is the list `diagnostics.cells` in the "
            "regression's `.json`."
        ),
    ),
    Table(
        name="robustness",
        schema=ROBUSTNESS,
        meaning="One row per figure of a robustness check.",
        file="robustness.csv",
        written_by="`sweep`, stage regress; `analyse`",
        order="judge, then check, model and language",
        optional=True,
    ),
)
