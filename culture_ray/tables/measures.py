"""Distributions, alignment, self-consistency, and the cells made from them."""

from __future__ import annotations

from typing import Any

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


def _figure(name: str, meaning: str, *, later: bool = False) -> list[pa.Field[Any]]:
    parts = {
        name: meaning,
        f"{name}_std_error": "standard error, from the joint topic bootstrap",
        f"{name}_ci_low": "lower end of the 95 % t interval over topics",
        f"{name}_ci_high": "upper end of the 95 % t interval over topics",
    }
    return [column(part, REAL, what, later=later) for part, what in parts.items()]


CELLS = pa.schema(
    [
        column("model", TEXT, "name of the model, as asked or imported, or of a baseline"),
        column("family", TEXT, "family of the model"),
        column("language", TEXT, "language of the prompts"),
        column("protocol", TEXT, "elicitation protocol"),
        column("persona", TEXT, "country of the described respondents; null without a persona"),
        column("judge", TEXT, "judge whose labels are used"),
        column("responses", INT, "responses, whatever their outcome"),
        column("used", INT, "responses with a value polarity"),
        column(
            "responses_with_ground_truth",
            INT,
            "responses with a value polarity on topics with ground truth",
        ),
        column("topics", INT, "topics with ground truth of the language's speakers"),
        column("note", TEXT, "caveat for the reader of this cell, such as too few topics"),
        *_figure("alignment_language", "alignment with the speakers of the prompt's language"),
        *_figure("alignment_us", "alignment with the population of the US"),
        *_figure(
            "alignment_native_mean",
            "mean alignment with the countries where the language is spoken, except the US",
        ),
        *_figure("us_minus_native", "US bias: alignment_us minus alignment_native_mean"),
        *_figure("self_consistency", "correlation over pairs of different responses to a topic"),
        *_figure("alignment_language_topics", "alignment_language over topic means"),
        *_figure(
            "alignment_language_disattenuated",
            "alignment_language corrected for response and survey noise",
        ),
        *_figure("alignment_us_topics", "alignment_us over topic means"),
        *_figure(
            "alignment_us_disattenuated", "alignment_us corrected for response and survey noise"
        ),
        column(
            "capability",
            REAL,
            "mean score over the language's benchmarks; null without any",
            "0..1",
        ),
        column(
            "judge_reliability",
            REAL,
            "share of the variance that is not due to the judge's errors",
            "0..1",
        ),
        *_figure("self_consistency_judge_free", "self_consistency / judge_reliability"),
        *_figure("alignment_language_judge_free", "alignment_language / sqrt(judge_reliability)"),
        *_figure("alignment_us_judge_free", "alignment_us / sqrt(judge_reliability)"),
        *_figure(
            "closeness_language",
            "1 - mean absolute difference between topic means and the speakers' averages; sees "
            "levels, which a rank correlation does not",
            later=True,
        ),
    ]
)

LABEL_CORRECTED = pa.schema(
    [
        column(
            "reference",
            TEXT,
            "source of the labels that correct: `people`, or the judge of judging.reference",
        ),
        column("judge", TEXT, "judge whose labels are corrected"),
        column(
            "figure",
            TEXT,
            "alignment_language, alignment_us, alignment_native_mean or us_minus_native, as in "
            "cells.csv",
        ),
        column("model", TEXT, "name of the model, as in conf/model; null for a mean over models"),
        column("language", TEXT, "language of the prompts; null for a mean over languages"),
        column("protocol", TEXT, "elicitation protocol"),
        column("persona", TEXT, "country of the described respondents; null without a persona"),
        column("cells", INT, "cells in the mean; 1 for a single cell"),
        column("labels", INT, "responses with a label of the reference"),
        column("topics", INT, "topics with such a response and ground truth of the speakers"),
        column("judged", REAL, "value of the figure with the judge's labels"),
        column("judged_std_error", REAL, "its standard error, from the joint topic bootstrap"),
        column("corrected", REAL, "value of the figure as the reference would give it"),
        column(
            "std_error",
            REAL,
            "standard error of `corrected`, over topics and labels, from the joint topic bootstrap",
        ),
        column("ci_low", REAL, "lower end of the 95 % t interval of `corrected`"),
        column("ci_high", REAL, "upper end of the 95 % t interval of `corrected`"),
        column(
            "label_std_error",
            REAL,
            "part of std_error that is due to the number of labels; more labels reduce this part",
        ),
        column("moves", REAL, "corrected minus judged"),
        column("moves_ci_low", REAL, "lower end of the 95 % t interval of `moves`"),
        column("moves_ci_high", REAL, "upper end of the 95 % t interval of `moves`"),
        column("power", REAL, "weight of the judge's labels in `corrected`", "0..1"),
        column("reason", TEXT, "reason why a value is null"),
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
        name="cells",
        schema=CELLS,
        meaning=(
            "One row per model, language, protocol and judge: alignment, US bias and "
            "self-consistency with 95 % intervals over topics."
        ),
        file="cells.csv",
        written_by="`sweep`, stage regress; `analyse`",
        order="as distributions",
        pandas_csv=True,
        note=(
            "Standard errors and intervals come from the joint topic bootstrap. Baselines are "
            "rows of the family `baseline`. docs/statistics.md defines each figure."
        ),
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
    Table(
        name="label_corrected",
        schema=LABEL_CORRECTED,
        meaning=(
            "One row per figure and cell with reference labels, and per mean over cells: the "
            "figure as the reference would give it, beside the judged one."
        ),
        file="label_corrected.csv",
        written_by=(
            "`sweep`, stage regress, and `analyse`, for a run with human labels or "
            "judging.reference"
        ),
        order="reference, figure, then cells as in cells.csv, and means by model, language and all",
        optional=True,
        note="docs/judging.md explains the correction.",
    ),
)
