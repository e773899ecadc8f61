"""Survey answers of populations."""

from __future__ import annotations

import pyarrow as pa

from culture_ray.tables.table import INT, REAL, TEXT, Table, column

GROUND_TRUTH = pa.schema(
    [
        column("population", TEXT, "DK, speakers:da, or world"),
        column("kind", TEXT, "country, language or world"),
        column("languages", TEXT, "languages these people speak, separated by blanks"),
        column("topic", TEXT, "survey item"),
        column("value_polarity", REAL, "weighted share of pro among pro and con", "0..1"),
        column("std_error", REAL, "its standard error; null where it cannot be had", "0..1"),
        column("n", INT, "respondents, unweighted; null where it cannot be had"),
        column("effective_n", REAL, "(sum w)^2 / sum w^2 of those; null where it cannot be had"),
        column("label", TEXT, "what people call the population; null or empty: its code"),
    ]
)

POPULATIONS = pa.schema(
    [
        column("population", TEXT, "DK, speakers:da, or world"),
        column("label", TEXT, "what people call it"),
        column("kind", TEXT, "country, language, region, group or world"),
        column("languages", TEXT, "languages these people speak, separated by blanks"),
        column("respondents", INT, "people with a positive weight, whatever they answered"),
        column("topics", INT, "topics with a figure"),
        column("smallest_n", INT, "answers to the topic that fewest answered"),
        column("median_std_error", REAL, "over topics; null where there is none", "0..1"),
        column("self_consistency", REAL, "of groups of ten people, in closed form"),
    ]
)

PEOPLE = pa.schema(
    [
        column("population", TEXT, "DK, speakers:da, or world"),
        column("kind", TEXT, "country, language, region, group or world"),
        column("topics", INT, "topics of the run with a figure of these people"),
        column("self_consistency", REAL, "of groups of ten of these people, in closed form"),
        column("reason", TEXT, "why it is null"),
    ]
)

PEOPLE_CORRELATIONS = pa.schema(
    [
        column("population", TEXT, "DK, speakers:da, or world"),
        column("other", TEXT, "another population"),
        column("topics", INT, "topics of the run with a figure of both"),
        column("correlation", REAL, "Spearman correlation of value polarity over those topics"),
        column("reason", TEXT, "why it is null"),
    ]
)

TABLES = (
    Table(
        name="ground_truth",
        schema=GROUND_TRUTH,
        meaning=(
            "One row per population and topic: the weighted value polarity of its survey answers."
        ),
        file="ground_truth.csv",
        written_by="`sweep`, stage report; `report`",
        order="population, then topic",
        note=(
            "The figures that the run was compared with. A population that was not asked "
            "about a topic has no row for it."
        ),
    ),
    Table(
        name="people",
        schema=PEOPLE,
        meaning="One row per population: self-consistency over the run's topics.",
        file="people.csv",
        written_by="`sweep`, stage report; `report`",
        order="that of the populations",
    ),
    Table(
        name="people_correlations",
        schema=PEOPLE_CORRELATIONS,
        meaning=(
            "One row per pair of populations: correlation of their value polarity over topics."
        ),
        file="people_correlations.csv",
        written_by="`sweep`, stage report; `report`",
        order="that of the populations, each pair once",
    ),
    Table(
        name="ground_truth_input",
        schema=GROUND_TRUTH,
        meaning="One row per population and topic: ground truth for runs to choose.",
        file="populations/{name}.csv",
        written_by="`populations`, or by hand",
        order="population, then topic",
        folder="conf",
        note=(
            "CSV, Parquet or Arrow. `std_error`, `n`, `effective_n` and `label` may be "
            "left out. A population that was not asked about a topic has no row for it."
        ),
    ),
    Table(
        name="populations",
        schema=POPULATIONS,
        meaning=("One row per population estimated from microdata: its sample size and precision."),
        file="populations/{name}.populations.csv",
        written_by="`populations`",
        order="kind, population",
        folder="conf",
        note="For people to read; no command reads it.",
    ),
)
