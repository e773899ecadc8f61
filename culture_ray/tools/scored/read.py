"""Reader of scored responses: files become checked rows with the values of labels."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pandas as pd

from culture_ray.errors import BadTable, WrongValue
from culture_ray.tools.scored.choices import KnownNames, ScoredChoices, ScoredColumns
from culture_ray.tools.scored.export_folder import is_export, with_columns_of_export
from culture_ray.tools.scored.files import read_file, scored_files, stem
from culture_ray.tools.scored.keys import key_columns, key_sources, one_spelling, renamed_values
from culture_ray.tools.scored.long_form import gathered
from culture_ray.tools.scored.table import ScoredTable
from culture_ray.tools.scored.values import label_values
from culture_ray.tools.scored.wide_form import one_row_per_topic, topic_columns

_LONGEST_MODEL = 200
"""Bytes of a model's name in a path; file systems allow 255 for a folder."""


@dataclass(frozen=True, eq=False)
class ScoredResponses:
    """Checked scored responses."""

    rows: pd.DataFrame
    """Columns model, language, topic and value_polarity; where the files have them also family,
    persona, wording, request_id, and further columns of LABELS."""
    notes: tuple[str, ...] = ()
    """Sentences on what was read otherwise than it was written, and on what was not read."""


def read_scored(
    places: Sequence[Path], choices: ScoredChoices, known: KnownNames
) -> ScoredResponses:
    """Return the responses of files, and of the files in folders.

    Raises BadTable for a missing file or column, an empty key, an unknown language, values that
    cannot be read and a duplicate request; WrongValue for choices that contradict one another.
    """
    _check_choices(choices)
    files = scored_files(places)
    parts, notes = [], []
    renamed: set[tuple[str, str]] = set()
    for path in files:
        table = read_file(path, choices.encoding)
        own = with_columns_of_export(choices) if is_export(path.parent) else choices
        if wide := topic_columns(table, own, known.topics):
            table = one_row_per_topic(table, wide, own)
            notes.append(f"one response per row and topic, from the columns {', '.join(wide)}")
        sources = key_sources(table, own)
        renamed |= renamed_values(table, sources, own.rename)
        rows, unused = _rows(table, sources, stem(path), own, known)
        parts.append(rows)
        if unused:
            notes.append(f"columns not used: {', '.join(unused)}")
    _check_renamed(choices, renamed)
    rows = pd.concat(parts, ignore_index=True)
    for name in ("model", "family"):
        if name in rows:
            values, replaced = one_spelling(rows[name].where(rows[name].notna(), None).tolist())
            rows[name] = values
            notes += [f"{name} {old} is read as {new}" for old, new in replaced.items()]
    _check_lengths(rows["model"])
    _check_duplicates(files, rows)
    return ScoredResponses(rows, tuple(dict.fromkeys(notes)))


def _rows(
    table: ScoredTable,
    sources: Mapping[str, str],
    name: str,
    choices: ScoredChoices,
    known: KnownNames,
) -> tuple[pd.DataFrame, list[str]]:
    """Return the rows of a file, and the columns that were not read."""
    columns, names = choices.columns, table.names
    if columns.option is not None and columns.share is not None:
        table = gathered(table, sources, columns.option, columns.share)
        choices = replace(choices, columns=replace(columns, distribution=columns.share))
    keys = key_columns(table, sources, name, choices, known)
    values, used = label_values(table, choices, keys["topic"], known.scales)
    taken = {name.casefold() for name in (*sources.values(), *used, columns.option or "")}
    unused = [name for name in names if name and name.casefold() not in taken]
    return pd.DataFrame(dict(_as_columns({**keys, **values}))), unused


def _as_columns(values: dict[str, list[Any]]) -> Iterator[tuple[str, pd.Series[Any]]]:
    for name, column in values.items():
        kind = "float64" if name == "value_polarity" else "object"
        yield name, pd.Series(column, dtype=kind)


def _check_choices(choices: ScoredChoices) -> None:
    columns, defaults = choices.columns, vars(ScoredColumns())
    for key, constant in vars(choices.constants).items():
        column = getattr(columns, key)
        if constant is not None and column != defaults[key]:
            raise WrongValue(f"constants.{key}", constant, f"null beside columns.{key}={column}")
    if (columns.option is None) != (columns.share is None):
        lacking = "option" if columns.option is None else "share"
        raise WrongValue(f"columns.{lacking}", None, "the name of a column beside the other one")
    if columns.option is not None and columns.distribution is not None:
        expected = "null beside columns.option and columns.share"
        raise WrongValue("columns.distribution", columns.distribution, expected)


def _check_lengths(models: pd.Series[str]) -> None:
    for model in models.unique():
        if len(quote(model, safe="")) > _LONGEST_MODEL:
            raise BadTable(
                f"model '{model[:60]}...' has {len(model)} characters, too many for the name of a "
                f"folder: rename.model gives it a shorter name"
            )


def _check_renamed(choices: ScoredChoices, renamed: Set[tuple[str, str]]) -> None:
    for key, pairs in choices.rename.items():
        for old in pairs:
            if (key, old) not in renamed:
                raise WrongValue(f"rename.{key}", old, f"a {key} that a column of the files holds")


def _check_duplicates(files: Sequence[Path], rows: pd.DataFrame) -> None:
    if "request_id" not in rows:
        return
    known = rows.loc[rows["request_id"].notna(), "request_id"]
    duplicates = known[known.duplicated()]
    if len(duplicates):
        raise BadTable(
            f"{', '.join(map(str, files))}: request '{duplicates.iloc[0]}' occurs twice, and "
            f"{len(duplicates)} rows are duplicates in all: keep one row per response"
        )
