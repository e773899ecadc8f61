"""Errors and agreement of judges, and figures under another judge."""

from __future__ import annotations

import pyarrow as pa

from culture_ray.tables.table import INT, REAL, TEXT, Table, column

RELIABILITY = pa.schema(
    [
        column(
            "kind", TEXT, "property that groups the responses: all, language, length, topic, ..."
        ),
        column("group", TEXT, "value of that property"),
        column("responses", INT, "gold responses of the group"),
        column(
            "statements",
            INT,
            "described opinions on which the two readers of the gold set agree",
        ),
        column("missing", INT, "of these, opinions to which the judge gave no stance"),
        column("extra", INT, "stances that the judge gave beyond the last described opinion"),
        column("disputed", INT, "described opinions on which the two readers differ; left out"),
        column("accuracy", REAL, "share of correct stances among those given", "0..1"),
        column("error", REAL, "share of wrong stances among those given", "0..1"),
        column("error_ci_low", REAL, "lower end of the 95 % interval, clustered by response"),
        column("error_ci_high", REAL, "upper end of the 95 % interval, clustered by response"),
        column(
            "flipped",
            REAL,
            "share read as the opposite, among opinions truly pro or con and read as pro or con",
            "0..1",
        ),
        column("flipped_ci_low", REAL, "lower end of the 95 % interval, clustered by response"),
        column("flipped_ci_high", REAL, "upper end of the 95 % interval, clustered by response"),
        column(
            "pro_as_con",
            REAL,
            "share read as con, among truly pro opinions read as pro or con",
            "0..1",
        ),
        column(
            "con_as_pro",
            REAL,
            "share read as pro, among truly con opinions read as pro or con",
            "0..1",
        ),
        column("kappa", REAL, "Cohen's kappa; null if chance alone gives full agreement"),
        column("kappa_ci_low", REAL, "lower end of the 95 % interval, jackknife over responses"),
        column("kappa_ci_high", REAL, "upper end of the 95 % interval, jackknife over responses"),
        *(
            column(
                f"{true}_read_{given}", INT, f"truly {true} opinions that the judge read as {given}"
            )
            for true in ("pro", "con", "neutral")
            for given in ("pro", "con", "neutral")
        ),
    ]
)

JUDGE_RELIABILITY = pa.schema(
    [column("judge", TEXT, "name of the judge that was checked"), *RELIABILITY]
)

AGREEMENT = pa.schema(
    [
        column("kind", TEXT, "judge and human, judges, humans, or repeats (of one judge)"),
        column("raters", TEXT, "names of the raters, separated by commas"),
        column("language", TEXT, "language of the prompts; all for all languages together"),
        column("responses", INT, "responses rated by at least two raters"),
        column("statements", INT, "described opinions rated by at least two raters"),
        column("agreement", REAL, "share of equal pairs among all pairs of ratings", "0..1"),
        column("kappa", REAL, "Cohen's kappa; null for more than two raters"),
        column("kappa_ci_low", REAL, "lower end of the 95 % interval, jackknife over responses"),
        column("kappa_ci_high", REAL, "upper end of the 95 % interval, jackknife over responses"),
        column("alpha", REAL, "Krippendorff's alpha for nominal data"),
        column("alpha_ci_low", REAL, "lower end of the 95 % interval, jackknife over responses"),
        column("alpha_ci_high", REAL, "upper end of the 95 % interval, jackknife over responses"),
    ]
)

HUMAN_LABELS = pa.schema(
    [
        column("response_id", TEXT, "response that was labelled, as in responses"),
        column("annotator", TEXT, "person who labelled it"),
        column("opinion", INT, "number of the described opinion in the response, from 1"),
        column("stance", TEXT, "pro, con or neutral"),
        column(
            "probability",
            REAL,
            "probability with which label-sheet drew the response; null if the file states none",
            "0..1",
        ),
    ]
)

JUDGE_MOVES = pa.schema(
    [
        column("figure", TEXT, "figure, as its column in cells.csv"),
        column("model", TEXT, "name of the model, as in conf/model"),
        column("language", TEXT, "language of the prompts"),
        column("protocol", TEXT, "elicitation protocol"),
        column("judge", TEXT, "judge whose labels are used"),
        column("value", REAL, "value of the figure with this judge's labels"),
        column("reference", REAL, "value of the figure with the labels that the regressions use"),
        column("moves", REAL, "value minus reference"),
    ]
)

JUDGE_REGRESSIONS = pa.schema(
    [
        column("regression", TEXT, "us_bias or multilingual"),
        column("term", TEXT, "term of the formula, as in capability_within:family[gemma]"),
        column("judge", TEXT, "judge whose labels are used"),
        column("estimate", REAL, "coefficient"),
        column("std_error", REAL, "standard error"),
        column("ci_low", REAL, "lower end of the 95 % interval"),
        column("ci_high", REAL, "upper end of the 95 % interval"),
        column("p_value", REAL, "two-sided p value, not from permutations"),
        column("reference", REAL, "coefficient with the labels that the regressions use"),
        column("moves", REAL, "estimate minus reference"),
    ]
)

TABLES = (
    Table(
        name="judge_agreement",
        schema=AGREEMENT,
        meaning=(
            "One row per set of judges and language: agreement on the stances of the same "
            "responses."
        ),
        file="judge_agreement.csv",
        written_by=(
            "`sweep`, stage measure, and `analyse`, for a run with several judges; "
            "`judge-check run=RUN`"
        ),
        order="kind and raters, each over all languages and then by language",
        optional=True,
    ),
    Table(
        name="human_agreement",
        schema=AGREEMENT,
        meaning="One row per set of raters and language: agreement of judges and human annotators.",
        file="human_agreement.csv",
        written_by="`judge-check` with `human=FILE`",
        order="kind and raters, each over all languages and then by language",
        optional=True,
    ),
    Table(
        name="human_labels",
        schema=HUMAN_LABELS,
        meaning="One row per opinion that a person labelled.",
        file="human_labels.csv",
        written_by="`judge-check run=RUN human=FILE`, from the file",
        order="annotator, response as in the file, opinion",
        optional=True,
        note=(
            "The labels of the last file that was compared; `analyse` corrects the judged figures "
            "by them (label_corrected.csv)."
        ),
    ),
    Table(
        name="judge_moves",
        schema=JUDGE_MOVES,
        meaning=(
            "One row per figure, cell and further judge: the change in the figure under that judge."
        ),
        file="judges.csv",
        written_by="`sweep`, stage regress, and `analyse`, for a run with several judges",
        order="judge, figure, cell",
        optional=True,
    ),
    Table(
        name="judge_regressions",
        schema=JUDGE_REGRESSIONS,
        meaning=(
            "One row per coefficient and further judge: the change in the coefficient "
            "under that judge."
        ),
        file="regression/judges.csv",
        written_by="`sweep`, stage regress, and `analyse`, for a run with several judges",
        order="judge, regression, then term as in the formula",
        optional=True,
    ),
    Table(
        name="judge_reliability",
        schema=JUDGE_RELIABILITY,
        meaning=(
            "One row per judge of the run and group of gold responses: the judge's error "
            "against the true stances."
        ),
        file="judge_reliability.csv",
        written_by=(
            "`sweep`, stage report; `report`, if `judge-check` has measured a judge of the run"
        ),
        order="judge, then as reliability",
        optional=True,
    ),
    Table(
        name="reliability",
        schema=RELIABILITY,
        meaning=("One row per group of gold responses: a judge's error against the true stances."),
        file="judge-check/{judge}/{fingerprint}/reliability.csv",
        written_by="`judge-check`",
        order="kind, group",
        folder="results",
        note=(
            "FINGERPRINT is a hash of the judge's model, sampling, prompt and answer "
            "format. The statistics read `check.json` in the same folder."
        ),
    ),
    Table(
        name="repeats",
        schema=AGREEMENT,
        meaning="One row per language: agreement of repeated readings by one judge.",
        file="judge-check/{judge}/{fingerprint}/repeats.csv",
        written_by="`judge-check`",
        order="all languages together, then by language",
        folder="results",
    ),
    Table(
        name="between_judges",
        schema=AGREEMENT,
        meaning="One row per set of judges and language: agreement on the gold responses.",
        file="judge-check/between_judges.csv",
        written_by="`judge-check` with several judges",
        order="raters, each over all languages and then by language",
        folder="results",
    ),
)
