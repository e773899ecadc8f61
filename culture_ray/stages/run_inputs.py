"""Inputs that the settings of a run name, each read once, when it is first needed."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

import pyarrow as pa

from culture_ray.benchmarks.items.read import Items
from culture_ray.plan.requests import RequestPlan, request_plan
from culture_ray.run.benchmark_items import read_benchmarks
from culture_ray.run.ground_truth import ground_truth_of
from culture_ray.run.measured_capability import measured_scores
from culture_ray.run.open import check_run
from culture_ray.settings.run import Settings
from culture_ray.settings.stages import Stage
from culture_ray.stages.inputs import fixed_inputs
from culture_ray.stages.judge.error import JudgeError, judge_errors
from culture_ray.stages.personas import Personas
from culture_ray.survey.answer_shares import AnswerShares, read_answer_shares
from culture_ray.survey.capability import read_capability
from culture_ray.survey.ground_truth import GroundTruth


class RunInputs:
    """Settings of a run with what they name: surveys, capability, items, designs, judges' errors.

    Every property raises UserError if the input it reads is faulty. Not thread-safe.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    @cached_property
    def fixed_inputs(self) -> Mapping[str, str]:
        """Return the digests of what the stages without models read from outside the run.

        Take them before the inputs themselves: a file that changes in between counts as changed.
        """
        return fixed_inputs(self.settings)

    @cached_property
    def ground_truth(self) -> GroundTruth:
        """Return the ground truth of the run's topics and populations."""
        return ground_truth_of(self.settings)

    @cached_property
    def answer_shares(self) -> Mapping[tuple[str, str], AnswerShares] | None:
        """Return the populations' answer distributions, by population and topic, if known."""
        path = self.settings.answers_table
        return None if path is None else read_answer_shares(path, self.settings.topics)

    @property
    def capability_scores(self) -> pa.Table:
        """Return the benchmark scores (CAPABILITY schema); measured ones are read every time."""
        table = self.settings.capability_table
        return measured_scores(self.settings.run) if table is None else self._published_scores

    @cached_property
    def personas(self) -> Personas:
        """Return the respondents whom the run asks as."""
        return Personas(self.settings)

    @cached_property
    def requests(self) -> RequestPlan:
        """Return the designs of the run."""
        return request_plan(self.settings, self.personas.profiles)

    @cached_property
    def benchmarks(self) -> Mapping[str, Items]:
        """Return the items of the run's benchmarks, by name; none if its stages put none."""
        settings = self.settings
        if Stage.BENCHMARK not in settings.stages:
            return {}
        return read_benchmarks(
            settings.benchmarks,
            list(settings.languages),
            settings.benchmark_folders,
            settings.seed,
        )

    @cached_property
    def made_with(self) -> Mapping[str, Any] | None:
        """Return the configuration that the run was made with, None for a new run."""
        return check_run(self.settings.run, self.settings.raw)

    @cached_property
    def judge_errors(self) -> dict[tuple[str, str], JudgeError]:
        """Return the error of each judge, by judge and language."""
        settings = self.settings
        return judge_errors(settings.run, settings.languages, settings.judges, settings.judging)

    @cached_property
    def _published_scores(self) -> pa.Table:
        assert self.settings.capability_table is not None
        return read_capability(self.settings.capability_table)
