"""Differences between two runs."""

from __future__ import annotations

import pyarrow as pa

from culture_ray.tables.table import INT, REAL, TEXT, column

CHANGES = pa.schema(
    [
        column("part", TEXT, "what the entry belongs to: models, languages, prompts, judges, ..."),
        column("name", TEXT, "which one, or which setting of it"),
        column("change", TEXT, "added, removed or changed, from the first run to the second"),
        column("first", TEXT, "as it was in the first run; null where it was not there"),
        column("second", TEXT, "as it is in the second run; null where it is not there"),
    ]
)
"""One row per thing that differs between two runs that are compared."""

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
"""Per figure: how far two runs differ, cell by cell and on average."""
