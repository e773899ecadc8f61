"""Map of a run: its populations and its models, by language, in two dimensions."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa

from culture_ray.measures.culture_map import CultureMap, culture_map, ellipse, first_equal
from culture_ray.measures.result import IntArray
from culture_ray.stages.regress.closeness.main_cells import MainCells
from culture_ray.store import catalogue
from culture_ray.store.run_directory import RunDirectory
from culture_ray.tables import CULTURE_MAP, CULTURE_MAP_TOPICS

_MOST_ROUNDS = 300
"""Draws of topics behind an ellipse, whose axes are then known to 4 %."""

Rows = list[dict[str, Any]]


def write_culture_map(run: RunDirectory, cells: MainCells) -> None:
    """Write culture_map.csv and culture_map_topics.csv of a run; raises DiskProblem."""
    points, topics = map_rows(cells)
    catalogue.write(run, "culture_map", pa.Table.from_pylist(points, schema=CULTURE_MAP))
    table = pa.Table.from_pylist(topics, schema=CULTURE_MAP_TOPICS)
    catalogue.write(run, "culture_map_topics", table)


def map_rows(cells: MainCells) -> tuple[Rows, Rows]:
    """Return the rows of CULTURE_MAP and those of CULTURE_MAP_TOPICS.

    A population with the answers of an earlier one has its place and does not weigh again.
    """
    asked = np.flatnonzero(~np.isnan(cells.means).all(axis=0))
    values = np.vstack([cells.truth.value_polarity, cells.means])[:, asked]
    rows = [*_populations(cells), *_models(cells)]
    people = len(cells.truth.populations)
    is_model = np.arange(len(rows)) >= people
    own = np.arange(len(rows))
    polarity = cells.truth.value_polarity
    own[:people] = first_equal(polarity[:, asked] if asked.size else polarity)
    drawn = np.flatnonzero(own == np.arange(len(rows)))
    rounds = min(len(cells.alignment_rounds), _MOST_ROUNDS)
    draws = cells.draws(rounds)[:, asked]
    found = culture_map(values[drawn], is_model[drawn], draws)
    position = {int(row): place for place, row in enumerate(drawn)}
    for index, row in enumerate(rows):
        row["topics"] = int((~np.isnan(values[index])).sum())
        first = int(own[index])
        row["same_as"] = None if first == index else rows[first]["population"]
        if found is not None and not np.isnan(found.places[position[first]]).any():
            major, minor, angle = ellipse(found.covariance[position[first]])
            x, y = found.places[position[first]]
            row |= {"x": float(x), "y": float(y), "major": major, "minor": minor, "angle": angle}
        if found is not None:
            row |= {"x_share": float(found.shares[0]), "y_share": float(found.shares[1])}
    return rows, [] if found is None else _topics(cells, asked, found)


def _topics(cells: MainCells, asked: IntArray, found: CultureMap) -> Rows:
    return [
        {"topic": cells.truth.topics[topic], "x_loading": float(x), "y_loading": float(y)}
        for topic, (x, y) in zip(asked, found.loadings, strict=True)
        if not np.isnan(x)
    ]


def _populations(cells: MainCells) -> Rows:
    return [
        {"kind": p.kind, "population": p.name, "label": p.title} for p in cells.truth.populations
    ]


def _models(cells: MainCells) -> Rows:
    return [
        {
            "kind": "model",
            "model": row["model"],
            "family": row["family"],
            "language": row["language"],
            "label": f"{row['model']} ({row['language']})",
        }
        for row in cells.rows.to_dict("records")
    ]
