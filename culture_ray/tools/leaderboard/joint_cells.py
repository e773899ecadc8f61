"""Cells of several runs, measured over the same draws of topics."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

import pyarrow as pa
import pyarrow.compute as pc

from culture_ray.errors import NoSuchRun, WrongValue
from culture_ray.run.ground_truth import ground_truth_of
from culture_ray.settings.run import Settings
from culture_ray.stages.measure.cells import BASELINE_FAMILY
from culture_ray.stages.regress.cells import cells
from culture_ray.stages.regress.closeness.main_cells import MainCells
from culture_ray.store import catalogue
from culture_ray.store.run_directory import RunDirectory
from culture_ray.tables import CAPABILITY

Names = Mapping[tuple[str, str], str]
"""Run and model -> name of the model in the leaderboard."""


def measured_rows(run: RunDirectory, main_protocol: str) -> pa.Table:
    """Return the distributions of a run's models under its main protocol.

    Raises WrongValue for a run without protocols, and NoSuchRun for one that is not measured.
    """
    if not main_protocol:
        raise WrongValue(
            "run",
            run.name,
            "runs that ask survey items; this one has benchmarks alone: leave it out",
        )
    table = catalogue.read(run, "distributions")
    if table is None:
        raise NoSuchRun(f"run '{run.name}' is not measured yet: culture-ray analyse run={run.name}")
    rows = table.filter(
        pc.and_(
            pc.equal(table.column("protocol"), pa.scalar(main_protocol)),
            pc.not_equal(table.column("family"), pa.scalar(BASELINE_FAMILY)),
        )
    )
    if not rows.num_rows:
        raise NoSuchRun(
            f"run '{run.name}' has no measured model: culture-ray status run={run.name} shows "
            f"what is left to do"
        )
    return rows


def shown_names(rows: Mapping[str, pa.Table]) -> dict[tuple[str, str], str]:
    """Return the names of models, with their run where several runs have a model of that name.

    `rows` are the distributions of each run, by its name.
    """
    asked = [
        (run, str(model)) for run in rows for model in pc.unique(rows[run]["model"]).to_pylist()
    ]
    often = Counter(model for _, model in asked)
    return {(run, model): f"{model} ({run})" if often[model] > 1 else model for run, model in asked}


def joint_cells(
    runs: Sequence[Settings], rows: Mapping[str, pa.Table], names: Names, seed: int
) -> MainCells:
    """Return the cells of all models of runs that were asked alike.

    `rows` are the distributions of each run and `names` the models' names. Ground truth, topics
    and draws are the same for all cells, so that differences between models of different runs are
    paired. Raises the errors of `ground_truth_of`.
    """
    first = runs[0]
    compared = tuple(dict.fromkeys(name for run in runs for name in run.populations.compare))
    joined = replace(
        first,
        seed=seed,
        models={names[run.run.name, m]: run.models[m] for run in runs for m in run.models
                if (run.run.name, m) in names},
        languages={code: text for run in runs for code, text in run.languages.items()},
        populations=replace(first.populations, compare=("all",) if "all" in compared else compared),
        allow_missing_ground_truth=True,  # each run was refused or allowed its gaps before
    )  # fmt: skip
    table = pa.concat_tables(_renamed(rows[run.run.name], run.run.name, names) for run in runs)
    measured = cells(joined, table, ground_truth_of(joined), CAPABILITY.empty_table())
    return MainCells.of(measured, seed)


def _renamed(rows: pa.Table, run: str, names: Names) -> pa.Table:
    """Return the rows with the models' names in the leaderboard."""
    place = rows.schema.get_field_index("model")
    shown = [names[run, str(model)] for model in rows.column("model").to_pylist()]
    return rows.set_column(place, rows.schema.field(place), pa.array(shown, pa.string()))
