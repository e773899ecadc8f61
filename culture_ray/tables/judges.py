"""Errors and agreement of judges, and figures under another judge."""

from __future__ import annotations

import pyarrow as pa

from culture_ray.tables.table import INT, REAL, TEXT, column

RELIABILITY = pa.schema(
    [
        column("kind", TEXT, "what responses are grouped by: all, language, length, topic, ..."),
        column("group", TEXT, "which group"),
        column("responses", INT, "gold responses of the group"),
        column("statements", INT, "described opinions on whose stance both readers agree"),
        column("missing", INT, "of these, the ones to which the judge gave no stance"),
        column("extra", INT, "stances of the judge beyond the last true one"),
        column("disputed", INT, "described opinions on which the readers differ; left out"),
        column("accuracy", REAL, "share of right stances among those given", "0..1"),
        column("error", REAL, "share of wrong stances among those given", "0..1"),
        column("error_ci_low", REAL, "lower end of its 95 % interval, clustered by response"),
        column("error_ci_high", REAL, "upper end of its 95 % interval, clustered by response"),
        column("flipped", REAL, "pro read as con or con as pro, among those on a side", "0..1"),
        column("flipped_ci_low", REAL, "lower end of its 95 % interval, clustered by response"),
        column("flipped_ci_high", REAL, "upper end of its 95 % interval, clustered by response"),
        column("pro_as_con", REAL, "true pro read as con, among those read on a side", "0..1"),
        column("con_as_pro", REAL, "true con read as pro, among those read on a side", "0..1"),
        column("kappa", REAL, "Cohen's kappa; null where chance alone agrees fully"),
        column("kappa_ci_low", REAL, "lower end of its 95 % interval, jackknife over responses"),
        column("kappa_ci_high", REAL, "upper end of its 95 % interval, jackknife over responses"),
        *(
            column(f"{true}_read_{given}", INT, f"true {true} stances that the judge read {given}")
            for true in ("pro", "con", "neutral")
            for given in ("pro", "con", "neutral")
        ),
    ]
)
"""One row per group of gold responses: a judge's error against the true stances."""

JUDGE_RELIABILITY = pa.schema([column("judge", TEXT, "judge that was checked"), *RELIABILITY])
"""judge_reliability.csv: the error of a run's judges, of those that judge-check has measured."""

AGREEMENT = pa.schema(
    [
        column("kind", TEXT, "judge and human, judges, humans, or repeats of one judge"),
        column("raters", TEXT, "who is compared, separated by commas"),
        column("language", TEXT, "language of the prompts; all for all together"),
        column("responses", INT, "responses that at least two of them rated"),
        column("statements", INT, "described opinions that at least two of them rated"),
        column("agreement", REAL, "equal pairs among all pairs of ratings", "0..1"),
        column("kappa", REAL, "Cohen's kappa; null for more than two raters"),
        column("kappa_ci_low", REAL, "lower end of its 95 % interval, jackknife over responses"),
        column("kappa_ci_high", REAL, "upper end of its 95 % interval, jackknife over responses"),
        column("alpha", REAL, "Krippendorff's alpha, nominal"),
        column("alpha_ci_low", REAL, "lower end of its 95 % interval, jackknife over responses"),
        column("alpha_ci_high", REAL, "upper end of its 95 % interval, jackknife over responses"),
    ]
)
"""One row per set of raters and language: how far they agree about described opinions."""

JUDGE_MOVES = pa.schema(
    [
        column("figure", TEXT, "which column of cells.csv"),
        column("model", TEXT, "model as named in conf/model"),
        column("language", TEXT, "language of the prompts"),
        column("protocol", TEXT, "how the opinion was elicited"),
        column("judge", TEXT, "by whose labels"),
        column("value", REAL, "the figure by this judge's labels"),
        column("reference", REAL, "the figure by the labels that regressions take"),
        column("moves", REAL, "value minus reference"),
    ]
)
"""Per figure, cell and further judge: how far it moves when another judge reads."""

JUDGE_REGRESSIONS = pa.schema(
    [
        column("regression", TEXT, "us_bias or multilingual"),
        column("term", TEXT, "as in capability_within:family[gemma]"),
        column("judge", TEXT, "by whose labels"),
        column("estimate", REAL, "coefficient"),
        column("std_error", REAL, "its standard error"),
        column("ci_low", REAL, "lower end of the 95 % interval"),
        column("ci_high", REAL, "upper end of the 95 % interval"),
        column("p_value", REAL, "two-sided p value, without permutation"),
        column("reference", REAL, "the coefficient by the labels that regressions take"),
        column("moves", REAL, "estimate minus reference"),
    ]
)
"""Per coefficient and further judge: how far it moves when another judge reads."""
