"""Columns that are wanted from a data file, and what was read of them."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pyarrow as pa

from culture_ray.errors import BadTable, OtherSurvey
from culture_ray.survey.microdata.notices import Notice


@dataclass(frozen=True)
class Wanted:
    """Columns to read by name.

    A file without one of `names` is refused; those of `optional` may be absent. Numbers in the
    columns `labelled` are replaced by their value labels where the file has some.
    """

    names: Sequence[str]
    optional: Sequence[str] = ()
    labelled: Sequence[str] = ()
    title: str = "another file"
    """The file that is needed, for messages."""
    shown: str = ""
    """The path that the user gave, for messages."""
    others: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """Columns of other surveys' files, by the survey's name, for messages."""


@dataclass(frozen=True)
class DataColumns:
    """Columns by requested name, each of text or of 64-bit floats."""

    table: pa.Table
    notices: tuple[Notice, ...] = ()
    absent: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Nearest columns of the file to each optional column that it lacks."""


def spelt(wanted: Wanted, found: Sequence[str]) -> dict[str, str]:
    """Return the file's spelling of each column that is there, by requested name.

    Raises BadTable, naming the nearest columns, if one of `wanted.names` is not there, and for two
    columns of one name; OtherSurvey if the file has the columns of another survey.
    """
    spelling = _spelling(wanted, found)
    names = dict.fromkeys(wanted.names)
    missing = [name for name in names if name not in spelling]
    if missing:
        near = [
            f"nearest to {name}: {' or '.join(columns)}"
            for name in missing
            if (columns := nearest_columns(name, found))
        ]
        more = ", ..." if len(found) > 8 else ""
        message = (
            f"{wanted.shown}: no column {', '.join(missing)} among its {len(found)} columns "
            f"{', '.join(found[:8])}{more}; {''.join(f'{each}; ' for each in near[:4])}"
            f"{wanted.title} is needed"
        )
        if (other := _other_survey(wanted, found)) is not None:
            raise OtherSurvey(message, other)
        hint = "; survey=NAME reads another (conf/survey)" if wanted.others else ""
        raise BadTable(f"{message}{hint}")
    return spelling


def _spelling(wanted: Wanted, found: Sequence[str]) -> dict[str, str]:
    """Return the file's spelling of the columns that it has, by requested name.

    Another column may have the same letters in other capitals. Raises BadTable for columns that
    cannot be told apart.
    """
    alike: dict[str, list[str]] = {}
    for column in found:
        alike.setdefault(column.strip().lower(), []).append(column)
    spelling = {}
    for name in dict.fromkeys((*wanted.names, *wanted.optional)):
        columns = alike.get(name.lower(), [])
        columns = [column for column in columns if column.strip() == name] or columns
        if len(columns) > 1:
            raise BadTable(
                f"{wanted.shown}: {len(columns)} columns are named {name}: rename or remove all "
                "but one"
            )
        if columns:
            spelling[name] = columns[0]
    return spelling


def _other_survey(wanted: Wanted, found: Sequence[str]) -> str | None:
    """Return the survey whose columns are all in the file, the one with the most of them."""
    spelling = {column.strip().lower() for column in found}
    fit = {
        name: len(columns)
        for name, columns in wanted.others.items()
        if columns and all(column.lower() in spelling for column in columns)
    }
    return max(fit, key=lambda name: fit[name]) if fit else None


def lacking(wanted: Wanted, found: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Return the nearest columns to each optional column that is not there."""
    there = {column.strip().lower() for column in found}
    return {
        name: nearest_columns(name, found)
        for name in wanted.optional
        if name.lower() not in there
    }  # fmt: skip


def nearest_columns(name: str, found: Sequence[str]) -> tuple[str, ...]:
    """Return up to three columns that begin like `name`, or are spelt almost like it."""
    spelling = {column.strip().lower(): column.strip() for column in found}
    whole = name.lower()
    longer = [each for each in spelling if each.startswith(f"{whole}_")]
    near = difflib.get_close_matches(whole, spelling, n=3, cutoff=0.6)
    return tuple(spelling[each] for each in list(dict.fromkeys([*longer, *near]))[:3])
