"""Survey answers of populations."""

from __future__ import annotations

import pyarrow as pa

from culture_ray.tables.table import INT, REAL, TEXT, Table, column

GROUND_TRUTH = pa.schema(
    [
        column("population", TEXT, "id of the population: DK, speakers:da or world"),
        column("kind", TEXT, "country, language or world"),
        column("languages", TEXT, "codes of the languages spoken there, separated by blanks"),
        column("topic", TEXT, "survey item"),
        column("value_polarity", REAL, "weighted share of pro among pro and con answers", "0..1"),
        column("std_error", REAL, "standard error; null if it cannot be computed", "0..1"),
        column("n", INT, "number of respondents, unweighted; null if unknown"),
        column("effective_n", REAL, "effective sample size, (sum w)^2 / sum w^2; null if unknown"),
        column("label", TEXT, "display name of the population; its id if null or empty"),
    ]
)

_POPULATION = [
    column("population", TEXT, "id of the population: DK, speakers:da or world"),
    column("kind", TEXT, "country, language, region, group or world"),
    column("topic", TEXT, "survey item"),
]

ANSWER_SHARES = pa.schema(
    [
        *_POPULATION,
        column("answer", INT, "code of the answer on the topic's scale"),
        column(
            "share", REAL, "weighted share of the answer among all answers to the topic", "0..1"
        ),
        column("std_error", REAL, "standard error by the sample's design; null if unknown", "0..1"),
        column("n", INT, "number of respondents with the answer, unweighted; null if unknown"),
        column("half_a", REAL, "share in one random half of the sample; null if unknown", "0..1"),
        column("half_b", REAL, "share in the other half; null if unknown", "0..1"),
    ]
)

ANSWER_MEANS = pa.schema(
    [
        *_POPULATION,
        column("mean", REAL, "weighted mean of the answers", "scale points"),
        column("std_error", REAL, "its standard error; null if unknown", "scale points"),
        column("spread", REAL, "standard deviation of the answers", "scale points"),
        column("spread_std_error", REAL, "its standard error; null if unknown", "scale points"),
        column("n", INT, "number of respondents with an answer, unweighted; null if unknown"),
    ]
)

POPULATIONS = pa.schema(
    [
        column("population", TEXT, "id of the population: DK, speakers:da or world"),
        column("label", TEXT, "display name of the population"),
        column("kind", TEXT, "country, language, region, group or world"),
        column("languages", TEXT, "codes of the languages spoken there, separated by blanks"),
        column(
            "respondents",
            INT,
            "respondents with a positive weight, whatever they answered; null if unknown",
        ),
        column("topics", INT, "topics with a value polarity"),
        column("smallest_n", INT, "number of answers to the topic with fewest answers"),
        column(
            "median_std_error",
            REAL,
            "median standard error over topics; null if none is known",
            "0..1",
        ),
        column(
            "self_consistency", REAL, "self-consistency of groups of ten people, in closed form"
        ),
    ]
)

PEOPLE = pa.schema(
    [
        column("population", TEXT, "id of the population: DK, speakers:da or world"),
        column("kind", TEXT, "country, language, region, group or world"),
        column("topics", INT, "topics of the run with a value polarity of the population"),
        column(
            "self_consistency", REAL, "self-consistency of groups of ten people, in closed form"
        ),
        column("reason", TEXT, "reason why the value is null"),
    ]
)

PEOPLE_CORRELATIONS = pa.schema(
    [
        column("population", TEXT, "id of the population: DK, speakers:da or world"),
        column("other", TEXT, "id of the other population"),
        column("topics", INT, "topics of the run with a value polarity of both populations"),
        column(
            "correlation", REAL, "Spearman correlation of value polarity over these topics", "-1..1"
        ),
        column("reason", TEXT, "reason why a value is null"),
        column(
            "alignment",
            REAL,
            "alignment of the one with the other if each response described ten of its people, "
            "mean of both directions; comparable with that of a model",
            "-1..1",
        ),
        column("gap", REAL, "mean absolute difference between their value polarities", "points"),
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
            "One row per pair of populations: how far their value polarity agrees over topics."
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
        name="answer_shares",
        schema=ANSWER_SHARES,
        meaning=(
            "One row per population, topic and answer: the distribution of survey answers over "
            "the topic's scale."
        ),
        file="populations/{name}.answer_shares.csv",
        written_by="`populations`, or by hand",
        order="population, topic, answer",
        folder="conf",
        optional=True,
        note=(
            "CSV, Parquet or Arrow, named by `answers` in the populations' file. The shares of a "
            "topic add up to 1. `std_error`, `n`, `half_a` and `half_b` may be left out; without "
            "halves the floor of a distance is unknown."
        ),
    ),
    Table(
        name="answer_means",
        schema=ANSWER_MEANS,
        meaning="One row per population and topic: mean and spread of survey answers.",
        file="populations/{name}.answer_means.csv",
        written_by="`populations`",
        order="population, topic",
        folder="conf",
        optional=True,
        note="For people to read; no command reads it.",
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
