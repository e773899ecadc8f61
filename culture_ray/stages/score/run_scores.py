"""Scores of a run's benchmarks, as a part of the stage measure."""

from __future__ import annotations

import time

from culture_ray import __version__
from culture_ray.judging.vocabulary import vocabulary
from culture_ray.stages.context import RunContext
from culture_ray.stages.score.answered import answered_benchmarks
from culture_ray.stages.score.score import Drawing, score_benchmarks


def score_run(context: RunContext) -> None:
    """Write the scores and figures of the run's benchmarks, of those that have answers.

    Raises DiskProblem, and WrongValue for a figure that a benchmark has no scores for.
    """
    settings = context.settings
    score_benchmarks(
        settings.run,
        (one for one in answered_benchmarks(settings) if any(True for _ in one.answers())),
        vocabulary(settings.phrases),
        Drawing(settings.inference.rounds, settings.seed),
        settings.models,
        {name: judge.model for name, judge in settings.judges.items()},
        version=__version__,
        at=time.time(),
    )
