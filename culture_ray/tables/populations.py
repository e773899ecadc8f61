"""Survey answers of populations."""

from __future__ import annotations

import pyarrow as pa

from culture_ray.tables.table import INT, REAL, TEXT, column

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
"""Per population and topic: what people answered."""

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
"""Per population that was computed from microdata: how much its figures rest on."""

PEOPLE = pa.schema(
    [
        column("population", TEXT, "DK, speakers:da, or world"),
        column("kind", TEXT, "country, language, region, group or world"),
        column("topics", INT, "topics of the run with a figure of these people"),
        column("self_consistency", REAL, "of groups of ten of these people, in closed form"),
        column("reason", TEXT, "why it is null"),
    ]
)
"""people.csv: self-consistency of the populations, over the run's topics."""

PEOPLE_CORRELATIONS = pa.schema(
    [
        column("population", TEXT, "DK, speakers:da, or world"),
        column("other", TEXT, "another population"),
        column("topics", INT, "topics of the run with a figure of both"),
        column("correlation", REAL, "Spearman correlation of value polarity over those topics"),
        column("reason", TEXT, "why it is null"),
    ]
)
"""people_correlations.csv: how far populations agree with each other, one row per pair."""
