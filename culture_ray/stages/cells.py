"""Cells: one row per model and language, with what the regressions are about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa

from culture_ray.measures.bootstrap import CellBootstrap, StudyCell, bootstrap
from culture_ray.measures.capability import capability
from culture_ray.measures.cells import Cell
from culture_ray.measures.measured import FloatArray
from culture_ray.measures.resample import Drawn, Resampling
from culture_ray.stages.settings import Settings
from culture_ray.survey.capability import read_capability
from culture_ray.survey.ground_truth import GroundTruth

FIGURES = ("alignment_language", "alignment_us", "alignment_native_mean", "us_minus_native")


@dataclass(frozen=True, eq=False)
class Cells:
    """Estimates of every cell and the same in each round of one joint draw of topics."""

    rows: pd.DataFrame
    """One row per cell; see cells.csv in the docs for its columns."""
    rounds: dict[str, FloatArray]
    """By figure, (cells, rounds), NaN where undefined."""


def cells(settings: Settings, distributions: pa.Table, truth: GroundTruth) -> Cells:
    """Return the cells of a run with standard errors from a joint topic bootstrap."""
    topics = {topic: index for index, topic in enumerate(truth.topics)}
    frame = distributions.to_pandas()
    keys, study = [], []
    grouped = frame.groupby(["model", "language", "protocol", "judge"], dropna=False, sort=True)
    for key, rows in grouped:
        model, language, protocol, judge = key
        keys.append((rows, {"model": model, "family": rows["family"].iloc[0], "language": language,
                            "protocol": protocol, "judge": None if judge != judge else judge}))
        study.append(
            StudyCell(
                key="\x1f".join(str(part) for part in key),
                cell=_cell(rows, topics),
                contrasts=_contrasts(settings, truth, str(language)),
            )
        )
    resampling = Resampling(Drawn.JOINT_TOPICS, settings.inference.rounds, settings.seed)
    drawn = list(bootstrap(study, truth.value_polarity, resampling))
    rows = [
        key | _figures(one, found, part, topics, truth)
        for (part, key), one, found in zip(keys, study, drawn, strict=True)
    ]
    table = pd.DataFrame(rows)
    table["capability"] = _capability(settings, table)
    rounds = {
        name: np.array([found.alignment_rounds[:, index] for found in drawn])
        for index, name in enumerate(FIGURES)
    }
    rounds["self_consistency"] = np.array([found.consistency_rounds for found in drawn])
    return Cells(table, rounds)


def _cell(rows: pd.DataFrame, topics: dict[str, int]) -> Cell:
    """Rebuild the count table from its rows of the distributions table."""
    values = np.unique(np.concatenate([np.asarray(v, float) for v in rows["values"]] or [[]]))
    kept = rows[rows["used"] > 0]
    index = np.array([topics[name] for name in kept["topic"]], np.int64)
    counts = np.zeros((len(kept), values.size))
    for row, (seen, many) in enumerate(zip(kept["values"], kept["counts"], strict=True)):
        counts[row, np.searchsorted(values, np.asarray(seen, float))] = many
    order = np.argsort(index)
    undefined = int((rows["responses"] - rows["used"]).sum())
    return Cell(index[order], values, counts[order], undefined)


def _contrasts(settings: Settings, truth: GroundTruth, language: str) -> FloatArray:
    """Return the weights (figures, populations) of FIGURES for a language."""
    weights = np.zeros((len(FIGURES), len(truth.populations)))
    speakers = truth.speakers_of(language)
    if speakers is not None:
        weights[0, truth.row(speakers.name)] = 1.0
    us = settings.populations.us
    weights[1, truth.row(us)] = 1.0
    native = [p.name for p in truth.countries_of(language) if p.name != us]
    for name in native:
        weights[2, truth.row(name)] = 1.0 / len(native)
    weights[3] = weights[1] - weights[2] if native else np.nan
    return np.nan_to_num(weights)


def _figures(
    one: StudyCell,
    found: CellBootstrap,
    rows: pd.DataFrame,
    topics: dict[str, int],
    truth: GroundTruth,
) -> dict[str, float | int | str | None]:
    speakers = one.contrasts[0] if one.contrasts is not None else np.zeros(0)
    row = int(np.argmax(speakers))
    responses, shared = one.cell.covered_by(truth.value_polarity[[row]])
    result: dict[str, float | int | str | None] = {
        "responses": int(rows["responses"].sum()),
        "used": one.cell.responses,
        "responses_with_ground_truth": int(responses[0]),
        "topics": int(shared[0]),
    }
    draws = {name: found.alignment_rounds[:, index] for index, name in enumerate(FIGURES)}
    draws["self_consistency"] = found.consistency_rounds
    values = dict(zip(FIGURES, found.alignment.value, strict=True))
    values["self_consistency"] = float(found.consistency.value)
    for name, value in values.items():
        result |= _interval(name, float(value), draws[name])
    return result


def _interval(name: str, value: float, drawn: FloatArray) -> dict[str, float | None]:
    known = drawn[~np.isnan(drawn)]
    if np.isnan(value) or known.size < 2:
        return {name: None if np.isnan(value) else value}
    low, high = np.quantile(known, [0.025, 0.975])
    return {
        name: value,
        f"{name}_se": float(known.std(ddof=1)),
        f"{name}_low": float(low),
        f"{name}_high": float(high),
    }


def _capability(settings: Settings, table: pd.DataFrame) -> Sequence[float]:
    scores = read_capability(settings.capability_table).to_pandas()
    names = list(zip(table["model"], table["language"], strict=True))
    position = {name: index for index, name in enumerate(dict.fromkeys(names))}
    known = [
        (position[key], row.score)
        for row in scores.itertuples()
        if (key := (row.model, row.language)) in position
    ]
    owner = np.array([index for index, _ in known], np.int64)
    found = capability(owner, np.array([score for _, score in known]), len(position))
    return [float(found.value[position[name]]) for name in names]
