"""Count tables of the cells of a run, with the populations that each is compared with."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from culture_ray.measures.cells import Cell
from culture_ray.measures.reliability import population_reliability
from culture_ray.measures.resampling.bootstrap import StudyCell
from culture_ray.measures.result import FloatArray
from culture_ray.stages.regress.cell_figures import CONTRASTS
from culture_ray.survey.ground_truth import GroundTruth


def study_cells(
    us: str, distributions: pa.Table, truth: GroundTruth
) -> tuple[list[dict[str, Any]], list[StudyCell]]:
    """Return each cell's key with its number of responses, and its count table with contrasts."""
    keys, study = [], []
    for key, rows in _grouped(distributions):
        keys.append(key | {"responses": int(rows["responses"].sum())})
        parts = ("model", "language", "protocol", "judge")
        name = "\x1f".join([*(str(key[part]) for part in parts), *filter(None, [key["persona"]])])
        weights = _contrasts(us, truth, str(key["language"]))
        study.append(StudyCell(name, _cell(rows, truth), weights))
    return keys, study


def population_reliabilities(cell: StudyCell, truth: GroundTruth) -> FloatArray:
    """Return the reliability of the populations of alignment_language and alignment_us; (2,).

    1 for a contrast with no population, or with more than one.
    """
    reliabilities = np.ones(2)
    for index, weights in enumerate(contrasts_of(cell)[:2]):
        row = np.flatnonzero(weights > 0)
        if row.size == 1:
            survey = truth.value_polarity[row[0]], truth.std_error[row[0]]
            reliabilities[index] = population_reliability(*survey)
    return reliabilities


def contrasts_of(cell: StudyCell) -> FloatArray:
    """Return the weights of CONTRASTS over populations; no columns for a cell without any."""
    return np.zeros((len(CONTRASTS), 0)) if cell.contrasts is None else cell.contrasts


def _grouped(distributions: pa.Table) -> Iterator[tuple[dict[str, str | None], pd.DataFrame]]:
    frame = distributions.to_pandas()
    by = ["model", "language", "protocol", "persona", "judge"]
    for key, rows in frame.groupby(by, dropna=False, sort=False):
        model, language, protocol, persona, judge = key
        yield (
            {
                "model": str(model),
                "family": str(rows["family"].iloc[0]),
                "language": str(language),
                "protocol": str(protocol),
                "persona": persona if isinstance(persona, str) else None,
                "judge": judge if isinstance(judge, str) else None,
            },
            rows,
        )


def _cell(rows: pd.DataFrame, truth: GroundTruth) -> Cell:
    """Rebuild the count table of a cell from its rows of the distributions table."""
    position = {topic: index for index, topic in enumerate(truth.topics)}
    values = np.unique(np.concatenate([np.zeros(0), *rows["values"]]))
    used = rows[rows["used"] > 0]
    index = np.array([position[name] for name in used["topic"]], np.int64)
    counts = np.zeros((len(used), values.size))
    for row, (seen, how_many) in enumerate(zip(used["values"], used["counts"], strict=True)):
        counts[row, np.searchsorted(values, np.asarray(seen, float))] = how_many
    order = np.argsort(index)
    undefined = int((rows["responses"] - rows["used"]).sum())
    return Cell(index[order], values, counts[order], undefined)


def _contrasts(us: str, truth: GroundTruth, language: str) -> FloatArray:
    """Return the weights (contrasts, populations); all 0 for a contrast without populations."""
    weights = np.zeros((len(CONTRASTS), len(truth.populations)))
    speakers = truth.speakers_of(language)
    if speakers is not None:
        weights[0, truth.row(speakers.name)] = 1.0
    if us in {population.name for population in truth.populations}:
        weights[1, truth.row(us)] = 1.0
    native = [p.name for p in truth.countries_of(language) if p.name != us]
    for name in native:
        weights[2, truth.row(name)] = 1.0 / len(native)
    if weights[1].any() and native:
        weights[3] = weights[1] - weights[2]
    return weights
