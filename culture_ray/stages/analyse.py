"""Analysis of a run: its measures, the scores of its benchmarks, and its regressions."""

from __future__ import annotations

from culture_ray.settings.stages import Stage
from culture_ray.stages.context import RunContext
from culture_ray.stages.measure.measure import measure
from culture_ray.stages.records import StageRecords
from culture_ray.stages.regress.regress import regress
from culture_ray.stages.score.run_scores import score_run


def analyse(context: RunContext) -> None:
    """Measure, score and regress a run; raises UserError, of a missing package before it writes."""
    context.check_packages()
    records = StageRecords(context)
    with records.recorded(Stage.MEASURE):
        measure_and_score(context)
    if context.settings.protocols:
        with records.recorded(Stage.REGRESS):
            regress(context)


def measure_and_score(context: RunContext) -> None:
    """Write the measures of a run's protocols and the scores of its benchmarks; raises UserError.

    Scores come before regressions, which may read the capability that they measure.
    """
    if context.settings.protocols:
        measure(context)
    if context.settings.benchmarks:
        score_run(context)
