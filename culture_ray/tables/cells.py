"""Cells, with the figures of a model in a language, and their correction by reference labels."""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from culture_ray.calibration import ALIGNMENT_OF_CELLS, US_BIAS_OF_CELLS
from culture_ray.tables.table import INT, REAL, TEXT, Table, column


def _figure(
    name: str, meaning: str, *, interval: str = "", later: bool = False
) -> list[pa.Field[Any]]:
    parts = {
        name: meaning,
        f"{name}_std_error": "standard error, from the joint topic bootstrap",
        f"{name}_ci_low": f"lower end of the 95 % t interval over topics{interval}",
        f"{name}_ci_high": f"upper end of the 95 % t interval over topics{interval}",
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
        *_figure(
            "alignment_language",
            "alignment with the speakers of the prompt's language",
            interval=f"; {ALIGNMENT_OF_CELLS.remark}",
        ),
        *_figure("alignment_us", "alignment with the population of the US"),
        *_figure(
            "alignment_native_mean",
            "mean alignment with the countries where the language is spoken, except the US",
        ),
        *_figure(
            "us_minus_native",
            "US bias: alignment_us minus alignment_native_mean",
            interval=f"; {US_BIAS_OF_CELLS.remark}",
        ),
        *_figure(
            "self_consistency",
            "correlation over pairs of different responses to a topic",
            interval="; too short where `note` says so",
        ),
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

_CONSERVATIVE_CELLS = "; that of US bias in a single cell is conservative, as in cells.csv"

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
        column(
            "ci_low",
            REAL,
            f"lower end of the 95 % t interval of `corrected`{_CONSERVATIVE_CELLS}",
        ),
        column(
            "ci_high",
            REAL,
            f"upper end of the 95 % t interval of `corrected`{_CONSERVATIVE_CELLS}",
        ),
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
