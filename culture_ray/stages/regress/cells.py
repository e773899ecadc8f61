"""Cells: one row per model and language, with the figures that the regressions use."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa

from culture_ray.calibration import FEWEST_IF_SKEWED, SELF_CONSISTENCY
from culture_ray.measures.alignment import alignment
from culture_ray.measures.resampling.bootstrap import StudyCell
from culture_ray.measures.resampling.item_draws import ItemAssumption
from culture_ray.measures.resampling.jackknife import (
    FEWEST_FOR_CONSISTENCY,
    self_consistency_interval,
    topics_for_consistency,
)
from culture_ray.measures.resampling.resample import DrawLevel, Resampling
from culture_ray.measures.resampling.spread import t_half_width
from culture_ray.measures.result import FEWEST_TOPICS, BoolArray, FloatArray, IntArray
from culture_ray.run.capability import capability_of
from culture_ray.settings.run import Settings
from culture_ray.stages.regress.cell_figures import FIGURES, Rounds, cell_figures
from culture_ray.stages.regress.count_tables import (
    contrasts_of,
    population_reliabilities,
    study_cells,
)
from culture_ray.survey.ground_truth import GroundTruth
from culture_ray.tables import CELLS

LARGEST = {
    "alignment_language": 1.0,
    "alignment_us": 1.0,
    "alignment_native_mean": 1.0,
    "us_minus_native": 2.0,
    "self_consistency": 1.0,
    "alignment_language_topics": 1.0,
    "alignment_us_topics": 1.0,
    "closeness_language": 1.0,
}
"""Largest absolute value of a figure. Figures divided by a reliability are unbounded."""


_ITEMS = {"random": ItemAssumption.RANDOM_TOPICS, "fixed": ItemAssumption.FIXED_TOPICS}
"""Value of inference.topics -> assumption about the topics."""

_DRAWN = {
    ItemAssumption.RANDOM_TOPICS: DrawLevel.JOINT_TOPICS,
    ItemAssumption.FIXED_TOPICS: DrawLevel.RESPONSES_IN_TOPICS,
}

_UNRELIABLE = "no figures corrected for noise: a reliability is not above 0 by its 95 % interval"

_FEW_FOR_CONSISTENCY = (
    f"fewer than {FEWEST_FOR_CONSISTENCY} topics with two responses: no interval of "
    "self-consistency"
)

_FEW_IF_SKEWED = (
    f"fewer than {FEWEST_IF_SKEWED} topics with two responses: the interval of self-consistency is "
    f"{SELF_CONSISTENCY.remark}"
)


@dataclass(frozen=True, eq=False)
class Cells:
    """Estimates of every cell, as observed and in each round of the joint topic bootstrap."""

    rows: pd.DataFrame
    """One row per cell, with the columns of tables.CELLS."""
    rounds: Mapping[str, Rounds]
    """Rounds of the figures that regressions need; (cells, rounds), NaN where undefined."""
    study: Sequence[StudyCell]
    """The count table of each cell."""
    truth: GroundTruth
    items: ItemAssumption = ItemAssumption.RANDOM_TOPICS
    """Assumption about the topics behind the errors and rounds."""
    batteries: FloatArray | None = None
    """Number of batteries of each cell's topics, where these are drawn; (cells,)."""

    @property
    def units(self) -> FloatArray:
        """Return the number of units behind each cell's errors: one more than their df; (cells,).

        These are topics or batteries, or responses beyond one per topic where topics are fixed.
        """
        return units_of(self.rows, self.items) if self.batteries is None else self.batteries

    @property
    def primary(self) -> IntArray:
        """Return the positions of the cells of the main protocol and each model's first judge.

        Regressions use these cells only: labels of a second judge are not a new sample, as they
        are about the same responses, and responses to another protocol measure something else.
        The main protocol is the first in the rows, as `measure` orders them.
        """
        return primary_cells(self.rows)


def primary_cells(rows: pd.DataFrame) -> IntArray:
    """Return the positions of the cells of the main protocol and each model's first judge.

    `rows` has the columns of CELLS, in the order of `measure`, with the main protocol first.
    """
    if not len(rows):
        return np.zeros(0, np.int64)
    version = rows["persona"].fillna("") + "\x1f" + rows["judge"].fillna("")
    main = rows["protocol"] == rows["protocol"].iloc[0]
    first = version.where(main).groupby(rows["model"]).transform("first")
    return np.flatnonzero(main & (version == first))


def units_of(rows: pd.DataFrame, items: ItemAssumption) -> FloatArray:
    """Return `Cells.units` of rows with the columns topics and responses_with_ground_truth.

    Cells of too few topics keep their number of topics, so that they have no intervals.
    """
    topics = rows["topics"].to_numpy(np.float64)
    if items is ItemAssumption.RANDOM_TOPICS:
        return topics
    spare = rows["responses_with_ground_truth"].to_numpy(np.float64) - topics
    return np.where(topics < FEWEST_TOPICS, topics, np.maximum(spare, 1) + 1)


def cells(
    settings: Settings, distributions: pa.Table, truth: GroundTruth, scores: pa.Table
) -> Cells:
    """Return the cells of a run with standard errors and t intervals over topics.

    `scores` are the benchmark scores whose mean is a model's capability (CAPABILITY schema).
    """
    if not distributions.num_rows:
        return Cells(CELLS.empty_table().to_pandas(), {}, [], truth)
    keys, study = study_cells(settings.populations.us, distributions, truth)
    table = pd.DataFrame(keys)
    counts = [_counts(cell, truth) for cell in study]
    for column in ("used", "responses_with_ground_truth", "topics"):
        table[column] = [count[column] for count in counts]
    table["note"] = [_note(cell, truth) for cell in study]
    items = _ITEMS[settings.inference.topics]
    clusters = units_of(table, items).astype(np.int64)
    drawing = Resampling(_DRAWN[items], settings.inference.rounds, settings.seed)
    reliabilities = np.array([population_reliabilities(cell, truth) for cell in study])
    figures = cell_figures(
        study, truth.value_polarity, clusters, reliabilities, drawing, settings.cluster
    )
    for name in FIGURES:
        estimates = figures.estimates[name], figures.std_errors[name]
        columns = with_interval(name, *estimates, clusters, LARGEST.get(name, math.inf))
        table = table.join(columns)
    few = np.zeros(len(study), np.bool_)
    if items is ItemAssumption.RANDOM_TOPICS:
        few = np.array([topics_for_consistency(x.cell) < FEWEST_IF_SKEWED for x in study])
        ends = np.array([self_consistency_interval(cell.cell) for cell in study])
        known = table["self_consistency_std_error"].notna().to_numpy()
        for column, values in zip(("ci_low", "ci_high"), ends.T, strict=True):
            table[f"self_consistency_{column}"] = np.where(known, values, np.nan)
    table["note"] = _with_notes(table, few)
    names = list(zip(table["model"], table["language"], strict=True))
    table["capability"] = capability_of(settings.models, scores, names)
    return Cells(table, figures.rounds, study, truth, items)


def with_interval(
    name: str, values: FloatArray, error: FloatArray, clusters: IntArray, largest: float = math.inf
) -> pd.DataFrame:
    """Return the columns of a figure: estimate, standard error, and t interval over T topics.

    The interval is cut off at -largest and largest, beyond which the figure cannot lie; this does
    not change its coverage.
    """
    half_width = t_half_width(error, clusters)
    columns = {
        name: values,
        f"{name}_std_error": error,
        f"{name}_ci_low": np.maximum(values - half_width, -largest),
        f"{name}_ci_high": np.minimum(values + half_width, largest),
    }
    return pd.DataFrame(columns)


def _counts(cell: StudyCell, truth: GroundTruth) -> dict[str, int]:
    speakers = truth.value_polarity[contrasts_of(cell)[0] > 0]
    responses, shared = (0, 0)
    if len(speakers):
        responses, shared = (int(count[0]) for count in cell.cell.coverage(speakers))
    return {
        "used": cell.cell.responses,
        "responses_with_ground_truth": responses,
        "topics": shared,
    }


def _note(cell: StudyCell, truth: GroundTruth) -> str | None:
    """Return a note on too few topics, or why alignment is undefined; None without either."""
    speakers = truth.value_polarity[contrasts_of(cell)[0] > 0]
    if not len(speakers):
        return "no ground truth for the speakers of this language"
    result = alignment(cell.cell, speakers[:1])
    few = int(cell.cell.coverage(speakers)[1][0]) < FEWEST_TOPICS
    too_few = f"fewer than {FEWEST_TOPICS} topics: no intervals"
    notes = [too_few if few else "", *result.reason_texts()]
    return "; ".join(note for note in notes if note) or None


def _with_notes(table: pd.DataFrame, few_if_skewed: BoolArray) -> list[str | None]:
    """Return the notes, with those on figures and intervals that a cell's topics do not allow.

    `few_if_skewed` is True for cells whose interval of self-consistency, if any, is too short where
    answers are skewed.
    """
    enough = table["topics"] >= FEWEST_TOPICS
    unreliable = table["alignment_language_disattenuated"].isna() & (
        table["alignment_language"].notna() & enough
    )
    without_interval = table["self_consistency_ci_low"].isna() & (
        table["self_consistency"].notna() & enough
    )
    too_short = few_if_skewed & table["self_consistency_ci_low"].notna()
    return [
        "; ".join(
            filter(
                None,
                [
                    note if isinstance(note, str) else "",
                    _UNRELIABLE if lacks else "",
                    _FEW_FOR_CONSISTENCY if few else "",
                    _FEW_IF_SKEWED if short else "",
                ],
            )
        )
        or None
        for note, lacks, few, short in zip(
            table["note"], unreliable, without_interval, too_short, strict=True
        )
    ]
