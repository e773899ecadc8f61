"""Stage regress: compute cells, regressions and robustness checks from distributions."""

from __future__ import annotations

from dataclasses import replace as replace_fields

import pandas as pd
import pyarrow as pa

from culture_ray.prompts.protocols import find_protocol
from culture_ray.run.preregistration import record_analysis
from culture_ray.stages.context import RunContext
from culture_ray.stages.regress.cells import Cells, cells
from culture_ray.stages.regress.closeness.culture_map import write_culture_map
from culture_ray.stages.regress.closeness.distances import write_distances
from culture_ray.stages.regress.closeness.leaderboard import write_leaderboard
from culture_ray.stages.regress.closeness.main_cells import MainCells
from culture_ray.stages.regress.closeness.topic_gaps import write_topic_gaps
from culture_ray.stages.regress.equivalence import write_equivalence
from culture_ray.stages.regress.files import write_result
from culture_ray.stages.regress.groups.groups import write_groups
from culture_ray.stages.regress.judge_corrected import corrected_for_judge
from culture_ray.stages.regress.judge_sensitivity import write_judge_sensitivity
from culture_ray.stages.regress.label_corrected import write_label_corrected
from culture_ray.stages.regress.measured_capability import write_capability_slopes
from culture_ray.stages.regress.outcomes import write_outcomes
from culture_ray.stages.regress.regressions import regressions
from culture_ray.stages.regress.robustness import robustness
from culture_ray.stages.regress.sensitivity.bayesian import write_bayesian
from culture_ray.stages.regress.sensitivity.influence import write_influence
from culture_ray.stages.regress.sensitivity.item_functioning import write_item_functioning
from culture_ray.stages.regress.sensitivity.items import write_item_sensitivity
from culture_ray.stages.regress.simultaneous import write_simultaneous
from culture_ray.store import catalogue
from culture_ray.store.run_directory import RunDirectory
from culture_ray.tables import CELLS, DISTRIBUTIONS


def regress(context: RunContext) -> None:
    """Write cells.csv, the regressions and the robustness checks; raises DiskProblem."""
    settings = context.settings
    distributions = catalogue.read(settings.run, "distributions")
    if distributions is None:
        distributions = DISTRIBUTIONS.empty_table()
    measured = cells(settings, distributions, context.ground_truth, context.capability_scores)
    corrected = corrected_for_judge(settings.run, measured)
    rows = pa.Table.from_pandas(corrected.rows, schema=CELLS, preserve_index=False)
    catalogue.write(settings.run, "cells", rows)
    if len(corrected.primary):
        _write_closeness(settings.run, MainCells.of(corrected, settings.seed))
    notes = _left_out(corrected)
    us, baselines = settings.populations.us, settings.baselines
    results = list(regressions(corrected, settings.inference, settings.seed, us, baselines))
    for result in results:
        write_result(settings.run, replace_fields(result, notes=(*result.notes, *notes)))
    if settings.inference.mode == "valid":
        write_outcomes(settings.run, corrected, settings.inference)
        write_simultaneous(settings.run, corrected, results)
        write_equivalence(settings.run, results, settings.inference)
        is_measured = settings.capability.measured
        write_capability_slopes(settings.run, corrected, settings.inference, measured=is_measured)
        write_item_sensitivity(
            settings.run, corrected, settings.topics, settings.inference, settings.seed
        )
        write_influence(settings.run, corrected, settings.inference)
        write_bayesian(settings.run, corrected, settings.inference, settings.seed)
        write_item_functioning(settings.run, corrected)
    if settings.judges or any(find_protocol(name).offers_options for name in settings.protocols):
        robustness(settings, context.ground_truth, context.answer_shares)
    write_judge_sensitivity(settings, corrected)
    write_label_corrected(settings, measured)
    write_distances(settings, context.ground_truth, context.answer_shares)
    if settings.persona is not None and settings.respondents_table is not None:
        write_groups(settings, context.personas.people, context.personas.profiles)
    record_analysis(settings)


def _write_closeness(run: RunDirectory, main: MainCells) -> None:
    """Write the tables that say how close the models are to people."""
    if len(main.rows):
        write_leaderboard(run, main)
        write_topic_gaps(run, main)
        write_culture_map(run, main)


def _left_out(all_cells: Cells) -> tuple[str, ...]:
    """Return a sentence on the protocols and judges that the regressions leave out, if any."""
    models = all_cells.rows[all_cells.rows["judge"].notna()]
    used = models[models.index.isin(all_cells.primary)]
    combinations = [_combinations(rows) for rows in (used, models)]
    left_out = sorted(combinations[1] - combinations[0])
    if not left_out:
        return ()
    return (f"Based on {' and '.join(sorted(combinations[0]))}; left out: {', '.join(left_out)}.",)


def _combinations(rows: pd.DataFrame) -> set[str]:
    return set(rows["protocol"] + " judged by " + rows["judge"])
