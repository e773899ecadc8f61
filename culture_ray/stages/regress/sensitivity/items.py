"""Regressions and US bias under other assumptions about the items: item_assumptions.csv."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from culture_ray.measures.resampling.bootstrap import study_topics
from culture_ray.measures.resampling.item_draws import ItemAssumption, ItemDraws
from culture_ray.measures.result import IntArray
from culture_ray.regression.designs import RegressionDesign
from culture_ray.regression.valid import Options
from culture_ray.settings.inference import InferenceSettings
from culture_ray.stages.regress.cell_figures import CONTRASTS
from culture_ray.stages.regress.cells import Cells
from culture_ray.stages.regress.files import Result
from culture_ray.stages.regress.rows import missing_capability, regression_rows
from culture_ray.stages.regress.valid import multilingual, us_bias_result
from culture_ray.store import catalogue
from culture_ray.store.run_directory import RunDirectory
from culture_ray.survey.topics import Topic
from culture_ray.tables import ITEM_ASSUMPTIONS

MOST_CELLS = 400
"""Cells beyond which the table is left out: their draws would take minutes."""

_ROUNDS = 500
_DRAWN = ("alignment_language", "alignment_us", "alignment_native_mean")


def write_item_sensitivity(
    run: RunDirectory,
    cells: Cells,
    topics: Sequence[Topic],
    inference: InferenceSettings,
    seed: int,
) -> None:
    """Write item_assumptions.csv, or remove it for a study of more than MOST_CELLS cells.

    The multilingual regression is that of alignment over responses, in the default design. Raises
    DiskProblem.
    """
    if not 0 < len(cells.primary) <= MOST_CELLS:
        catalogue.remove(run, "item_assumptions")
        return
    draws = _draws(cells, topics, min(inference.rounds, _ROUNDS), seed)
    primary = _primary(cells)
    over_responses = replace(inference, outcome="responses")
    rows = [
        row
        for items in ItemAssumption
        for row in _rows(_under(primary, draws, items), over_responses)
    ]
    catalogue.write(run, "item_assumptions", pa.Table.from_pylist(rows, ITEM_ASSUMPTIONS))


def _draws(cells: Cells, topics: Sequence[Topic], rounds: int, seed: int) -> ItemDraws:
    """Return the draws of a study; a topic without a battery is alone in its own."""
    named = {topic.id: topic.battery or topic.id for topic in topics}
    names = [named.get(topic, topic) for topic in cells.truth.topics]
    battery = np.unique(names, return_inverse=True)[1]
    truth = cells.truth
    asked = study_topics(cells.study)
    return ItemDraws(truth.value_polarity, truth.std_error, asked, battery, rounds, seed)


def _primary(cells: Cells) -> Cells:
    at = cells.primary
    return replace(
        cells,
        rows=cells.rows.iloc[at].reset_index(drop=True),
        rounds={name: drawn[at] for name, drawn in cells.rounds.items()},
        study=[cells.study[position] for position in at],
    )


def _under(cells: Cells, draws: ItemDraws, items: ItemAssumption) -> Cells:
    """Return the cells with errors under an assumption, in fewer rounds."""
    drawn = np.array([draws.contrasts(cell, items) for cell in cells.study], dtype=np.float32)
    rounds = {name: drawn[:, :, CONTRASTS.index(name)] for name in _DRAWN}
    if items is not ItemAssumption.RANDOM_BATTERIES:
        return replace(cells, rounds=rounds, items=items)
    batteries = [draws.batteries(_compared(cells, position)) for position in range(len(drawn))]
    return replace(cells, rounds=rounds, items=items, batteries=np.array(batteries, np.float64))


def _compared(cells: Cells, position: int) -> IntArray:
    """Return the topics of a cell for which its language's speakers have figures."""
    cell = cells.study[position]
    assert cell.contrasts is not None
    truth = cells.truth.value_polarity[cell.contrasts[0] != 0]
    known = ~np.isnan(truth).any(axis=0)
    return np.asarray(cell.cell.topics[known[cell.cell.topics]])


def _rows(cells: Cells, inference: InferenceSettings) -> Iterator[dict[str, Any]]:
    for result in _results(cells, inference):
        if result.table is None:
            continue
        for row in result.table.to_dict("records"):
            figures = {name: None if pd.isna(row[name]) else row[name] for name in _COLUMNS}
            yield figures | {"items": str(cells.items), "regression": result.name}


_COLUMNS = ("term", "estimate", "std_error", "df", "ci_low", "ci_high", "p_value")


def _results(cells: Cells, inference: InferenceSettings) -> Iterator[Result]:
    yield us_bias_result(cells)
    if missing_capability(regression_rows(cells)):
        return
    design = RegressionDesign(inference.design, inference.designs[inference.design])
    alone = Options(permutations=0, without_models=0)
    yield multilingual(cells, design, "multilingual", inference, alone)
