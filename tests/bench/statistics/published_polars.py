"""The published procedure, written plainly with polars: what the bootstrap is compared with.

One round draws responses joined with each kind of population, correlates by model, language and
population, and pairs every two responses of a topic for self-consistency.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from tests.bench.statistics.study import Study


def joined_tables(study: Study) -> list[pl.DataFrame]:
    """Return one table per kind of population: a row per response and population."""
    responses = pl.from_pandas(study.responses)
    tables = []
    for kind in study.kinds:
        truth = study.truth[kind]
        population, topic = np.nonzero(~np.isnan(truth))
        people = pl.DataFrame(
            {"population": population, "topic": topic, "people": truth[population, topic]}
        )
        tables.append(responses.join(people, on="topic"))
    return tables


def one_round(tables: list[pl.DataFrame]) -> None:
    """Draw and measure once, over all cells and populations."""
    for table in tables:
        drawn = table.sample(fraction=1.0, with_replacement=True)
        drawn.group_by("model", "language", "population").agg(
            pl.corr("value_polarity", "people", method="spearman")
        )
        rows = drawn.select("model", "language", "topic", "value_polarity").with_row_index("row")
        pairs = rows.join(rows, on=["model", "language", "topic"]).filter(
            pl.col("row") != pl.col("row_right")
        )
        pairs.group_by("model", "language").agg(
            pl.corr("value_polarity", "value_polarity_right", method="spearman")
        )
