"""Reader of SPSS and Stata files."""

from __future__ import annotations

import importlib
import struct
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from pandas.io.stata import StataReader

from culture_ray.errors import BadTable, MissingExtra
from culture_ray.survey.microdata.files.wanted import DataColumns, Wanted, lacking, spelt


def from_spss(path: Path, wanted: Wanted) -> DataColumns:
    """Read the columns of an SPSS file; raises BadTable, and MissingExtra without pyreadstat.

    A file whose texts are not in the encoding that it declares is read as Windows-1252.
    """
    try:
        pyreadstat = importlib.import_module("pyreadstat")
    except ImportError as problem:
        raise MissingExtra("reading an SPSS file", "spss") from problem
    problems = []
    for encoding in (None, "WINDOWS-1252"):
        try:
            _, about = pyreadstat.read_sav(str(path), metadataonly=True, encoding=encoding)
            names = list(about.column_names)
            found = spelt(wanted, names)
            columns = list(dict.fromkeys(found.values()))
            frame, about = pyreadstat.read_sav(str(path), usecols=columns, encoding=encoding)
        except (pyreadstat.ReadstatError, UnicodeDecodeError) as problem:
            problems.append(problem)
            continue
        for name in wanted.labelled:
            labels = about.variable_value_labels.get(found.get(name, ""), {})
            if labels:
                frame[found[name]] = frame[found[name]].map(lambda v, t=labels: t.get(v, v))
        return _from_frame(frame, found, lacking(wanted, names))
    raise BadTable(f"{wanted.shown}: cannot be read as SPSS: {problems[0]}") from problems[0]


def from_stata(path: Path, wanted: Wanted) -> DataColumns:
    """Read the columns of a Stata file; raises BadTable."""
    try:
        with StataReader(path) as reader:
            names = list(reader.variable_labels())
        found = spelt(wanted, names)
        columns = list(dict.fromkeys(found.values()))
        frame = pd.read_stata(path, columns=columns, convert_categoricals=False)
        labelled = [found[name] for name in wanted.labelled if name in found]
        if labelled:
            frame = frame.assign(**_with_labels(path, labelled))
    except (ValueError, struct.error) as problem:
        raise BadTable(f"{wanted.shown}: cannot be read as Stata: {problem}") from problem
    return _from_frame(frame, found, lacking(wanted, names))


def _with_labels(path: Path, columns: Sequence[str]) -> dict[str, Any]:
    """Return the columns with value labels, as far as each of these names one value."""
    found = {}
    for column in columns:
        try:
            values = pd.read_stata(path, columns=[column], convert_categoricals=True)[column]
        except ValueError:
            # Two values of one label: the codes stay as they are.
            continue
        found[column] = values.astype(object)
    return found


def _from_frame(
    frame: pd.DataFrame, found: dict[str, str], absent: dict[str, tuple[str, ...]]
) -> DataColumns:
    columns: list[pa.Array[Any]] = []
    for column in found.values():
        values = frame[column]
        if pd.api.types.is_numeric_dtype(values):
            columns.append(pa.array(values.to_numpy(dtype=np.float64), from_pandas=True))
        else:
            missing = values.isna()
            texts = ["" if none else str(one) for one, none in zip(values, missing, strict=True)]
            columns.append(pa.array(texts, pa.string()))
    return DataColumns(pa.Table.from_arrays(columns, names=list(found)), absent=absent)
