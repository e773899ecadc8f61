"""Closeness of models to people: leaderboard, gaps topic by topic, and the map."""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from culture_ray.tables.table import FLAG, INT, REAL, TEXT, Table, column


def _figure(name: str, meaning: str, unit: str = "") -> list[pa.Field[Any]]:
    return [
        column(name, REAL, meaning, unit),
        column(f"{name}_std_error", REAL, "standard error, from the joint topic bootstrap", unit),
        column(f"{name}_ci_low", REAL, "lower end of the 95 % t interval over topics", unit),
        column(f"{name}_ci_high", REAL, "upper end of the 95 % t interval over topics", unit),
    ]


LEADERBOARD = pa.schema(
    [
        column("model", TEXT, "name of the model; null for the mean over models"),
        column("family", TEXT, "family of the model; null for the mean over models"),
        column("language", TEXT, "language of the prompts; null for the mean over languages"),
        column("cells", INT, "cells with an alignment that the row is the mean of; 1 for a cell"),
        column("topics", INT, "topics with a value for both the model and the speakers"),
        *_figure("alignment", "alignment with the speakers of the prompt's language"),
        *_figure(
            "gap",
            "mean absolute difference between the model's and the speakers' value polarity",
            "points",
        ),
        column(
            "gap_by_chance",
            REAL,
            "gap that a model with the speakers' own averages would have by chance alone",
            "points",
        ),
        *_figure(
            "slope",
            "slope of the model's topic means on the speakers' averages; below 1, differences "
            "between topics are flatter than among people",
        ),
        column("rank", INT, "rank by alignment among the models of the language"),
        column("rank_low", INT, "best rank that the topics leave open, with 95 % confidence"),
        column("rank_high", INT, "worst rank that the topics leave open, with 95 % confidence"),
        column("closest", TEXT, "country with the highest alignment; null for a mean"),
        column("closest_alignment", REAL, "alignment with that country", "-1..1"),
        column("closest_percent", REAL, "draws of topics in which it is the closest", "percent"),
        column("closest_speaks", FLAG, "true if the prompt's language is spoken there"),
        column(
            "speaking_percent",
            REAL,
            "draws of topics in which the closest country speaks the prompt's language; null if "
            "no country of the run does",
            "percent",
        ),
        column("reason", TEXT, "reason why figures are null"),
    ]
)

TOPIC_GAPS = pa.schema(
    [
        column("model", TEXT, "name of the model; null for the mean over models"),
        column("language", TEXT, "language of the prompts"),
        column("topic", TEXT, "survey item"),
        column("population", TEXT, "speakers of the language"),
        column("models", INT, "models with a value; 1 for a single model"),
        column("responses", INT, "responses with a value polarity"),
        column("people", REAL, "value polarity of the speakers", "percent pro"),
        column(
            "answer", REAL, "value polarity of the model, or its mean over models", "percent pro"
        ),
        column("gap", REAL, "answer minus people", "points"),
        column(
            "std_error",
            REAL,
            "standard error over responses, and of the survey where it is known",
            "points",
        ),
        column(
            "ci_low",
            REAL,
            "lower end of the interval that holds, with 95 % confidence, for all gaps of the model "
            "or mean at once (Bonferroni)",
            "points",
        ),
        column("ci_high", REAL, "upper end of that interval", "points"),
        column("smallest", REAL, "smallest gap of a single model, towards con", "points"),
        column("largest", REAL, "largest gap of a single model, towards pro", "points"),
    ]
)

CULTURE_MAP = pa.schema(
    [
        column("kind", TEXT, "country, language, region, group or world; model for a model"),
        column("population", TEXT, "id of the population; null for a model"),
        column("model", TEXT, "name of the model; null for a population"),
        column("family", TEXT, "family of the model; null for a population"),
        column("language", TEXT, "language of the prompts; null for a population"),
        column("label", TEXT, "display name"),
        column("topics", INT, "topics with a value"),
        column("same_as", TEXT, "earlier population with the same answers; null for none"),
        column("x", REAL, "first dimension; null if too few topics are known", "points"),
        column("y", REAL, "second dimension; null if too few topics are known", "points"),
        column("major", REAL, "longer half-axis of the 95 % ellipse over topics", "points"),
        column("minor", REAL, "shorter half-axis of the 95 % ellipse over topics", "points"),
        column("angle", REAL, "direction of the longer half-axis, from the first dimension", "°"),
        column(
            "x_share",
            REAL,
            "share of the squared distances between all points that the first dimension shows; "
            "the same in every row",
            "0..1",
        ),
        column("y_share", REAL, "that of the second dimension; the same in every row", "0..1"),
    ]
)

CULTURE_MAP_TOPICS = pa.schema(
    [
        column("topic", TEXT, "survey item"),
        column(
            "x_loading",
            REAL,
            "loading on the first dimension: above 0, points with more pro lie farther along it; "
            "the squares over all topics add up to 1",
            "-1..1",
        ),
        column("y_loading", REAL, "loading on the second dimension", "-1..1"),
    ]
)

_WRITTEN_BY = "`sweep`, stage regress; `analyse`"

TABLES = (
    Table(
        name="leaderboard",
        schema=LEADERBOARD,
        meaning=(
            "One row per model and language of the main protocol, per model over all languages, "
            "per language over all models, and one over all: alignment, gap, rank and closest "
            "country."
        ),
        file="leaderboard.csv",
        written_by=_WRITTEN_BY,
        order="all models and languages, then models, then languages, then single cells",
        optional=True,
    ),
    Table(
        name="topic_gaps",
        schema=TOPIC_GAPS,
        meaning=(
            "One row per language and topic, and per model, language and topic: the difference "
            "between models and speakers in points."
        ),
        file="topic_gaps.csv",
        written_by=_WRITTEN_BY,
        order="means over models first, by the size of the gap; then those of single models",
        optional=True,
    ),
    Table(
        name="culture_map",
        schema=CULTURE_MAP,
        meaning="One row per population, and per model and language: its place on the map.",
        file="culture_map.csv",
        written_by=_WRITTEN_BY,
        order="populations, then models by language",
        optional=True,
        note=(
            "Distances on the map are root mean square differences in value polarity over topics, "
            "in points, as far as two dimensions show them. The dimensions are the first two "
            "principal components; their signs are arbitrary."
        ),
    ),
    Table(
        name="culture_map_topics",
        schema=CULTURE_MAP_TOPICS,
        meaning="One row per topic of the map: how much it separates points along each dimension.",
        file="culture_map_topics.csv",
        written_by=_WRITTEN_BY,
        order="that of the ground truth",
        optional=True,
    ),
)
