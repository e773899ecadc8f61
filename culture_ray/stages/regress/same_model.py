"""Models that answer alike: noticed, and analysed as one where the user says that they are one."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from culture_ray.calibration import TWO_NAMES
from culture_ray.measures.resemblance import resemblances
from culture_ray.regression.sampling import Draws
from culture_ray.stages.regress.cells import Cells

ALIKE = 0.95
"""Resemblance from which two models are named as possibly one."""

Groups = Sequence[Sequence[str]]


def alike_models(cells: Cells, rows: pd.DataFrame, declared: Groups) -> tuple[str, ...]:
    """Return a sentence per pair of models that answer nearly alike and are not declared as one.

    `rows` are those of `regression_rows`.
    """
    models, languages = list(dict.fromkeys(rows["model"])), list(dict.fromkeys(rows["language"]))
    keys = zip(rows["model"], rows["language"], strict=True)
    position = dict(zip(keys, rows["cell"].astype(int), strict=True))
    table = [
        [cells.study[position[m, k]].cell if (m, k) in position else None for k in languages]
        for m in models
    ]
    found = resemblances(table, len(cells.truth.topics))
    return tuple(
        f"{models[i]} and {models[j]} answer alike (correlation of what is particular to their "
        f"answers {found[i, j]:.2f}): if they are one model under two names, set "
        f"inference.same_model=[[{models[i]},{models[j]}]], since the tests count them as two. "
        f"{TWO_NAMES.sentence}"
        for i, j in zip(*np.nonzero(np.triu(found > ALIKE, 1)), strict=True)
        if not any({models[i], models[j]} <= set(group) for group in declared)
    )


def merged_models(
    rows: pd.DataFrame, draws: Draws, declared: Groups
) -> tuple[pd.DataFrame, Draws, tuple[str, ...]]:
    """Return rows and draws (rounds x n) with a declared group's rows averaged per language.

    The group has the name and family of its first model. The third value is a note per group.
    """
    first = {name: group[0] for group in declared for name in group}
    named = rows.assign(model=[first.get(name, name) for name in rows["model"]])
    key = pd.MultiIndex.from_frame(named[["model", "language"]])
    codes, levels = pd.factorize(key)
    if len(levels) == len(rows):
        return rows, draws, ()
    merged = named.groupby(codes, sort=True).agg(
        {name: "mean" if name in _FIGURES else "first" for name in named.columns}
    )
    notes = tuple(
        f"{', '.join(group)} are analysed as one model, {group[0]} (inference.same_model)"
        for group in declared
        if rows["model"].isin(list(group)).any()
    )
    means = [draws[:, codes == level].mean(axis=1) for level in range(len(levels))]
    return merged.reset_index(drop=True), np.column_stack(means), notes


_FIGURES = ("alignment", "consistency", "capability")
