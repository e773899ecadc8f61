"""Topics whose wordings in a language behave unlike the others, as item_functioning.csv."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pyarrow as pa

from culture_ray.measures.item_functioning import item_functioning
from culture_ray.measures.result import FloatArray
from culture_ray.stages.regress.cells import Cells
from culture_ray.stages.regress.rows import regression_rows
from culture_ray.store import catalogue
from culture_ray.store.run_directory import RunDirectory
from culture_ray.tables import ITEM_FUNCTIONING

_SIZE = 0.05


def write_item_functioning(run: RunDirectory, cells: Cells) -> None:
    """Write item_functioning.csv, or remove it for a study of one language. Raises DiskProblem."""
    rows = sorted(_rows(cells), key=lambda row: (row["p_holm"] or 1.0, row["p_value"] or 1.0))
    if not rows:
        catalogue.remove(run, "item_functioning")
        return
    catalogue.write(run, "item_functioning", pa.Table.from_pylist(rows, ITEM_FUNCTIONING))


def _rows(cells: Cells) -> Iterator[dict[str, Any]]:
    if not len(cells.rows):
        return
    of_models = regression_rows(cells)
    languages = list(dict.fromkeys(of_models["language"]))
    if len(languages) < 2:
        return
    means = np.full((len(of_models), len(cells.truth.topics)), np.nan)
    for position, number in enumerate(of_models["cell"].to_numpy(np.int64)):
        cell = cells.study[number].cell
        means[position, cell.topics] = cell.topic_means
    own = [of_models["language"].to_numpy(str) == language for language in languages]
    models = np.array([_mean(means[rows]) for rows in own])
    speakers = np.array([_speakers(cells, language) for language in languages])
    counts = np.array([np.isfinite(means[rows]).sum(axis=0) for rows in own])
    found = item_functioning(models, speakers)
    for k, t in zip(*np.nonzero(np.isfinite(found.residual)), strict=True):
        adjusted = _known(found.p_holm[k, t])
        yield {
            "topic": cells.truth.topics[t],
            "language": languages[k],
            "residual": float(found.residual[k, t]),
            "t": _known(found.t[k, t]),
            "p_value": _known(found.p_value[k, t]),
            "p_holm": adjusted,
            "models": int(counts[k, t]),
            "suspect": None if adjusted is None else adjusted < _SIZE,
        }


def _mean(means: FloatArray) -> FloatArray:
    """Return the mean over models of each topic, NaN for a topic that not all were asked."""
    return np.asarray(means.mean(axis=0))


def _speakers(cells: Cells, language: str) -> FloatArray:
    speakers = cells.truth.speakers_of(language)
    if speakers is None:
        return np.full(len(cells.truth.topics), np.nan)
    return np.asarray(cells.truth.value_polarity[cells.truth.row(speakers.name)])


def _known(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
