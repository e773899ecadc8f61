"""Context of a run: its inputs, with the plan, the billing and the checks that follow from them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from culture_ray.errors import MissingExtra, NoSpeakers, RunMismatch, UserError, WrongValue
from culture_ray.plan.billing import billed_models, billing_for, check_caps, check_keys
from culture_ray.plan.cost import Quote, quote
from culture_ray.plan.engines import engine_names, is_asked, models_and_judges
from culture_ray.plan.plan import RunPlan, plan_of
from culture_ray.plan.stage_units import asked_shards, elicit_units
from culture_ray.plan.workload import Workload, with_choices, workload_of
from culture_ray.regression.bayesian.installed import check_bambi
from culture_ray.run.benchmark_items import checksums_of
from culture_ray.run.ground_truth import without_speakers
from culture_ray.run.open import open_settings
from culture_ray.run.status import StageStatus, done_requests, failed_requests, stage_statuses
from culture_ray.settings.run import Settings
from culture_ray.settings.stages import Stage
from culture_ray.spending.billing import BillingContext
from culture_ray.stages.run_inputs import RunInputs
from culture_ray.store.run_directory import OpenedRun
from culture_ray.sweep.plan.units import Unit

MAX_PROCESSES = 4
"""Most processes that draw figures; starting more costs more time than they save."""


class RunContext(RunInputs):
    """Inputs of a run, and what follows from them: plan, engines, billing and requests left.

    Each is computed once, when it is first needed; `check` reads all inputs that the run's stages
    need. Properties raise UserError if an input is faulty. Not thread-safe.
    """

    def __init__(self, settings: Settings, max_processes: int = MAX_PROCESSES) -> None:
        """Make a context; figures are drawn by `max_processes` processes, or in this one for 1."""
        super().__init__(settings)
        self.max_processes = max_processes

    @property
    def asks_models(self) -> bool:
        """Return True if a stage of the run sends requests to models."""
        return any(stage.asks_models for stage in self.settings.stages)

    @cached_property
    def workload(self) -> Workload:
        """Return requests and tokens per stage and model, with the GPUs per replica chosen."""
        return workload_of(self.settings, self.requests, self.benchmarks)

    @cached_property
    def plan(self) -> RunPlan:
        """Return the plan of the run."""
        today = datetime.now(UTC).date()
        return plan_of(self.settings, self.requests, self.workload, today, self.benchmarks)

    @cached_property
    def sized(self) -> Settings:
        """Return the settings with the GPUs and lengths chosen for every model."""
        return with_choices(self.settings, self.workload)

    @cached_property
    def elicited(self) -> tuple[Unit, ...]:
        """Return every unit of the stage elicit, done or not."""
        return tuple(elicit_units(self.settings, self.requests))

    def answered(self, done: Callable[[Path], bool]) -> bool:
        """Return True if `done` of every shard of the stages that ask models, so that none is left.

        Of a run with benchmarks it is not known, as what is left follows from answers.
        """
        settings = self.settings
        shards = asked_shards(settings.run, settings.stages, settings.judges, self.elicited)
        return not self.benchmarks and all(map(done, shards))

    @cached_property
    def engines(self) -> dict[str, str]:
        """Return, for each judge, the name under which its model is loaded."""
        return engine_names(self.settings.models, self.settings.judges)

    @cached_property
    def billing(self) -> BillingContext | None:
        """Return prices, limits, caps and ledger; None when no model is behind an API.

        The run directory has to be open: the ledger is named after the time the run started.
        """
        settings, billed = self.settings, billed_models(self.settings, self.engines)
        return billing_for(settings.run, settings.spending, billed, lambda: self.quote({}).most)

    def open(self) -> OpenedRun:
        """Make or open the run directory and verify its shards; raises RunMismatch, DiskProblem."""
        return open_settings(
            self.settings,
            self.made_with,
            {
                items.folder: checksums_of(items, self.settings.benchmark_folders)
                for items in self.benchmarks.values()
            },
        )

    def quote(self, done: Mapping[tuple[str, str], int] | None = None) -> Quote:
        """Return the quote of what is left; `done` counts requests that have a row.

        It is by stage and by the model asked; without it, the rows on disk are counted.
        """
        if not self._has_api_model:
            return quote(self.settings, ())
        return quote(self.settings, self.plan.rows, self.done if done is None else done)

    def checked_plan(self) -> RunPlan:
        """Return the plan, with what a sweep would refuse; raises UserError for unusable inputs."""
        if not self.settings.protocols:
            return self.plan
        _ = self.requests, self.capability_scores
        refusals = [str(problem) for problem in self._refused()]
        notices = (*self.plan.notices, *self.personas.disclosures.values())
        with suppress(NoSpeakers):  # which is among the refusals
            missing = without_speakers(self.settings.languages, self.ground_truth)
            if missing:
                left_out = f"no figures for the speakers of {', '.join(missing)}: "
                notices = (*notices, f"{left_out}their alignment is left out")
        return replace(self.plan, notices=notices, refusals=tuple(refusals))

    def _refused(self) -> Iterator[UserError]:
        """Yield what stops a sweep, but leaves its plan as it is."""
        inputs: tuple[tuple[Callable[[], object], type[UserError]], ...] = (
            (lambda: self.ground_truth, NoSpeakers),
            (self.personas.check_allowed, WrongValue),
            (self.check_packages, MissingExtra),
            (lambda: self.made_with, RunMismatch),
            (lambda: self.judge_errors, UserError),
        )
        for read, refusal in inputs if self.settings.run.config.exists() else inputs[:3]:
            try:
                read()
            except refusal as problem:
                yield problem

    def check(self) -> None:
        """Read every input of the run's stages; raises UserError before anything is written."""
        if Stage.REGRESS in self.settings.stages:
            self.check_packages()
        if not all(stage.asks_models for stage in self.settings.stages):
            _ = self.fixed_inputs
        if self.settings.protocols:  # a run of benchmarks alone is compared with no population
            _ = self.requests, self.ground_truth, self.answer_shares, self.capability_scores
        if self.asks_models and not self.answered(Path.exists):  # else no model is loaded
            _ = self.workload
        _ = self.made_with
        if self.asks_models:
            self.personas.check_allowed()
            billed = billed_models(self.settings, self.engines)
            check_caps(self.settings.spending, billed.values(), lambda: self.quote({}).most)
            hardware = self.settings.hardware
            check_keys({n: m for n, m in self._models.items() if is_asked(m, hardware)})
        _ = self.judge_errors

    def check_packages(self) -> None:
        """Raise MissingExtra for an optional package that the stage regress needs and lacks."""
        check_bambi(wanted=self.settings.inference.bayesian and bool(self.settings.protocols))

    @property
    def asked_again(self) -> Mapping[tuple[str, str], int]:
        """Return the failed requests that the run asks again, by stage and by model or judge."""
        return failed_requests(self._statuses, self.retried) if self.retried else {}

    @property
    def retried(self) -> Collection[Stage]:
        """Return the stages whose failed requests are asked again."""
        return () if self.settings.retry is None else self.settings.stages

    @property
    def done(self) -> Mapping[tuple[str, str], int]:
        """Return the requests that have a row, by stage and by the model or judge asked."""
        return done_requests(self._statuses, retried=self.retried)

    @cached_property
    def _statuses(self) -> list[StageStatus]:
        return stage_statuses(self.settings.run, list(self.settings.judges))

    @property
    def _models(self) -> dict[str, Any]:
        return models_and_judges(self.settings.models, self.settings.judges)

    @property
    def _has_api_model(self) -> bool:
        return any(model.is_api for model in self._models.values())
