"""A regression as a report shows it."""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa

from culture_ray import tables
from culture_ray.errors import BadTable
from culture_ray.report.required_columns import require_columns

_DESIGNS = {
    "within": "",
    "within_pooled": "one slope for all families",
    "within_given_consistency": "at equal self-consistency",
    "pooled": "capability not centred",
}
"""Design of conf/inference -> what sets it apart from the default one."""


def design_name(design: str) -> str:
    """Return the name for readers of a design; empty for the default one."""
    return _DESIGNS.get(design, design.replace("_", " "))


@dataclass(frozen=True)
class ReportRegression:
    """One regression: its coefficients, or the reason why there are none."""

    title: str
    caption: str = ""
    """The question that it answers, as a sentence."""
    formula: str = ""
    table: pa.Table | None = None
    """Schema tables.REGRESSION; further columns are shown too."""
    missing: str = ""
    """Reason why there is no table, as a sentence; required if and only if `table` is None."""
    design: str = ""
    """Regressions of one design (one per inference) share a figure; empty for a separate figure."""
    inference: str = "valid"
    file: str = ""
    """File of `table` in the run directory."""
    rows: pa.Table | None = None
    """Residual and leverage per row, as tables.REGRESSION_ROWS; None if not computed."""
    rows_file: str = ""
    notes: tuple[str, ...] = ()
    """Remarks on its fit, as sentences."""

    def __post_init__(self) -> None:
        if (self.table is None) == (not self.missing):
            raise BadTable(
                f"regression '{self.title}' needs either a table or a sentence that says why it has"
                f" none; it has {'neither' if self.table is None else 'both'}"
            )
        if self.table is not None:
            require_columns(self.table, tables.REGRESSION, f"regression '{self.title}'")
        if self.rows is not None:
            require_columns(self.rows, tables.REGRESSION_ROWS, f"rows of regression '{self.title}'")
