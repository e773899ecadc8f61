"""A run, as the Python API returns it: its tables, its status, and analyses of it."""

from __future__ import annotations

import html
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
import pyarrow as pa

from culture_ray.api.calls import own_environment, written_command
from culture_ray.config.compose import compose
from culture_ray.config.stored import stored_settings
from culture_ray.errors import NoSuchRun
from culture_ray.run.made_with import made_with
from culture_ray.run.open import remember
from culture_ray.run.status import stage_statuses
from culture_ray.stages.analyse import analyse
from culture_ray.stages.context import RunContext
from culture_ray.stages.measure.cells import BASELINE_FAMILY
from culture_ray.stages.regress.cells import primary_cells
from culture_ray.stages.report.report import report
from culture_ray.store import catalogue
from culture_ray.store.run_directory import RunDirectory

if TYPE_CHECKING:
    import polars


_ASKED = ("requests", "responses")
"""Tables of a run that asked models itself."""


class Run:
    """A run directory: its tables, its status, and the stages that need no models.

    Each access reads the table again. `run.cells` and similar attributes are pandas data frames;
    `pandas`, `arrow` and `polars` return any of `run.tables` by name. Raises NoSuchRun.
    """

    def __init__(self, folder: Path, failed_models: Mapping[str, str] | None = None) -> None:
        self._run = RunDirectory(folder)
        self._judges = list(made_with(self._run).get("judge") or {})
        self.failed_models = dict(failed_models or {})
        """Reason for each model that the last sweep could not finish."""

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

        Raises UnknownName if there is no table of this name, NoSuchRun if the run does not have
        the table yet, and RunMismatch if the file cannot be read.
        """
        content = catalogue.read(self._run, table)
        if content is None:
            holds = f"it holds {', '.join(self.tables) or 'no table'}"
            if table in _ASKED and made_with(self._run).get("imported"):
                raise NoSuchRun(
                    f"run '{self.name}' has no {table}: it was imported, and holds only the scores "
                    f"of its responses, as labels; {holds}"
                )
            raise NoSuchRun(f"run '{self.name}' has no {table} yet: {holds}")
        return content

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
        """Return the labels: the stances in each response, read by a judge or a rule."""
        return self.pandas("labels")

    @property
    def distributions(self) -> pd.DataFrame:
        """Return the distribution of value polarity per model, language and topic."""
        return self.pandas("distributions")

    @property
    def cells(self) -> pd.DataFrame:
        """Return alignment, US bias, self-consistency and capability, with 95 % intervals.

        One row per model, language, protocol, persona and judge, baselines included (their family
        is `baseline`): do not average over all rows, see `main_cells`. Alignment with the
        language's speakers is `alignment_language`; docs/data.md explains every column.
        """
        return self.pandas("cells")

    @property
    def main_cells(self) -> pd.DataFrame:
        """Return the cells that regressions use, one row per model and language.

        They are those of the main protocol and the first judge, without baselines.
        """
        rows = self.cells
        main = rows.iloc[primary_cells(rows)]
        return main[main["family"] != BASELINE_FAMILY].reset_index(drop=True)

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
        """Return the number of requests that are done, failed and left, per stage and model."""
        names = ("stage", "model", "requests", "done", "failed", "left")
        statuses = stage_statuses(self._run, self._judges)
        return pd.DataFrame({name: [getattr(row, name) for row in statuses] for name in names})

    def analyse(self, *overrides: str) -> Run:
        """Measure and regress again, like `culture-ray analyse`, and return this run.

        `overrides` choose populations, capability and inference, for example `"inference=paper"`.
        """
        with own_environment():
            context = self._context("analyse", overrides)
            analyse(context)
            remember(self._run, context.settings.raw)
        return self

    def report(self, *overrides: str) -> Path:
        """Write the figures and the HTML report of the run; return the path of the report."""
        with own_environment():
            report(self._context("report", overrides), self.failed_models)
        return self.folder / "report.html"

    def _regression(self, design: str) -> pd.DataFrame:
        path = self.folder / "regression" / f"{design}.csv"
        if not path.exists():
            raise NoSuchRun(
                f"run '{self.name}' has no regression {design} yet: call run.analyse(); if it "
                f"cannot be fitted, run.report() shows the reason"
            )
        return pd.read_csv(path)

    def _context(self, verb: str, overrides: tuple[str, ...]) -> RunContext:
        content, experiment = compose(overrides)
        content |= {"run": self.name, "results": str(self.folder.parent)}
        command = written_command(verb, f"run={self.name}", *overrides)
        # Use one process, as worker processes would import the caller's script again.
        settings = stored_settings(content, experiment, command, overrides)
        return RunContext(settings, max_processes=1)

    def __repr__(self) -> str:
        return f"Run({str(self.folder)!r})"

    def _repr_html_(self) -> str:
        """Return the run as HTML, for notebooks: its folder and the status of every stage."""
        heading = f"<b>run {html.escape(self.name)}</b> in {html.escape(str(self.folder))}"
        return heading + self.status.to_html(index=False)
