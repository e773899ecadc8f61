"""Distributions of models' answers over the scales of topics, and their distances to people's."""

from __future__ import annotations

import pyarrow as pa

from culture_ray.tables.table import INT, REAL, TEXT, Table, column

_CELL = [
    column("model", TEXT, "name of the model, as asked"),
    column("language", TEXT, "language of the prompts"),
    column(
        "protocol",
        TEXT,
        "elicitation protocol, one that offers the survey's answers; imported for those of a file",
    ),
    column("persona", TEXT, "country of the described respondents; null without a persona"),
]

ANSWERS = pa.schema(
    [
        *_CELL,
        column("topic", TEXT, "survey item"),
        column("answer", INT, "code of the answer on the topic's scale"),
        column("share", REAL, "mean probability of the answer over responses", "0..1"),
        column("responses", INT, "responses that chose an answer, and are not excluded"),
    ]
)

DISTANCES = pa.schema(
    [
        *_CELL,
        column("population", TEXT, "id of the population: DK, speakers:da or world"),
        column("population_kind", TEXT, "country, language, region, group or world"),
        column(
            "measure",
            TEXT,
            "wasserstein, jensen_shannon, total_variation, mean_similarity, mean_difference, "
            "spread_difference or variance_ratio",
        ),
        column("topics", INT, "topics with answers of the model and of the population"),
        column("value", REAL, "mean over these topics, on scales from 0 to 1"),
        column("std_error", REAL, "standard error, from the joint topic bootstrap"),
        column("ci_low", REAL, "lower end of the 95 % t interval over topics"),
        column("ci_high", REAL, "upper end of the 95 % t interval over topics"),
        column(
            "floor",
            REAL,
            "the same between two random halves of the population's sample; null if unknown",
        ),
        column("uniform", REAL, "the same if all answers were equally likely"),
        column("ceiling", REAL, "the same for the answers that are farthest from the population's"),
        column("reason", TEXT, "reason why a value or an interval is null"),
    ]
)

TABLES = (
    Table(
        name="answers",
        schema=ANSWERS,
        meaning=(
            "One row per model, language, topic and answer: the distribution of the model's "
            "answers over the topic's scale."
        ),
        file="answers.csv",
        written_by="`sweep`, stage measure; `analyse`",
        order="protocol (the main one first), persona, model, language, topic, answer",
        optional=True,
        note=(
            "Only for protocols that offer the survey's answers, such as direct_item, and for "
            "imported answers and distributions."
        ),
    ),
    Table(
        name="distances",
        schema=DISTANCES,
        meaning=(
            "One row per model, language, population and measure: how close the model's "
            "distributions of answers are to the population's."
        ),
        file="distances.csv",
        written_by="`sweep`, stage regress; `analyse`",
        order="as answers, then population, then measure",
        optional=True,
        note=(
            "Only where the populations' file names distributions of answers (`answers`), as "
            "`populations` writes them. docs/statistics.md defines each measure."
        ),
    ),
)
