"""Distributions, alignment, self-consistency, and the effect of exclusion rules on alignment."""

from __future__ import annotations

import pyarrow as pa

from culture_ray.tables.table import FLAG, INT, REAL, TEXT, Table, column

DISTRIBUTIONS = pa.schema(
    [
        column("model", TEXT, "name of the model, as in conf/model, or of a baseline"),
        column("family", TEXT, "family of the model"),
        column("language", TEXT, "language of the prompts"),
        column("protocol", TEXT, "elicitation protocol"),
        column("persona", TEXT, "country of the described respondents; null without a persona"),
        column(
            "judge",
            TEXT,
            "judge whose labels are used; `rule` if none is needed, null for baselines",
        ),
        column("topic", TEXT, "survey item"),
        column("responses", INT, "responses of this cell and topic, whatever their outcome"),
        column("used", INT, "responses with a value polarity"),
        column("pro", pa.int64(), "opinions judged pro"),
        column("con", pa.int64(), "opinions judged con"),
        column("neutral", pa.int64(), "opinions judged neutral"),
        column("value_polarity", REAL, "mean value polarity over the responses used", "0..1"),
        column("values", pa.list_(REAL), "distinct values of value polarity, ascending", "0..1"),
        column("counts", pa.list_(pa.int64()), "number of responses with each of `values`"),
    ]
)

ALIGNMENT = pa.schema(
    [
        column("model", TEXT, "name of the model or baseline"),
        column("family", TEXT, "family of the model"),
        column("language", TEXT, "language of the prompts"),
        column("protocol", TEXT, "elicitation protocol"),
        column("persona", TEXT, "country of the described respondents; null without a persona"),
        column("judge", TEXT, "judge whose labels are used"),
        column("population", TEXT, "population whose survey answers are compared"),
        column("population_kind", TEXT, "country, language or world"),
        column("topics", INT, "topics with a value for both the model and the population"),
        column("responses", INT, "responses on those topics"),
        column(
            "alignment", REAL, "Spearman correlation over responses; null if undefined", "-1..1"
        ),
        column("alignment_topics", REAL, "Spearman correlation over topic means", "-1..1"),
        column("reason", TEXT, "reason why the alignment is null"),
    ]
)

CONSISTENCY = pa.schema(
    [
        column("model", TEXT, "name of the model or baseline"),
        column("family", TEXT, "family of the model"),
        column("language", TEXT, "language of the prompts"),
        column("protocol", TEXT, "elicitation protocol"),
        column("persona", TEXT, "country of the described respondents; null without a persona"),
        column("judge", TEXT, "judge whose labels are used"),
        column("topics", INT, "topics with at least two responses"),
        column("responses", INT, "responses with a value polarity"),
        column(
            "self_consistency", REAL, "correlation over pairs of different responses to a topic"
        ),
        column(
            "judge_error",
            REAL,
            "share of pro and con opinions that the judge takes for the opposite",
            "0..1",
        ),
        column("judge_error_source", TEXT, "source of the judge's error or reliability"),
        column(
            "judge_reliability",
            REAL,
            "share of the variance that is not due to the judge's errors",
            "0..1",
        ),
        column(
            "judge_reliability_ci_low",
            REAL,
            "judge_reliability at the upper end of the error's 95 % interval",
        ),
        column(
            "judge_reliability_ci_high",
            REAL,
            "judge_reliability at the lower end of the error's 95 % interval",
        ),
        column("self_consistency_judge_free", REAL, "self_consistency / judge_reliability"),
        column("reason", TEXT, "reason why the value is null"),
    ]
)

EXCLUSIONS = pa.schema(
    [
        column("rule", TEXT, "exclusion rule, as in judging.exclude"),
        column(
            "in_force",
            FLAG,
            "true if this run's measures leave out the labels that the rule matches",
        ),
        column("model", TEXT, "name of the model, as in conf/model; null for the whole run"),
        column("language", TEXT, "language of the prompts; null for the whole run"),
        column("protocol", TEXT, "elicitation protocol"),
        column("judge", TEXT, "judge whose labels are used"),
        column("responses", INT, "responses with a value polarity that the rule matches"),
        column(
            "alignment_with",
            REAL,
            "alignment with the speakers of the language, these responses included",
        ),
        column(
            "alignment_without",
            REAL,
            "the same without these responses; the other rules apply as configured",
        ),
        column(
            "moves",
            REAL,
            "alignment_without minus alignment_with; the mean over cells for the whole run",
        ),
        column("most", REAL, "largest change in either direction, over the cells of the run"),
    ]
)

TABLES = (
    Table(
        name="distributions",
        schema=DISTRIBUTIONS,
        meaning=(
            "One row per model, language and topic: counts of stances, and the "
            "distribution of value polarity over responses."
        ),
        file="distributions.arrow",
        written_by="`sweep`, stage measure; `analyse`",
        order=(
            "protocol (the main one first), persona, model, language, judge, topic; baselines last"
        ),
        note=("All later figures are computed from this table, never from single responses."),
    ),
    Table(
        name="alignment",
        schema=ALIGNMENT,
        meaning=(
            "One row per model, language and population: rank correlation of the "
            "model's and the population's value polarity."
        ),
        file="alignment.arrow",
        written_by="`sweep`, stage measure; `analyse`",
        order="as distributions, then population in the order of the ground truth's file",
    ),
    Table(
        name="consistency",
        schema=CONSISTENCY,
        meaning=(
            "One row per model and language: self-consistency, and the reliability of the "
            "judge's labels."
        ),
        file="consistency.arrow",
        written_by="`sweep`, stage measure; `analyse`",
        order="as distributions",
    ),
    Table(
        name="exclusions",
        schema=EXCLUSIONS,
        meaning=(
            "One row per exclusion rule and cell, and one per rule over all cells: the "
            "change in alignment when the rule applies, in force or not."
        ),
        file="exclusions.csv",
        written_by="`sweep`, stage measure; `analyse`",
        order="one row per rule over all cells first, then cell by cell",
    ),
)
