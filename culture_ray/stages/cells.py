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
    study: list[StudyCell]
    """The count table of each cell."""
    truth: GroundTruth


def cells(settings: Settings, distributions: pa.Table, truth: GroundTruth) -> Cells:
    """Return the cells of a run with standard errors from a joint topic bootstrap."""
    topics = {topic: index for index, topic in enumerate(truth.topics)}
    frame = distributions.to_pandas()
    keys, parts, study = [], [], []
    grouped = frame.groupby(["model", "language", "protocol", "judge"], dropna=False, sort=True)
    for key, rows in grouped:
        model, language, protocol, judge = key
        keys.append(
            {
                "model": str(model),
                "family": str(rows["family"].iloc[0]),
                "language": str(language),
                "protocol": str(protocol),
                "judge": judge if isinstance(judge, str) else None,
            }
        )
        parts.append(rows)
        study.append(
            StudyCell(
                key="\x1f".join(str(part) for part in key),
                cell=_cell(rows, topics),
                contrasts=_contrasts(settings, truth, str(language)),
            )
        )
    resampling = Resampling(Drawn.JOINT_TOPICS, settings.inference.rounds, settings.seed)
    drawn = list(bootstrap(study, truth.value_polarity, resampling))
    table = pd.DataFrame(
        [
            {**key, **_figures(one, found, part, truth)}
            for key, part, one, found in zip(keys, parts, study, drawn, strict=True)
        ]
    )
    table["capability"] = _capability(settings, table)
    rounds = {
        name: np.array([found.alignment_rounds[:, index] for found in drawn])
        for index, name in enumerate(FIGURES)
    }
    rounds["self_consistency"] = np.array([found.consistency_rounds for found in drawn])
    return Cells(table, rounds, study, truth)


def _cell(rows: pd.DataFrame, topics: dict[str, int]) -> Cell:
    """Rebuild the count table from its rows of the distributions table."""
    values = np.unique(np.concatenate([np.zeros(0), *rows["values"]]))
    kept = rows[rows["used"] > 0]
    index = np.array([topics[name] for name in kept["topic"]], np.int64)
    counts = np.zeros((len(kept), values.size))
    for row, (seen, many) in enumerate(zip(kept["values"], kept["counts"], strict=True)):
        counts[row, np.searchsorted(values, np.asarray(seen, float))] = many
    order = np.argsort(index)
    undefined = int((rows["responses"] - rows["used"]).sum())
    return Cell(index[order], values, counts[order], undefined)


def _contrasts(settings: Settings, truth: GroundTruth, language: str) -> FloatArray:
    """Return the weights (figures, populations) of FIGURES; all 0 for one that cannot be had."""
    weights = np.zeros((len(FIGURES), len(truth.populations)))
    speakers = truth.speakers_of(language)
    if speakers is not None:
        weights[0, truth.row(speakers.name)] = 1.0
    us = settings.populations.us
    weights[1, truth.row(us)] = 1.0
    native = [p.name for p in truth.countries_of(language) if p.name != us]
    for name in native:
        weights[2, truth.row(name)] = 1.0 / len(native)
    if native:
        weights[3] = weights[1] - weights[2]
    return weights


def _figures(
    one: StudyCell, found: CellBootstrap, rows: pd.DataFrame, truth: GroundTruth
) -> dict[str, float | int | None]:
    weights = np.zeros((len(FIGURES), 0)) if one.contrasts is None else one.contrasts
    speakers = truth.value_polarity[weights[0] > 0]
    responses, shared = one.cell.covered_by(speakers)
    result: dict[str, float | int | None] = {
        "responses": int(rows["responses"].sum()),
        "used": one.cell.responses,
        "responses_with_ground_truth": int(responses[0]),
        "topics": int(shared[0]),
    }
    for index, name in enumerate(FIGURES):
        value = float(found.alignment.value[index]) if weights[index].any() else np.nan
        result |= _interval(name, value, found.alignment_rounds[:, index])
    return result | _interval(
        "self_consistency", float(found.consistency.value), found.consistency_rounds
    )


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
    aliases = {
        alias: name for name, model in settings.models.items() for alias in (*model.aliases, name)
    }
    scores["model"] = [aliases.get(name, name) for name in scores["model"]]
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
