"""Python API: open runs, plan and run sweeps, import scores, from scripts and notebooks.

    import culture_ray as cr

    run = cr.open_run("results/quickstart")
    run.cells                                   # pandas; run.arrow("cells"), run.polars("cells")
    plan = cr.plan("experiment=paper", "model=[gemma_2_9b]", "judge=[gemma_2_9b]")
    run = cr.sweep("experiment=quickstart")
    run = cr.import_scores("scored.csv", run="theirs", columns={"model": "model_name"})
    run.analyse().report()

Arguments are the overrides of the command line (`culture-ray sweep --help`). No function exits,
prints more than the progress of a sweep, or leaves `sys.argv`, the environment or a Hydra of the
caller changed. Faults of an input are raised as errors of `culture_ray.errors`, in one sentence.
"""

from __future__ import annotations

import html
import os
import shlex
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
import pyarrow as pa
from rich.console import Console

from culture_ray.config.compose import compose
from culture_ray.config.imported import imported_settings
from culture_ray.config.run_settings import settings_from
from culture_ray.config.stored import stored_settings
from culture_ray.engines.factory import make_engine
from culture_ray.errors import NoSuchRun
from culture_ray.plan.engines import models_and_judges
from culture_ray.run.open import made_with
from culture_ray.run.status import stage_statuses
from culture_ray.stages.context import RunContext
from culture_ray.stages.embedded_model import prepare_embedded_model
from culture_ray.stages.measure.measure import measure
from culture_ray.stages.regress.regress import regress
from culture_ray.stages.report.report import report
from culture_ray.stages.sweep import sweep as sweep_stages
from culture_ray.store import catalogue
from culture_ray.store.run_directory import RunDirectory
from culture_ray.sweep.progress.progress import Progress
from culture_ray.tools.import_scored import import_scored

if TYPE_CHECKING:
    import polars

__all__ = ["Plan", "Run", "import_scores", "open_run", "plan", "sweep"]


class Run:
    """A run directory: its tables, its status, and the stages that can be done again.

    Tables are read anew whenever they are asked for. `run.cells` and the like are pandas data
    frames; `pandas`, `arrow` and `polars` return any of `run.tables` by name. Raises NoSuchRun.
    """

    def __init__(self, folder: Path, failed_models: Mapping[str, str] | None = None) -> None:
        self._run = RunDirectory(folder)
        self._judges = list(made_with(self._run).get("judge") or {})
        self.failed_models = dict(failed_models or {})
        """By model that the last sweep could not finish, the reason."""

    @property
    def name(self) -> str:
        """Return the name of the run."""
        return self._run.name

    @property
    def folder(self) -> Path:
        """Return the directory of the run."""
        return self._run.folder

    @property
    def tables(self) -> tuple[str, ...]:
        """Return the names of the tables that the run holds; docs/data.md describes them."""
        names = catalogue.RUN_TABLES
        return tuple(name for name in names if catalogue.table_paths(self._run, name))

    def arrow(self, table: str) -> pa.Table:
        """Return a table of the run.

        Raises UnknownName for a name that no table has, NoSuchRun for a table that the run does
        not hold yet, and RunMismatch for a file that cannot be read.
        """
        found = catalogue.read(self._run, table)
        if found is None:
            held = ", ".join(self.tables) or "no table"
            raise NoSuchRun(f"run '{self.name}' has no {table} yet: it holds {held}")
        return found

    def pandas(self, table: str) -> pd.DataFrame:
        """Return a table of the run as a pandas data frame; raises as `arrow` does."""
        return self.arrow(table).to_pandas()

    def polars(self, table: str) -> polars.DataFrame:
        """Return a table of the run as a polars data frame; raises as `arrow` does."""
        import polars

        return polars.DataFrame(self.arrow(table))

    @property
    def responses(self) -> pd.DataFrame:
        """Return the responses: one row per request that is done, failed ones included."""
        return self.pandas("responses")

    @property
    def labels(self) -> pd.DataFrame:
        """Return the labels: the stances in each response, as a judge or a rule read them."""
        return self.pandas("labels")

    @property
    def distributions(self) -> pd.DataFrame:
        """Return the distribution of value polarity per model, language and topic."""
        return self.pandas("distributions")

    @property
    def cells(self) -> pd.DataFrame:
        """Return alignment, US bias, self-consistency and capability per model and language."""
        return self.pandas("cells")

    @property
    def regression(self) -> pd.DataFrame:
        """Return the coefficients of the multilingual regression."""
        return self._regression("multilingual")

    @property
    def us_bias(self) -> pd.DataFrame:
        """Return US bias per model and language, and its means."""
        return self._regression("us_bias")

    @property
    def status(self) -> pd.DataFrame:
        """Return requests, done, failed and left per stage and model."""
        names = ("stage", "model", "requests", "done", "failed", "left")
        found = stage_statuses(self._run, self._judges)
        return pd.DataFrame({name: [getattr(one, name) for one in found] for name in names})

    def analyse(self, *overrides: str) -> Run:
        """Measure and regress again, as `culture-ray analyse` does, and return this run.

        `overrides` choose populations, capability and inference, such as `"inference=paper"`.
        """
        with _own_environment():
            context = self._context("analyse", overrides)
            measure(context)
            regress(context)
        return self

    def report(self, *overrides: str) -> Path:
        """Write the figures and the page of the run, and return the path of the page."""
        with _own_environment():
            report(self._context("report", overrides), self.failed_models)
        return self.folder / "report.html"

    def _regression(self, design: str) -> pd.DataFrame:
        path = self.folder / "regression" / f"{design}.csv"
        if not path.exists():
            raise NoSuchRun(f"run '{self.name}' has no regression {design} yet: see run.report()")
        return pd.read_csv(path)

    def _context(self, verb: str, overrides: tuple[str, ...]) -> RunContext:
        content, experiment = compose(overrides)
        content |= {"run": self.name, "results": str(self.folder.parent)}
        command = _command(verb, f"run={self.name}", *overrides)
        # One process: workers would import the caller's script again.
        return RunContext(stored_settings(content, experiment, command), max_processes=1)

    def __repr__(self) -> str:
        return f"Run({str(self.folder)!r})"

    def _repr_html_(self) -> str:
        """Return the run as notebooks show it: its folder and the status of every stage."""
        heading = f"<b>run {html.escape(self.name)}</b> in {html.escape(str(self.folder))}"
        return heading + self.status.to_html(index=False)


class Plan:
    """The plan of a sweep: `requests`, `gpu_hours` and `dollars`, and `rows` with the details."""

    def __init__(self, context: RunContext) -> None:
        self._plan, self._quote = context.checked_plan(), context.quote()

    @property
    def requests(self) -> int:
        """Return the number of requests, over all stages and models."""
        return sum(row.estimate.requests for row in self._plan.rows)

    @property
    def gpu_hours(self) -> float:
        """Return the expected GPU-hours; 0 for a sweep without GPUs."""
        return sum(row.gpu_hours or 0.0 for row in self._plan.rows)

    @property
    def dollars(self) -> float:
        """Return the expected cost in dollars; 0 for a sweep without models behind an API."""
        return self._quote.expected

    @property
    def most_dollars(self) -> float:
        """Return the largest cost in dollars, without second attempts."""
        return self._quote.most

    @property
    def notices(self) -> tuple[str, ...]:
        """Return sentences on the cost and on what the sweep lacks to run."""
        return (*self._quote.sentences(), *self._plan.notices)

    @cached_property
    def rows(self) -> pd.DataFrame:
        """Return one row per stage and model; the columns of `culture-ray plan --json`."""
        return pd.DataFrame(
            [
                {"stage": row.stage, "model": row.model}
                | asdict(row.estimate)
                | {"replicas": row.replicas, "gpu_hours": row.gpu_hours}
                for row in self._plan.rows
            ]
        )

    def __repr__(self) -> str:
        return (
            f"Plan({self.requests:,} requests, {self.gpu_hours:.2f} GPU-hours, "
            f"${self.dollars:.2f} expected)"
        )

    def _repr_html_(self) -> str:
        """Return the plan as notebooks show it."""
        columns = ["stage", "model", "requests", "prompt_tokens", "output_tokens", "gpu_hours"]
        notices = "".join(f"<p>{html.escape(notice)}</p>" for notice in self.notices)
        return f"<b>{self!r}</b>{self.rows[columns].to_html(index=False)}{notices}"


def open_run(folder: str | Path) -> Run:
    """Return the run in a directory; raises NoSuchRun, and RunMismatch if it cannot be read."""
    return Run(Path(folder).expanduser())


def plan(*overrides: str) -> Plan:
    """Return the plan of a sweep; writes nothing.

    Raises UserError for what would stop the sweep.
    """
    content, experiment = compose(overrides)
    return Plan(RunContext(settings_from(content, experiment, _command("plan", *overrides))))


def sweep(*overrides: str) -> Run:
    """Run or resume a sweep in this process, and return its run.

    Progress is shown on the terminal or in the notebook. Raises UserError before anything is
    written. Models that cannot finish do not raise: they are in `Run.failed_models`.
    """
    content, experiment = compose(overrides)
    settings = settings_from(content, experiment, _command("sweep", *overrides))
    context = RunContext(settings, max_processes=1)
    cap, live = settings.spending.cap_dollars, settings.run.folder / "live"
    with _own_environment(), Progress(Console(markup=False), live, cap) as progress:
        context.check()
        models = models_and_judges(settings.models, settings.judges)
        prepare_embedded_model(models.values(), progress, loads=context.asks_models)
        result = sweep_stages(context, make_engine, progress)
    return Run(settings.run.folder, result.failed_models)


def import_scores(
    file: str | Path, *overrides: str, run: str, columns: Mapping[str, str] | None = None
) -> Run:
    """Commit scored responses from elsewhere as a run, and return it.

    `columns` names the file's columns for model, language, topic, value_polarity, and optionally
    family, wording and request_id. Raises BadTable, UnknownName, WrongValue and RunMismatch.
    """
    content, experiment = compose([f"run={run}", *overrides], root="import")
    named = {**content["columns"], **(columns or {})}
    content |= {"file": str(file), "columns": named}
    command = _command("import", f"run={run}", f"file={file}", *overrides)
    settings, scored = imported_settings(content, experiment, command)
    import_scored(settings, scored)
    return open_run(settings.run.folder)


@contextmanager
def _own_environment() -> Iterator[None]:
    """Put the environment back as it was: Ray is told of its own things through variables."""
    before = dict(os.environ)
    try:
        yield
    finally:
        for name in set(os.environ) - set(before):
            del os.environ[name]
        os.environ.update(before)


def _command(verb: str, *words: Any) -> str:
    return shlex.join(["culture-ray", verb, *map(str, words)])
