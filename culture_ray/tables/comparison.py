"""Differences between two runs."""

from __future__ import annotations

import pyarrow as pa

from culture_ray.tables.closeness import LEADERBOARD
from culture_ray.tables.judges import AGREEMENT
from culture_ray.tables.table import INT, REAL, TEXT, Table, column

CHANGES = pa.schema(
    [
        column("part", TEXT, "part of the configuration: models, languages, prompts, judges, ..."),
        column("name", TEXT, "name of the entry, or of a setting of it"),
        column("change", TEXT, "added, removed or changed, from the first run to the second"),
        column("first", TEXT, "value in the first run; null if absent"),
        column("second", TEXT, "value in the second run; null if absent"),
    ]
)

DIFFERENCES = pa.schema(
    [
        column("figure", TEXT, "figure, as its column in cells.csv"),
        column("scope", TEXT, "cell, or a mean over the cells of a model, of a language or of all"),
        column("model", TEXT, "model in the first run; null for a mean over models"),
        column("model_second", TEXT, "name of the model in the second run, if it differs"),
        column("language", TEXT, "language of the prompts; null for a mean over languages"),
        column("protocol", TEXT, "elicitation protocol"),
        column("persona", TEXT, "country of the described respondents; null without a persona"),
        column("judge_first", TEXT, "judge whose labels are used in the first run"),
        column("judge_second", TEXT, "judge whose labels are used in the second run"),
        column("topics", INT, "topics answered in both runs; both figures are computed over these"),
        column("cells", INT, "number of pairs of cells averaged; 1 for a cell"),
        column("first", REAL, "value of the figure in the first run"),
        column("second", REAL, "value of the figure in the second run"),
        column("difference", REAL, "second minus first; null if one of them is undefined"),
        column("std_error", REAL, "standard error of the difference, from joint draws of topics"),
        column("ci_low", REAL, "lower end of the 95 % t interval over topics"),
        column("ci_high", REAL, "upper end of the 95 % t interval over topics"),
        column("note", TEXT, "reason why there is no difference or interval"),
    ]
)

LEADERBOARD_OF_RUNS = pa.schema(
    [
        column("table", INT, "table of the page, from 1; models of different tables are not ranked "
               "against one another"),
        column("run", TEXT, "run that the model was asked in; null for a mean over models"),
        column("source", TEXT, "the model's weights or API, with its revision"),
        *LEADERBOARD,
    ]
)  # fmt: skip

TABLES = (
    Table(
        name="leaderboard_of_runs",
        schema=LEADERBOARD_OF_RUNS,
        meaning=(
            "One row per model and language of several runs, and per mean, as in the leaderboard "
            "of a run, with ranks among the models of all runs that were asked alike."
        ),
        file="leaderboard/leaderboard.csv",
        written_by="`leaderboard`",
        order="table, then as in the leaderboard of a run",
        folder="results",
    ),
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
