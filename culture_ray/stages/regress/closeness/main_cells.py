"""Main cells: models under the main protocol and first judge, beside the people."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from culture_ray.measures.resampling.bootstrap import StudyCell, study_topics
from culture_ray.measures.resampling.resample import topic_draws
from culture_ray.measures.result import FloatArray, IntArray
from culture_ray.stages.measure.cells import BASELINE_FAMILY
from culture_ray.stages.regress.cells import Cells
from culture_ray.survey.ground_truth import GroundTruth


@dataclass(frozen=True, eq=False)
class MainCells:
    """C cells of models, without baselines, over the T topics of the ground truth."""

    rows: pd.DataFrame
    """Their rows of cells.csv."""
    study: tuple[StudyCell, ...]
    truth: GroundTruth
    alignment_rounds: FloatArray
    """Alignment with the speakers in each draw of topics; (B, C)."""
    topics: IntArray
    """Topics of the joint draws: those with responses in any cell of the run."""
    seed: int

    @classmethod
    def of(cls, cells: Cells, seed: int) -> MainCells:
        """Return the main cells of a run, which has at least one cell."""
        models = np.flatnonzero(cells.rows["family"] != BASELINE_FAMILY)
        positions = np.intersect1d(cells.primary, models)
        rounds = cells.rounds["alignment_language"][positions].T.astype(np.float64)
        return cls(
            cells.rows.iloc[positions].reset_index(drop=True),
            tuple(cells.study[place] for place in positions),
            cells.truth,
            rounds,
            study_topics(cells.study),
            seed,
        )

    @cached_property
    def means(self) -> FloatArray:
        """Topic means of value polarity, NaN where a cell has no response; (C, T)."""
        found = np.full((len(self.study), len(self.truth.topics)), np.nan)
        for row, cell in enumerate(self.study):
            found[row, cell.cell.topics] = cell.cell.topic_means
        return found

    @cached_property
    def speakers(self) -> list[int | None]:
        """Row of the ground truth with the speakers of each cell's language; None without any."""
        known = {str(code): self.truth.speakers_of(str(code)) for code in set(self.languages)}
        return [
            None if (found := known[code]) is None else self.truth.row(found.name)
            for code in self.languages
        ]

    @property
    def languages(self) -> list[str]:
        """Language of each cell."""
        return [str(code) for code in self.rows["language"]]

    @cached_property
    def people(self) -> FloatArray:
        """Value polarity of the speakers of each cell's language; (C, T)."""
        return self._of_speakers(self.truth.value_polarity)

    @cached_property
    def people_errors(self) -> FloatArray:
        """Standard errors of `people`, NaN where unknown; (C, T)."""
        return self._of_speakers(self.truth.std_error)

    def draws(self, rounds: int) -> FloatArray:
        """Return the number of draws of every topic in joint rounds, as in cells.csv; (B, T)."""
        found = np.zeros((rounds, len(self.truth.topics)))
        found[:, self.topics] = topic_draws(self.topics.size, rounds, self.seed, "joint topics")
        return found

    def _of_speakers(self, figures: FloatArray) -> FloatArray:
        unknown = np.full(len(self.truth.topics), np.nan)
        rows = [unknown if row is None else figures[row] for row in self.speakers]
        return np.array(rows).reshape(len(rows), len(self.truth.topics))
