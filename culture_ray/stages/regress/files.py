"""Files of regressions: CSV, LaTeX and Markdown for the coefficients, JSON for the rest."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

import pandas as pd
import pyarrow as pa
from pyarrow import csv

from culture_ray.calibration import PUBLISHED, marks_in
from culture_ray.report.coefficient_names import with_names
from culture_ray.report.regression_result import ReportRegression, design_name
from culture_ray.report.table_files import write_table
from culture_ray.store.atomic import replace_text
from culture_ray.store.run_directory import RunDirectory
from culture_ray.tables import REGRESSION, REGRESSION_ROWS, TABLES

_AS_WRITTEN = csv.ConvertOptions(
    column_types=REGRESSION, null_values=[""], strings_can_be_null=True
)

TITLES = {"us_bias": "US bias", "multilingual": "Alignment and language capability"}


@dataclass(frozen=True)
class Result:
    """Result of a regression, or the reason why it could not be fitted."""

    name: str
    """us_bias or multilingual, followed by `_DESIGN` for designs other than the default."""
    mode: str
    formula: str
    caption: str
    table: pd.DataFrame | None = None
    missing: str = ""
    notes: tuple[str, ...] = ()
    diagnostics: Mapping[str, Any] = field(default_factory=dict)


def write_result(run: RunDirectory, result: Result) -> None:
    """Write a regression under its name, and again under its mode and name.

    The second copy is kept when the other mode is run, so that both modes can be compared.
    """
    names = {"inference": result.mode, "regression": result.name}
    own = TABLES["regressions"].path(run.folder, **names).with_suffix("")
    latest = own.parents[1] / result.name
    content = {key: _finite(value) for key, value in asdict(result).items() if key != "table"}
    marks = marks_in((result.caption, *result.notes)) + (PUBLISHED,) * (result.mode == "paper")
    for stem in (latest, own):
        text = json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False, default=str)
        replace_text(stem.with_suffix(".json"), text)
        if result.table is None:
            for kind in (".csv", ".tex", ".md"):
                stem.with_suffix(kind).unlink(missing_ok=True)
        else:
            table = pa.Table.from_pandas(result.table, schema=REGRESSION, preserve_index=False)
            write_table(table, stem, caption=_title(result.name), notes=marks)


def read_regressions(run: RunDirectory) -> Mapping[str, ReportRegression]:
    """Return the regressions stored in a run directory, of both modes, for the report."""
    regressions = {}
    paths = (run.folder / "regression").glob("*/*.json")
    for path in sorted(
        paths, key=lambda p: (p.parent.name != "valid", p.stem not in TITLES, p.stem)
    ):
        content = json.loads(path.read_text(encoding="utf-8"))
        table = None
        if not content["missing"]:
            table = csv.read_csv(path.with_suffix(".csv"), convert_options=_AS_WRITTEN)
        regressions[f"{content['name']} {content['mode']}"] = ReportRegression(
            title=_title(content["name"]),
            caption=content["caption"],
            notes=tuple(_sentence(with_names(note)) for note in content["notes"]),
            formula=content["formula"],
            table=table,
            missing=content["missing"],
            design=content["name"],
            inference=content["mode"],
            file=path.with_suffix(".csv").relative_to(run.folder).as_posix(),
            rows=_rows(content),
            rows_file=path.relative_to(run.folder).as_posix(),
        )
    return regressions


def _sentence(note: str) -> str:
    first = note.partition(" ")[0]
    text = f"{note[:1].upper()}{note[1:]}" if first.isalpha() else note
    return text if text.endswith(".") else f"{text}."


def _rows(content: Mapping[str, Any]) -> pa.Table | None:
    """Return the influence of single rows on the fit; None where it was not computed."""
    rows = (content.get("diagnostics") or {}).get("cells") or []
    return pa.Table.from_pylist(rows, schema=REGRESSION_ROWS) if rows else None


def _finite(value: Any) -> Any:
    """Return plain values with None in place of NaN and infinity, which JSON cannot hold."""
    if isinstance(value, Mapping):
        return {key: _finite(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(entry) for entry in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _title(name: str) -> str:
    for known, title in TITLES.items():
        if name.startswith(known):
            design = design_name(name.removeprefix(known).strip("_"))
            return f"{title}, {design}" if design else title
    return name
