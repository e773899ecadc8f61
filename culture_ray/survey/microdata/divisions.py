"""Labels by which respondents are divided: country, language and other columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pyarrow as pa

from culture_ray.survey.codes.languages import language_tag
from culture_ray.survey.microdata.labels import Labels, coded_labels, labels_of
from culture_ray.survey.microdata.mapping import SurveyMapping
from culture_ray.survey.microdata.notices import Notice, noticed


def division_labels(
    table: pa.Table, mapping: SurveyMapping, by: Sequence[str], main: Mapping[str, str]
) -> tuple[dict[str, Labels], list[Notice]]:
    """Return the labels of each column that defines populations, and notices on who has none.

    These are the countries, the languages where the file or the country tells them (`main`, its
    main language by country), and `by`.
    """
    nation, _ = coded_labels(table, mapping.country)
    columns = {mapping.country.column: nation}
    notices: list[Notice] = []
    if mapping.language is not None:
        spoken, notices = _spoken(table, mapping, nation, main)
        if spoken is not None:
            columns[mapping.language.column] = spoken
    there = [name for name in by if name not in columns and name in table.column_names]
    columns |= {name: labels_of(table, name) for name in there}
    for name, labels in columns.items():
        notices += noticed(f"respondents without {name}, in no population by it", labels.index < 0)
    return columns, notices


def _spoken(
    table: pa.Table, mapping: SurveyMapping, nation: Labels, main: Mapping[str, str]
) -> tuple[Labels | None, list[Notice]]:
    assert mapping.language is not None
    column = mapping.language.column
    there = column in table.column_names
    if not there and not mapping.main_language:
        return None, [Notice(f"no column {column}: no speakers of languages", 1)]
    if not there:
        nobody = Labels((), np.full(table.num_rows, -1, dtype=np.int64))
        spoken, notices = nobody, list[Notice]()
    else:
        spoken, notices = coded_labels(table, mapping.language)
    if not mapping.main_language:
        return _unless_empty(spoken, column, notices)
    spoken, filled = _with_main_languages(spoken, nation, main)
    text = (
        f"respondents whose language {column} does not tell, counted as in their country's main one"
    )
    return _unless_empty(spoken, column, [Notice(text, filled)] if filled else [])


def _unless_empty(
    spoken: Labels, column: str, notices: list[Notice]
) -> tuple[Labels | None, list[Notice]]:
    if spoken.values:
        return spoken, notices
    return None, [*notices, Notice(f"no language in column {column}: no speakers of languages", 1)]


def _with_main_languages(
    spoken: Labels, countries: Labels, main: Mapping[str, str]
) -> tuple[Labels, int]:
    """Return the languages, those missing or no language tag filled with the country's main one.

    The number of respondents whose language was filled comes second.
    """
    tags = [language_tag(value, {}) for value in spoken.values]
    known = np.array([tag is not None for tag in tags] + [False])[spoken.index]
    names = sorted({*(tag for tag in tags if tag), *main.values()})
    number = {name: index for index, name in enumerate(names)}
    said = np.array([number.get(tag or "", -1) for tag in tags] + [-1], dtype=np.int64)
    usual = [number[main[country]] if country in main else -1 for country in countries.values]
    by_country = np.array([*usual, -1], dtype=np.int64)[countries.index]
    index = np.where(known, said[spoken.index], by_country)
    filled = int((~known & (by_country >= 0)).sum())
    used = sorted({names[position] for position in np.unique(index) if position >= 0})
    places = np.array([used.index(name) if name in used else -1 for name in names] + [-1])
    return Labels(tuple(used), places[index].astype(np.int64)), filled
