"""Reader of a survey's respondents, their weights and answers, by the mapping of its file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from culture_ray.errors import BadTable, UnknownName
from culture_ray.survey.microdata.answers import Answers, read_answers, topics_in
from culture_ray.survey.microdata.divisions import division_labels
from culture_ray.survey.microdata.files.columns import read_columns
from culture_ray.survey.microdata.files.numbers import Weights, numbers
from culture_ray.survey.microdata.files.wanted import DataColumns, Wanted
from culture_ray.survey.microdata.labels import Index, Labels, coded_labels, labels_of
from culture_ray.survey.microdata.mapping import POOLED, WITHIN, SurveyMapping, topics_of
from culture_ray.survey.microdata.notices import Notice, noticed
from culture_ray.survey.microdata.sample import clusters_of, strata_of
from culture_ray.survey.topics import Topic

_NOTHING: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True, eq=False)
class Microdata:
    """N respondents with usable weights.

    `weight` and `pooled_weight` (N,) are for populations within one country and for those of
    several; `answers` holds codes (N,) by topic id, `topics` those that the file has; `columns`
    holds the labels of each column that defines populations, with `country` and `language` the
    names of two of them; `stratum` and `cluster` (N,) number the strata of the sample and the
    primary sampling units within them; `notices` lists what was left out.
    """

    topics: tuple[Topic, ...]
    weight: Weights
    pooled_weight: Weights
    answers: Answers
    columns: Mapping[str, Labels]
    country: str
    language: str | None
    stratum: Index
    cluster: Index
    notices: tuple[Notice, ...]


def read_microdata(
    paths: Sequence[Path],
    mapping: SurveyMapping,
    by: Sequence[str] = (),
    *,
    countries: Sequence[str] | None = None,
    weights: str | None = None,
    need_topics: bool = False,
    drop_unexpected: bool = False,
    main_languages: Mapping[str, str] = _NOTHING,
    surveys: Mapping[str, Sequence[str]] = _NOTHING,
) -> Microdata:
    """Read the respondents of a survey with their answers to the topics of its mapping.

    `by` names columns to group respondents by, such as X001; `countries` keeps only respondents
    of these; `weights` is a kind of weight for all populations; `main_languages` are the languages
    by country that a file may leave to the reader; `surveys` are the columns of other surveys'
    files, by name, to tell whose file it is. A topic whose column is not in the file is left out
    with a notice, or with `need_topics` raises BadTable. Codes outside a topic's scale raise
    BadTable; with `drop_unexpected` they count as no answer and are reported in a notice. Raises
    BadTable for a file of another kind, a missing column, and a file without positive weights;
    UnknownName for a country that is not in the file or an unknown kind of weights; MissingExtra
    for an SPSS file if the package that reads it is missing.
    """
    shown = ", ".join(str(path) for path in paths)
    by = [mapping.column_of(word) for word in by]
    kinds = {kind: _columns(mapping, weights or kind) for kind in (WITHIN, POOLED)}
    read = read_columns(paths, _wanted(mapping, by, kinds, need_topics, surveys), mapping.form)
    read = replace(read, table=_with_constants(read.table, mapping))
    questions, notices = topics_in(read, mapping, shown)
    notices = [*read.notices, *notices, *_unsampled(read, mapping)]

    weight = {kind: _product(shown, read.table, columns) for kind, columns in kinds.items()}
    named = " x ".join(dict.fromkeys(column for part in kinds.values() for column in part))
    weighted = np.all([np.isfinite(each) & (each > 0) for each in weight.values()], axis=0)
    if not weighted.any():
        raise BadTable(f"{shown}: no respondent has a positive weight {named}")
    chosen, other = _chosen(read.table, mapping)
    nation, unknown = coded_labels(read.table, mapping.country)
    placed = nation.index >= 0
    notices += noticed(other, ~chosen) + unknown
    text = f"respondents without a positive weight {named}, left out"
    notices += noticed(text, chosen & ~weighted)
    text = f"respondents without {mapping.country.column}, left out"
    notices += noticed(text, chosen & weighted & ~placed)
    kept = chosen & weighted & placed
    if not kept.any():
        raise BadTable(f"{shown}: no respondent is left: {other or text}")
    if countries is not None:
        kept &= _of_countries(nation, countries)
    table = read.table.filter(pa.array(kept))

    columns, more = division_labels(table, mapping, by, main_languages)
    notices += more
    answers, more = read_answers(shown, table, questions, drop_unexpected)
    nation = columns[mapping.country.column]
    stratum = strata_of(table, mapping.strata, nation.index)
    spoken = mapping.language.column if mapping.language else None
    return Microdata(
        topics=topics_of(questions),
        weight=weight[WITHIN][kept],
        pooled_weight=weight[POOLED][kept],
        answers=answers,
        columns=columns,
        country=mapping.country.column,
        language=spoken if spoken in columns else None,
        stratum=stratum,
        cluster=clusters_of(table, mapping.clusters, stratum),
        notices=(*notices, *more),
    )


def _columns(mapping: SurveyMapping, kind: str) -> tuple[str, ...]:
    if kind not in mapping.weights:
        raise UnknownName("kind of weights", kind, mapping.weights, where=f"survey {mapping.name}")
    return mapping.weights[kind]


def _wanted(
    mapping: SurveyMapping,
    by: Sequence[str],
    kinds: Mapping[str, Sequence[str]],
    need_topics: bool,
    surveys: Mapping[str, Sequence[str]],
) -> Wanted:
    questions = [question.column for question in mapping.questions]
    spoken = mapping.language
    loose = spoken is not None and (spoken.optional or mapping.main_language)
    names = [
        mapping.country.column,
        *([spoken.column] if spoken is not None and not loose else []),
        *(column for column in by if not (loose and spoken and column == spoken.column)),
        *(column for columns in kinds.values() for column in columns),
        *mapping.keep,
        *(questions if need_topics else []),
    ]
    optional = [
        *([spoken.column] if spoken is not None and loose else []),
        *mapping.strata,
        *mapping.clusters,
        *([] if need_topics else questions),
    ]
    labelled = [mapping.country.column] if mapping.country.codes == "names" else []
    names = [name for name in names if name not in mapping.constants]
    others = {name: columns for name, columns in surveys.items() if name != mapping.name}
    return Wanted(names, optional, labelled, mapping.title, others=others)


def _with_constants(table: pa.Table, mapping: SurveyMapping) -> pa.Table:
    for name, value in mapping.constants.items():
        table = table.append_column(name, pa.array([value] * table.num_rows, pa.string()))
    return table


def _product(shown: str, table: pa.Table, columns: Sequence[str]) -> Weights:
    expected = "weights are numbers, with a point or a comma before decimals"
    factors = [
        numbers(shown, name, table.column(name).combine_chunks(), expected) for name in columns
    ]
    return np.asarray(np.prod([np.ones(table.num_rows), *factors], axis=0), dtype=np.float64)


def _chosen(table: pa.Table, mapping: SurveyMapping) -> tuple[npt.NDArray[np.bool_], str]:
    """Return the respondents that the mapping keeps, and a sentence about the others."""
    kept = np.ones(table.num_rows, dtype=bool)
    for column, values in mapping.keep.items():
        labels = labels_of(table, column)
        kept &= np.isin(labels.index, [i for i, x in enumerate(labels.values) if x in values])
    told = " and ".join(f"{name} {' or '.join(values)}" for name, values in mapping.keep.items())
    return kept, f"respondents outside {told}, left out" if told else ""


def _of_countries(labels: Labels, countries: Sequence[str]) -> npt.NDArray[np.bool_]:
    for country in countries:
        if country not in labels.values:
            raise UnknownName("country", country, labels.values, where="countries")
    chosen = [labels.values.index(country) for country in countries]
    return np.isin(labels.index, chosen)


def _unsampled(read: DataColumns, mapping: SurveyMapping) -> list[Notice]:
    """Return a notice on columns of the sample's design that the file lacks."""
    lacking = [name for name in (*mapping.strata, *mapping.clusters) if name in read.absent]
    if not lacking:
        return []
    told = f"no column {', '.join(lacking)}"
    return [Notice(f"{told}: standard errors without this part of the sample's design", 1)]
