"""The plan of a sweep, as the Python API returns it."""

from __future__ import annotations

import html
from dataclasses import asdict
from functools import cached_property

import pandas as pd

from culture_ray.simulation.power import EFFECTS
from culture_ray.stages.context import RunContext
from culture_ray.stages.power import power_of_plan


class Plan:
    """The plan of a sweep: `requests`, `gpu_hours` and `dollars`, and `rows` with the details."""

    def __init__(self, context: RunContext) -> None:
        self._context = context
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
        """Return the largest cost in dollars, without retries."""
        return self._quote.most

    @property
    def notices(self) -> tuple[str, ...]:
        """Return sentences on the cost, on what is missing, and on what a sweep would refuse."""
        refusals = (f"sweep would refuse: {sentence}" for sentence in self._plan.refusals)
        return (*self._quote.sentences(), *self._plan.notices, *refusals)

    @cached_property
    def rows(self) -> pd.DataFrame:
        """Return one row per stage and model, with the columns of `culture-ray plan --json`."""
        return pd.DataFrame(
            [
                {"stage": row.stage, "model": row.model}
                | asdict(row.estimate)
                | {"replicas": row.replicas, "gpu_hours": row.gpu_hours}
                for row in self._plan.rows
            ]
        )

    @cached_property
    def power(self) -> pd.DataFrame:
        """Return the smallest effects found with 80 % power, one row per variant of the design.

        Without rows where the main protocol offers options.
        """
        power = power_of_plan(self._context)
        rows = (
            [] if power is None else [{"design": k} | asdict(v) for k, v in power.effects.items()]
        )
        return pd.DataFrame(rows, columns=["design", *EFFECTS])

    def __repr__(self) -> str:
        return (
            f"Plan({self.requests:,} requests, {self.gpu_hours:.2f} GPU-hours, "
            f"${self.dollars:.2f} expected)"
        )

    def _repr_html_(self) -> str:
        """Return the plan as HTML, for notebooks."""
        columns = ["stage", "model", "requests", "prompt_tokens", "output_tokens", "gpu_hours"]
        notices = "".join(f"<p>{html.escape(notice)}</p>" for notice in self.notices)
        return f"<b>{self!r}</b>{self.rows[columns].to_html(index=False)}{notices}"
