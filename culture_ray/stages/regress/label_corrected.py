"""Figures corrected by reference labels, of people or of a further judge: label_corrected.csv."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from culture_ray.labels.measured import measured_labels
from culture_ray.labels.reference import (
    Reference,
    asked_labels,
    human_reference,
    judge_reference,
)
from culture_ray.measures.labelled.reference import LabelledCell, ReferenceLabels
from culture_ray.measures.resampling.item_draws import ItemAssumption
from culture_ray.settings.run import Settings
from culture_ray.stages.regress.cell_figures import CONTRASTS
from culture_ray.stages.regress.cells import Cells
from culture_ray.stages.regress.corrected_figures import CorrectedFigures, corrected_figures
from culture_ray.store import catalogue
from culture_ray.tables import LABEL_CORRECTED

_KEY = ["model", "language", "protocol", "persona", "judge"]


def write_label_corrected(settings: Settings, cells: Cells) -> None:
    """Write label_corrected.csv, or remove it if the run has no reference labels.

    It is removed as well where topics are fixed: corrected figures have errors over topics, which
    are not comparable with those over responses. Raises DiskProblem.
    """
    rows: list[dict[str, Any]] = []
    kept = catalogue.read(settings.run, "human_labels")
    labelled_at_all = kept is not None or bool(settings.judging.reference)
    if labelled_at_all and len(cells.rows) and cells.items is ItemAssumption.RANDOM_TOPICS:
        labels = measured_labels(settings)
        for reference in _references(kept, settings.judging.reference, labels):
            labelled = labelled_cells(cells, reference, labels)
            if labelled:
                found = corrected_figures(cells, labelled, settings.inference.rounds, settings.seed)
                rows += _rows(cells, reference, labelled, found)
    if rows:
        table = pa.Table.from_pylist(rows, LABEL_CORRECTED)
        catalogue.write(settings.run, "label_corrected", table)
    else:
        catalogue.remove(settings.run, "label_corrected")


def labelled_cells(
    cells: Cells, reference: Reference, labels: pd.DataFrame
) -> dict[int, LabelledCell]:
    """Return the cells with reference labels, by their position in `cells`.

    `labels` are those of `measured_labels`; a reference does not correct itself.
    """
    asked = asked_labels(labels)
    asked = asked[asked["judge"] != reference.name].fillna({"persona": ""})
    position = {topic: index for index, topic in enumerate(cells.truth.topics)}
    asked = asked.assign(at=asked["topic"].map(position)).dropna(subset="at")
    keys = cells.rows[_KEY].fillna({"persona": "", "judge": ""}).itertuples(index=False)
    row_of = {tuple(key): row for row, key in enumerate(keys)}
    found = {}
    for key, rows in asked.groupby(_KEY, observed=True, sort=False):
        row = row_of.get(tuple(map(str, key)))
        both = rows.merge(reference.labels, on="response_id")
        if row is None or not len(both):
            continue
        found[row] = LabelledCell(
            cells.study[row].cell,
            ReferenceLabels(
                topic=both["at"].to_numpy(np.int64),
                reference=both["reference"].to_numpy(np.float64),
                judged=both["value_polarity"].to_numpy(np.float64, na_value=np.nan),
                weight=both["weight"].to_numpy(np.float64),
                labelled=int(both["response_id"].nunique()),
                responses=np.bincount(rows["at"].to_numpy(np.int64), minlength=len(position)),
            ),
        )
    return dict(sorted(found.items()))


def _references(
    kept: pa.Table | None, judge: str | None, labels: pd.DataFrame
) -> Iterator[Reference]:
    if kept is not None:
        yield human_reference(kept, labels)
    if judge is not None:
        yield judge_reference(judge, labels)


@dataclass(frozen=True)
class _Group:
    """Cells whose figures are averaged, and their columns of the table."""

    members: Sequence[int]
    """Positions among the labelled cells."""
    columns: dict[str, Any]


def _rows(
    cells: Cells,
    reference: Reference,
    labelled: dict[int, LabelledCell],
    figures: CorrectedFigures,
) -> Iterator[dict[str, Any]]:
    positions = list(labelled)
    named = cells.rows[_KEY].iloc[positions].astype(object)
    keys: list[dict[str, Any]] = [
        dict(zip(_KEY, key, strict=True))
        for key in named.where(named.notna(), None).itertuples(index=False)
    ]
    primary = set(cells.primary.tolist())
    main = [index for index, row in enumerate(positions) if row in primary]
    for number, figure in enumerate(CONTRASTS):
        groups = [_Group([index], keys[index]) for index in range(len(positions))]
        usable = [index for index in main if np.isfinite(figures.corrected[index, number])]
        groups += _means(usable, keys)
        for group in groups:
            yield (
                {"reference": reference.name, "figure": figure}
                | group.columns
                | {
                    "cells": len(group.members),
                    "labels": int(figures.labels[group.members].sum()),
                    "power": figures.power,
                }
                | figures.summary(group.members, number)
            )


def _means(usable: Sequence[int], keys: Sequence[dict[str, Any]]) -> Iterator[_Group]:
    """Yield the means by model, by language and over all of the main protocol's cells."""
    for part in ("model", "language"):
        for name in dict.fromkeys(keys[index][part] for index in usable):
            members = [index for index in usable if keys[index][part] == name]
            yield _Group(members, _shared(members, keys) | {part: name})
    if usable:
        yield _Group(list(usable), _shared(usable, keys))


def _shared(members: Sequence[int], keys: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Return the columns in which cells agree, besides model and language."""
    shared = {}
    for name in ("protocol", "judge"):
        values = {keys[index][name] for index in members}
        shared[name] = values.pop() if len(values) == 1 else None
    return shared
