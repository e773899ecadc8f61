"""Differences between two runs."""

from __future__ import annotations

import pyarrow as pa

from culture_ray.tables.judges import AGREEMENT
from culture_ray.tables.table import INT, REAL, TEXT, Table, column

CHANGES = pa.schema(
    [
        column("part", TEXT, "what the entry belongs to: models, languages, prompts, judges, ..."),
        column("name", TEXT, "which one, or which setting of it"),
        column("change", TEXT, "added, removed or changed, from the first run to the second"),
        column("first", TEXT, "as it was in the first run; null where it was not there"),
        column("second", TEXT, "as it is in the second run; null where it is not there"),
    ]
)

DIFFERENCES = pa.schema(
    [
        column("figure", TEXT, "which column of cells.csv"),
        column("scope", TEXT, "cell, or a mean over the cells of a model, a language, or of all"),
        column("model", TEXT, "model in the first run; null for a mean over models"),
        column("model_second", TEXT, "model in the second run, where it has another name there"),
        column("language", TEXT, "language of the prompts; null for a mean over languages"),
        column("protocol", TEXT, "how the opinion was elicited"),
        column("persona", TEXT, "country the respondents come from; null without a persona"),
        column("judge_first", TEXT, "whose labels in the first run"),
        column("judge_second", TEXT, "whose labels in the second run"),
        column("topics", INT, "topics that both runs have answers to; both sides rest on these"),
        column("cells", INT, "pairs of cells that the difference is a mean of; 1 for a cell"),
        column("first", REAL, "the figure of the first run"),
        column("second", REAL, "the figure of the second run"),
        column("difference", REAL, "second minus first; null where one of them is undefined"),
        column("std_error", REAL, "of the difference, from draws of topics that both runs share"),
        column("ci_low", REAL, "lower end of its 95 % t interval over topics"),
        column("ci_high", REAL, "upper end of its 95 % t interval over topics"),
        column("note", TEXT, "why there is no difference or interval, or what to know of it"),
    ]
)

TABLES = (
    Table(
        name="changes",
        schema=CHANGES,
        meaning="One row per setting or version that differs between two runs.",
        file="compare/{first}_{second}/changes.csv",
        written_by="`compare`",
        order="part by part",
        folder="results",
    ),
    Table(
        name="differences",
        schema=DIFFERENCES,
        meaning=(
            "One row per figure and cell, and per mean over cells: the difference between two runs."
        ),
        file="compare/{first}_{second}/differences.csv",
        written_by="`compare`",
        order="figure, then means, then cells",
        folder="results",
    ),
    Table(
        name="compared_agreement",
        schema=AGREEMENT,
        meaning=(
            "One row per pair of judges and language: agreement on responses that both runs hold."
        ),
        file="compare/{first}_{second}/agreement.csv",
        written_by="`compare`, if both runs hold the same responses",
        order="raters, each over all languages and then by language",
        folder="results",
    ),
)
