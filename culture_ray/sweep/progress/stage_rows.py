"""Rows of a progress display: one per stage and model, those to come among them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from culture_ray.sweep.progress.snapshot import StageProgress

Totals = Mapping[str, tuple[int, int]]
"""(all requests, requests already done) by model."""


class StageRows:
    """Rows in the order in which they are shown, and the stages that run now."""

    def __init__(self) -> None:
        self._rows: list[StageProgress] = []
        self._current: tuple[str, ...] = ()
        self._earlier_failures: dict[tuple[str, str], tuple[dict[str, int], int]] = {}
        self._planned: dict[tuple[str, str], tuple[float, float | None]] = {}

    def __iter__(self) -> Iterator[StageProgress]:
        return iter(self._rows)

    def set_plan(self, stage: str, model: str, mean_output: float, rate: float | None) -> None:
        """Set the planned figures of a stage, as `Progress.set_plan`."""
        self._planned[stage, model] = (mean_output, rate)

    def add_earlier_failures(
        self, stage: str, model: str, failures: Mapping[str, int], unparsable: int
    ) -> None:
        """Add failures of earlier sessions, as `Progress.add_earlier_failures`."""
        before, unparsable_before = self._earlier_failures.get(_key(stage, model), ({}, 0))
        total = dict(Counter(before) + Counter(failures))
        self._earlier_failures[_key(stage, model)] = (total, unparsable_before + unparsable)

    def announce(self, stage: str, totals: Totals | None) -> None:
        """Add the rows of a stage to come, before those without models; None for one of these."""
        rows = self._rows_of(stage, totals)
        local = [at for at, row in enumerate(self._rows) if not row.model and not row.begun]
        at = local[0] if local and totals is not None else len(self._rows)
        self._rows[at:at] = rows

    def begin(self, totals: Mapping[str, Totals]) -> None:
        """Begin stages whose requests are sent together."""
        self._current = tuple(totals)
        for stage, own in totals.items():
            self._begin(self._rows_of(stage, own))

    def begin_local(self, stage: str) -> None:
        """Begin a stage that uses no model, and end the one before it."""
        self.end_local()
        self._begin(self._rows_of(stage, None))

    def end_local(self) -> None:
        """End the last stage that uses no model."""
        for row in self._rows:
            row.ended = row.ended or (row.begun and not row.model)

    def now(self, model: str) -> list[StageProgress]:
        """Return the rows of a model in the stages that run now, else its last, else the next."""
        rows = [row for row in self._rows if row.begun and row.model == model]
        ahead = [row for row in self._rows if row.model == model and not row.begun]
        return [row for row in rows if row.stage in self._current] or rows[-1:] or ahead[:1]

    def row(self, model: str, stage: str = "") -> StageProgress:
        """Return a model's row in a stage, or the first that is not done of those that run now."""
        rows = self.now(model)
        named = (row for row in rows if row.stage == stage)
        working = (row for row in rows if row.done < row.total)
        return next(named, next(working, rows[-1]))

    def _rows_of(self, stage: str, totals: Totals | None) -> list[StageProgress]:
        if totals is None:
            return [StageProgress(stage)]
        rows = [StageProgress(stage, m, total, done, done) for m, (total, done) in totals.items()]
        for row in rows:
            row.planned = self._planned.get((stage, row.model), row.planned)
            row.failures, row.unparsable = self._earlier_failures.get(
                _key(stage, row.model), ({}, 0)
            )
        return rows

    def _begin(self, rows: list[StageProgress]) -> None:
        for row in rows:
            row.begun = True
            announced = {other.name: at for at, other in enumerate(self._rows) if not other.begun}
            at = announced.get(row.name, len(self._rows))
            for early in self._rows[at : at + 1]:  # replicas that were loaded before the stage
                row.loading, row.replicas = early.loading, early.replicas
            self._rows[at : at + 1] = [row]


def _key(stage: str, model: str) -> tuple[str, str]:
    """Return the key of earlier failures.

    A judge's stage has one, whichever model it judges, and a model one for all its benchmarks.
    """
    if stage.startswith("benchmark "):
        return "benchmark", model
    return (stage, "" if stage.startswith("judge ") else model)
