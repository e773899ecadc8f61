"""Rows of the multilingual regression: one per model and language, as far as they can be used."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from culture_ray.measures.result import FEWEST_TOPICS
from culture_ray.regression.sampling import Draws
from culture_ray.settings.inference import Outcome
from culture_ray.stages.measure.cells import BASELINE_FAMILY
from culture_ray.stages.regress.cells import Cells

OUTCOME_FIGURES: Mapping[Outcome, str] = {
    "responses": "alignment_language",
    "topics": "alignment_language_topics",
    "disattenuated": "alignment_language_disattenuated",
    "closeness": "closeness_language",
}
"""Outcome of a regression -> its figure in cells.csv."""

MIN_DEFINED_SHARE = 0.5
"""Share of draws in which a cell's alignment must be defined for a regression to use the cell."""


@dataclass(frozen=True, eq=False)
class UsableRows:
    """Rows of a multilingual regression, models declared as one still apart."""

    rows: pd.DataFrame
    """Those of `regression_rows`, with index 0..n-1."""
    draws: Draws
    """Alignment in each draw, scaled to the errors of few units; (rounds, n)."""
    units: float
    """Fewest units behind the errors of a row."""
    notes: tuple[str, ...]
    """A sentence per row that was left out."""


def regression_rows(cells: Cells, outcome: Outcome = "responses") -> pd.DataFrame:
    """Return the primary cells of models as rows of a regression.

    Columns model, family, language, alignment, consistency, capability, and `cell`, the position
    in the rounds.
    """
    rows = cells.rows.assign(cell=np.arange(len(cells.rows))).iloc[cells.primary]
    rows = rows[rows["family"] != BASELINE_FAMILY]
    return rows.rename(
        columns={"self_consistency": "consistency", OUTCOME_FIGURES[outcome]: "alignment"}
    )[["model", "family", "language", "alignment", "consistency", "capability", "cell"]]


def usable_rows(cells: Cells, outcome: Outcome) -> UsableRows:
    """Return the rows whose alignment, its error and capability are known."""
    rows = regression_rows(cells, outcome)
    known = rows[rows["capability"].notna()].reset_index(drop=True)
    drawn = cells.rounds[OUTCOME_FIGURES[outcome]][known["cell"].to_numpy(np.int64)]
    usable = known["alignment"].notna() & (np.isfinite(drawn).mean(axis=1) > MIN_DEFINED_SHARE)
    notes = without_capability(rows) + tuple(
        f"left out {row.model} in {row.language}: alignment is undefined, or undefined in most "
        f"draws of topics"
        for row in known[~usable].itertuples()
    )
    units = cells.units[known["cell"].to_numpy(np.int64)].astype(np.float32)
    too_few = usable & (units < FEWEST_TOPICS)
    notes += tuple(
        f"left out {row.model} in {row.language}: fewer than {FEWEST_TOPICS} topics, too few to "
        f"estimate its error"
        for row in known[too_few].itertuples()
    )
    usable &= ~too_few
    units = units[usable]
    draws = (drawn[usable] * np.sqrt(units / (units - 1))[:, None]).T
    # Cells rarely differ in topics; the fewest bound what V can be known from.
    fewest = float(units.min(initial=np.inf))
    return UsableRows(known[usable].reset_index(drop=True), draws, fewest, notes)


def without_capability(rows: pd.DataFrame) -> tuple[str, ...]:
    """Return a sentence on the models left out because their capability is not known, if any."""
    lacking = rows[rows["capability"].isna()]
    if lacking.empty:
        return ()
    first = [f"{row.model} in {row.language}" for row in lacking.head(6).itertuples()]
    more = f" and {len(lacking) - 6} more" if len(lacking) > 6 else ""
    return (f"left out {', '.join(first)}{more}: conf/capability has no benchmark scores for them",)


def missing_capability(rows: pd.DataFrame) -> str:
    """Return the reason why the multilingual regression cannot be fitted; empty if it can."""
    scored = rows[rows["capability"].notna()]
    known = scored[scored["alignment"].notna()]
    if _has_family_of_two(known):
        return ""
    what, have = "capability figures for", scored
    if _has_family_of_two(scored):
        what, have = "alignment figures for", known
    names = ", ".join(sorted(set(have["model"]))) or "none of this run's models"
    where = "; the notes in cells.csv say why there is no alignment" if have is known else ""
    return (
        "The multilingual regression asks whether, among models of one family, more capability in "
        f"a language goes with more alignment. It needs {what} at least two models of a family, "
        f"and has them for {names}{where}."
    )


def _has_family_of_two(rows: pd.DataFrame) -> bool:
    return bool((rows.groupby("family")["model"].nunique() >= 2).any())
