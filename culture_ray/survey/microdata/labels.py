"""Labels of respondents: countries, languages and other columns that divide them."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from culture_ray.survey.blanks import is_mark
from culture_ray.survey.codes.countries import country_code
from culture_ray.survey.codes.languages import language_tag
from culture_ray.survey.microdata.mapping import LabelColumn
from culture_ray.survey.microdata.notices import Notice

Index = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Labels:
    """Column of labels: respondent i has `values[index[i]]`; an index of -1 means none."""

    values: tuple[str, ...]
    index: Index


def labels_of(table: pa.Table, name: str) -> Labels:
    """Return the labels of a column; blanks, marks such as .a and negative codes are missing."""
    return _numbered(table, name, lambda text: text)


def coded_labels(table: pa.Table, column: LabelColumn) -> tuple[Labels, list[Notice]]:
    """Return the labels of a column of countries or languages as codes, and notices.

    A label that cannot be turned into a code stays as it is, and is told.
    """
    recode = {name.casefold(): value for name, value in (column.recode or {}).items()}
    unknown: set[str] = set()

    def code(text: str) -> str:
        if text.casefold() in recode:
            return recode[text.casefold()]
        match column.codes:
            case "iso3166":
                # Numbers lose their leading zeros in files: 36 is Australia, 036.
                found = country_code(text.zfill(3) if text.isdecimal() else text)
            case "names":
                found = country_code(text)
            case "iso639":
                found = language_tag(text, {})
            case _:
                found = text
        if found is None:
            unknown.add(text)
        return text if found is None else found

    labels = _numbered(table, column.column, code)
    left = [value for value in unknown if value in labels.values]
    if not left:
        return labels, []
    count = int(np.isin(labels.index, [labels.values.index(value) for value in left]).sum())
    shown = ", ".join(sorted(left)[:6]) + (", ..." if len(left) > 6 else "")
    text = f"respondents with a code of {column.column} that is not known, kept as it is: {shown}"
    return labels, [Notice(text, count)]


def _numbered(table: pa.Table, name: str, code: Callable[[str], str]) -> Labels:
    encoded = table.column(name).combine_chunks().dictionary_encode()
    spelt = [_text(value) for value in encoded.dictionary.to_pylist()]
    missing = [not text or is_mark(text) or _NEGATIVE.match(text) for text in spelt]
    coded = ["" if none else code(text) for text, none in zip(spelt, missing, strict=True)]
    labels = sorted({text for text in coded if text})
    number = {text: index for index, text in enumerate(labels)}
    renumbered = np.array([*(number.get(text, -1) for text in coded), -1], dtype=np.int64)
    indices = np.asarray(encoded.indices.fill_null(len(spelt)).to_numpy(), dtype=np.int64)
    return Labels(tuple(labels), np.take(renumbered, indices))


def _text(value: object) -> str:
    # Codes of SPSS and Stata files are floating-point numbers: 1.0 and 1 are one label.
    if value is None or (isinstance(value, float) and np.isnan(value)):
        return ""
    return _WHOLE.sub("", str(value).strip())


_WHOLE = re.compile(r"(?<=\d)\.0*$")
_NEGATIVE = re.compile(r"-\d+$")
