"""Cells: one row per model and language, with what the regressions are about."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa
from scipy import stats

from culture_ray.measures.alignment import Level
from culture_ray.measures.bootstrap import StudyCell, Wanted, bootstrap
from culture_ray.measures.capability import capability
from culture_ray.measures.cells import Cell
from culture_ray.measures.measured import FloatArray, IntArray
from culture_ray.measures.reliability import population_reliability
from culture_ray.measures.resample import Drawn, Resampling
from culture_ray.measures.spread import standard_errors
from culture_ray.stages.settings import Settings
from culture_ray.survey.capability import read_capability
from culture_ray.survey.ground_truth import GroundTruth
from culture_ray.tables import CELLS, FEW_TOPICS

CONTRASTS = ("alignment_language", "alignment_us", "alignment_native_mean", "us_minus_native")
"""Weighted sums of alignments with populations."""


@dataclass(frozen=True, eq=False)
class Cells:
    """Estimates of every cell and the same in each round of one joint draw of topics."""

    rows: pd.DataFrame
    """One row per cell, with the columns of tables.CELLS."""
    rounds: Mapping[str, FloatArray]
    """By figure, (cells, rounds), NaN where undefined."""
    study: Sequence[StudyCell]
    """The count table of each cell."""
    truth: GroundTruth

    @property
    def primary(self) -> IntArray:
        """Return the places of the cells of each model's first protocol and judge.

        Regressions take these: a second judge reads the same responses and is no further sample.
        """
        how = self.rows["protocol"] + "\x1f" + self.rows["judge"].fillna("")
        first = how.groupby(self.rows["model"]).transform("first")
        return np.flatnonzero(how == first)


def cells(settings: Settings, distributions: pa.Table, truth: GroundTruth) -> Cells:
    """Return the cells of a run with standard errors and t intervals over topics."""
    if not distributions.num_rows:
        return Cells(CELLS.empty_table().to_pandas(), {}, [], truth)
    keys, study = [], []
    for key, rows in _grouped(distributions):
        keys.append(key | {"responses": int(rows["responses"].sum())})
        name = "\x1f".join(str(key[part]) for part in ("model", "language", "protocol", "judge"))
        weights = _contrasts(settings, truth, str(key["language"]))
        study.append(StudyCell(name, _cell(rows, truth), weights))
    estimates, rounds = _figures(settings, study, truth)
    table = pd.DataFrame(keys)
    counts = [_counts(one, truth) for one in study]
    for column in ("used", "responses_with_ground_truth", "topics"):
        table[column] = [count[column] for count in counts]
    table["note"] = [
        f"fewer than {FEW_TOPICS} topics" if few < FEW_TOPICS else None for few in table["topics"]
    ]
    for name, values in estimates.items():
        table = table.join(with_interval(name, values, rounds[name], table["topics"]))
    table["capability"] = _capability(settings, table)
    return Cells(table, rounds, study, truth)


def _figures(
    settings: Settings, study: Sequence[StudyCell], truth: GroundTruth
) -> tuple[dict[str, FloatArray], dict[str, FloatArray]]:
    """Return by figure: estimates (cells,), and rounds (cells, rounds)."""
    drawing = Resampling(Drawn.JOINT_TOPICS, settings.inference.rounds, settings.seed)
    drawn = list(bootstrap(study, truth.value_polarity, drawing))
    means = [StudyCell(s.key, s.cell, _rows(s)[:2]) for s in study]
    topics = list(bootstrap(means, truth.value_polarity, drawing, Wanted(level=Level.TOPICS)))
    had = np.array([_rows(one).any(axis=1) for one in study]).reshape(len(study), len(CONTRASTS))

    def defined(values: FloatArray, figure: int) -> FloatArray:
        return np.where(had[:, figure] if values.ndim == 1 else had[:, [figure]], values, np.nan)

    estimates: dict[str, FloatArray] = {}
    rounds: dict[str, FloatArray] = {}
    for figure, name in enumerate(CONTRASTS):
        estimates[name] = defined(np.array([d.alignment.value[figure] for d in drawn]), figure)
        rounds[name] = defined(np.array([d.alignment_rounds[:, figure] for d in drawn]), figure)
    estimates["self_consistency"] = np.array([float(d.consistency.value) for d in drawn])
    rounds["self_consistency"] = np.array([d.consistency_rounds for d in drawn])
    for figure, name in enumerate(CONTRASTS[:2]):
        level = f"{name}_topics"
        estimates[level] = defined(np.array([t.alignment.value[figure] for t in topics]), figure)
        rounds[level] = defined(np.array([t.alignment_rounds[:, figure] for t in topics]), figure)
        clean = f"{name}_disattenuated"
        people = np.array([_reliability_of_people(_rows(one)[figure], truth) for one in study])
        estimates[clean] = _clean(estimates[name], estimates["self_consistency"] * people)
        rounds[clean] = _clean(rounds[name], rounds["self_consistency"] * people[:, None])
    return estimates, rounds


def _clean(alignment: FloatArray, consistency: FloatArray) -> FloatArray:
    """Return r / sqrt(rho), free of response, judge and survey noise; NaN unless rho is above 0.

    `consistency` is self-consistency times the reliability of the people's figures.
    """
    usable = consistency > 0
    return np.where(usable, alignment / np.sqrt(np.where(usable, consistency, 1.0)), np.nan)


def _reliability_of_people(weights: FloatArray, truth: GroundTruth) -> float:
    """Return the reliability of the population a contrast is about; 1 where there is none."""
    row = np.flatnonzero(weights > 0)
    if row.size != 1:
        return 1.0
    return population_reliability(truth.value_polarity[row[0]], truth.std_error[row[0]])


def with_interval(
    name: str, values: FloatArray, drawn: FloatArray, topics: pd.Series[int]
) -> pd.DataFrame:
    """Return the columns of a figure: estimate, standard error, and t interval over T topics."""
    clusters = topics.to_numpy(np.float64)
    error = np.where(np.isnan(values), np.nan, standard_errors(drawn.T, clusters))
    reach = stats.t.ppf(0.975, np.maximum(clusters - 1, 1)) * error
    columns = {
        name: values,
        f"{name}_std_error": error,
        f"{name}_ci_low": values - reach,
        f"{name}_ci_high": values + reach,
    }
    return pd.DataFrame(columns, index=topics.index)


def _grouped(distributions: pa.Table) -> Iterator[tuple[dict[str, object], pd.DataFrame]]:
    frame = distributions.to_pandas()
    by = ["model", "language", "protocol", "judge"]
    for key, rows in frame.groupby(by, dropna=False, sort=False):
        model, language, protocol, judge = key
        yield (
            {
                "model": str(model),
                "family": str(rows["family"].iloc[0]),
                "language": str(language),
                "protocol": str(protocol),
                "judge": judge if isinstance(judge, str) else None,
            },
            rows,
        )


def _cell(rows: pd.DataFrame, truth: GroundTruth) -> Cell:
    """Rebuild the count table from its rows of the distributions table."""
    position = {topic: index for index, topic in enumerate(truth.topics)}
    values = np.unique(np.concatenate([np.zeros(0), *rows["values"]]))
    kept = rows[rows["used"] > 0]
    index = np.array([position[name] for name in kept["topic"]], np.int64)
    counts = np.zeros((len(kept), values.size))
    for row, (seen, many) in enumerate(zip(kept["values"], kept["counts"], strict=True)):
        counts[row, np.searchsorted(values, np.asarray(seen, float))] = many
    order = np.argsort(index)
    undefined = int((rows["responses"] - rows["used"]).sum())
    return Cell(index[order], values, counts[order], undefined)


def _contrasts(settings: Settings, truth: GroundTruth, language: str) -> FloatArray:
    """Return the weights (contrasts, populations); all 0 for one that cannot be had."""
    weights = np.zeros((len(CONTRASTS), len(truth.populations)))
    speakers = truth.speakers_of(language)
    if speakers is not None:
        weights[0, truth.row(speakers.name)] = 1.0
    us = settings.populations.us
    if us in {population.name for population in truth.populations}:
        weights[1, truth.row(us)] = 1.0
    native = [p.name for p in truth.countries_of(language) if p.name != us]
    for name in native:
        weights[2, truth.row(name)] = 1.0 / len(native)
    if weights[1].any() and native:
        weights[3] = weights[1] - weights[2]
    return weights


def _rows(one: StudyCell) -> FloatArray:
    return np.zeros((len(CONTRASTS), 0)) if one.contrasts is None else one.contrasts


def _counts(one: StudyCell, truth: GroundTruth) -> dict[str, int]:
    speakers = truth.value_polarity[_rows(one)[0] > 0]
    responses, shared = (0, 0)
    if len(speakers):
        responses, shared = (int(found[0]) for found in one.cell.covered_by(speakers))
    return {
        "used": one.cell.responses,
        "responses_with_ground_truth": responses,
        "topics": shared,
    }


def _capability(settings: Settings, table: pd.DataFrame) -> list[float]:
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
