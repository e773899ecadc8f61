"""Paired cells of two runs, on the topics for which both have responses."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from culture_ray.errors import NoSuchRun, UnknownName, WrongValue
from culture_ray.measures.resampling.bootstrap import StudyCell
from culture_ray.measures.result import IntArray
from culture_ray.run.ground_truth import ground_truth_of
from culture_ray.settings.run import Settings
from culture_ray.stages.measure.cells import BASELINE_FAMILY
from culture_ray.stages.regress.cell_figures import FIGURES
from culture_ray.stages.regress.count_tables import study_cells
from culture_ray.store import catalogue
from culture_ray.store.run_directory import RunDirectory
from culture_ray.survey.ground_truth import GroundTruth

_CONSISTENCY = FIGURES.index("self_consistency")


@dataclass(frozen=True, eq=False)
class PairedCells:
    """Cells of one model, language and protocol in both runs, on their shared topics."""

    key: Mapping[str, Any]
    """Columns of DIFFERENCES that identify the pair."""
    first: StudyCell
    second: StudyCell

    @property
    def shared(self) -> IntArray:
        """Return the topics for which both cells have responses."""
        return self.first.cell.topics

    def topics(self, truth: GroundTruth) -> list[IntArray]:
        """Return the topics that each of FIGURES is computed from."""
        contrasts = self.first.contrasts
        known = self.shared[:0]
        if contrasts is not None and (contrasts[0] > 0).any():
            speaker_polarity = truth.value_polarity[np.argmax(contrasts[0] > 0)]
            known = self.shared[~np.isnan(speaker_polarity[self.shared])]
        return [self.shared if index == _CONSISTENCY else known for index in range(len(FIGURES))]


def paired_cells(
    first: Settings, second: Settings, pairs: Mapping[str, str]
) -> tuple[list[PairedCells], GroundTruth]:
    """Return the cells that both runs have, in the order of the first run, and the ground truth.

    `pairs` maps models of the first run to models of the second; other models are paired by name.
    Each judge is paired with itself, or, if the runs share no judge, the first judges with each
    other. Raises NoSuchRun for a run that is not measured, UnknownName and WrongValue for a bad
    pair, and WrongValue if the runs have nothing in common.
    """
    for names, settings in ((list(pairs), first), (list(pairs.values()), second)):
        _check_models(names, settings.models, settings.run.name)
    topics = [name for name in first.topic_ids if name in set(second.topic_ids)]
    truth = ground_truth_of(first).for_topics(topics)
    before = _cells(first.run, first.populations.us, truth)
    after = _cells(second.run, second.populations.us, truth)
    paired = list(_paired(before, after, pairs))
    if not paired:
        raise WrongValue(
            "run",
            [first.run.name, second.run.name],
            f"two runs with a model, language and protocol in common; the first has "
            f"{_contents(before, topics)}, the second {_contents(after, topics)}; "
            f"'pairs={{{next(iter(first.models), 'A')}: {next(iter(second.models), 'B')}}}' pairs "
            f"models of different names",
        )
    return paired, truth


_Cells = dict[tuple[str, str, str, str | None], dict[str, StudyCell]]
"""Cells by model, language, protocol and persona, then by judge, with the first judge first."""


def _cells(run: RunDirectory, us: str, truth: GroundTruth) -> _Cells:
    table = catalogue.read(run, "distributions")
    if table is None:
        raise NoSuchRun(f"run '{run.name}' is not measured yet: culture-ray analyse run={run.name}")
    known = pa.array(list(truth.topics), pa.string())
    rows = table.filter(pc.is_in(table.column("topic"), value_set=known))
    cells: _Cells = {}
    for key, cell in zip(*study_cells(us, rows, truth), strict=True):
        if key["family"] == BASELINE_FAMILY or not cell.cell.responses:
            continue
        key_of_cell = (key["model"], key["language"], key["protocol"], key["persona"])
        cells.setdefault(key_of_cell, {})[key["judge"] or ""] = cell
    return cells


def _paired(before: _Cells, after: _Cells, pairs: Mapping[str, str]) -> Iterator[PairedCells]:
    for place, judged in before.items():
        model = pairs.get(place[0], place[0])
        others = after.get((model, *place[1:]))
        if others is None:
            continue
        shared = [judge for judge in judged if judge in others]
        judges = [(judge, judge) for judge in shared] or [(next(iter(judged)), next(iter(others)))]
        for first_judge, second_judge in judges:
            first, second = judged[first_judge], others[second_judge]
            topics = np.intersect1d(first.cell.topics, second.cell.topics)
            if not topics.size:
                continue
            key = dict(zip(("model", "language", "protocol", "persona"), place, strict=True))
            names = {"judge_first": first_judge, "judge_second": second_judge}
            renamed = {"model_second": model if model != place[0] else None}
            yield PairedCells(
                key | renamed | names,
                replace(first, cell=first.cell.restricted_to(topics)),
                replace(second, cell=second.cell.restricted_to(topics)),
            )


def _check_models(names: Sequence[str], models: Collection[str], run: str) -> None:
    """Raise UnknownName for a model that the run lacks, WrongValue for one that is named twice."""
    for name in names:
        if name not in models:
            raise UnknownName("model", name, models, f"run {run}")
        if names.count(name) > 1:
            raise WrongValue("pairs", name, "each model of the second run once")


def _contents(cells: _Cells, topics: list[str]) -> str:
    models, languages, protocols = (sorted({str(key[n]) for key in cells}) for n in range(3))
    if not cells:
        return f"no responses to the {len(topics)} topics that both runs have"
    return f"{', '.join(models[:4])} in {', '.join(languages)} ({', '.join(protocols)})"
