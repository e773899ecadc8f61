"""Reader of the licensed EVS/WVS joint file: respondents, their weights and answers."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from culture_ray.errors import BadTable, UnknownName
from culture_ray.survey.microdata.columns import Notice, read_columns
from culture_ray.survey.microdata.recode import NO_ANSWER, Codes, unexpected_codes
from culture_ray.survey.topics import Topic

COUNTRY, LANGUAGE = "cntry_AN", "lnge_iso"
_WEIGHTS = ("gwght", "pwght")
_STUDY = "study"
Weights = npt.NDArray[np.float64]
Index = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Labels:
    """Column of labels: respondent i has `values[index[i]]`; an index of -1 means none."""

    values: tuple[str, ...]
    index: Index


@dataclass(frozen=True, eq=False)
class Microdata:
    """N respondents with a usable weight.

    `weight` (N,) is gwght x pwght; `answers` holds codes (N,) by topic id; `columns` holds the
    labels of each column that defines populations; `stratum` numbers the combinations of country
    and study, which were sampled separately; `notices` lists what was left out.
    """

    weight: Weights
    answers: Mapping[str, Codes]
    columns: Mapping[str, Labels]
    stratum: Index
    notices: tuple[Notice, ...]


def read_microdata(
    path: Path,
    topics: Sequence[Topic],
    by: Sequence[str] = (),
    *,
    countries: Sequence[str] | None = None,
    drop_unexpected: bool = False,
) -> Microdata:
    """Read the respondents of the joint file with their answers to `topics`.

    `by` names further columns to group respondents by, such as X001; `countries` keeps only
    respondents of these. Codes outside a topic's scale raise BadTable; with `drop_unexpected` they
    count as no answer and are reported in a notice. Raises BadTable for a file of another kind, a
    missing column, and a file without positive weights; UnknownName for a country that is not in
    the file; MissingExtra for an SPSS file if the package that reads it is missing.
    """
    grouped = tuple(dict.fromkeys((COUNTRY, LANGUAGE, *by)))
    names = [*grouped, *_WEIGHTS, *(topic.code for topic in topics)]
    read = read_columns(path, names, optional=[_STUDY])
    table, notices = read.table, list(read.notices)

    weight = np.prod([_numbers(path, table, name) for name in _WEIGHTS], axis=0)
    weighted = np.isfinite(weight) & (weight > 0)
    if not weighted.any():
        raise BadTable(f"{path}: no respondent has a positive weight {' x '.join(_WEIGHTS)}")
    placed = _labels(table, COUNTRY).index >= 0
    notices += _noticed("respondents without a positive weight gwght x pwght, left out", ~weighted)
    notices += _noticed(f"respondents without {COUNTRY}, left out", weighted & ~placed)
    kept = weighted & placed
    if countries is not None:
        kept &= _of_countries(table, countries)
    table, weight = table.filter(pa.array(kept)), weight[kept]

    columns = {name: _labels(table, name) for name in grouped}
    for name, labels in columns.items():
        notices += _noticed(f"respondents without {name}, in no population by it", labels.index < 0)
    answers = {}
    for topic in topics:
        answers[topic.id], noticed = _answers(path, table, topic, drop_unexpected)
        notices += noticed
    return Microdata(
        weight=weight,
        answers=answers,
        columns=columns,
        stratum=_strata(table, columns[COUNTRY]),
        notices=tuple(notices),
    )


def _of_countries(table: pa.Table, countries: Sequence[str]) -> npt.NDArray[np.bool_]:
    labels = _labels(table, COUNTRY)
    for country in countries:
        if country not in labels.values:
            raise UnknownName("country", country, labels.values, where="countries")
    chosen = [labels.values.index(country) for country in countries]
    return np.isin(labels.index, chosen)


def _answers(
    path: Path, table: pa.Table, topic: Topic, drop_unexpected: bool
) -> tuple[Codes, list[Notice]]:
    numbers = _numbers(path, table, topic.code)
    numbers[np.isnan(numbers)] = NO_ANSWER
    broken = numbers[(np.abs(numbers) > np.iinfo(np.int16).max + 1) | (numbers % 1 != 0)]
    if broken.size:
        raise BadTable(
            f"{path}: column {topic.code} holds {broken[0]}, which is not an answer code"
        )
    codes = numbers.astype(np.int16)
    outside = unexpected_codes(topic.scale, codes)
    if not outside:
        return codes, []
    shown = ", ".join(f"{code} ({count} times)" for code, count in outside.items())
    if not drop_unexpected:
        raise BadTable(
            f"{path}: column {topic.code} holds codes outside its {topic.scale.points} points: "
            f"{shown}; correct the scale in conf/topics, leave the topic out with topics.only, or "
            "count these as no answer with drop_unexpected=true"
        )
    text = f"answers to {topic.id} outside its {topic.scale.points} points, dropped: {shown}"
    codes[np.isin(codes, list(outside))] = NO_ANSWER
    return codes, [Notice(text, sum(outside.values()))]


def _numbers(path: Path, table: pa.Table, name: str) -> Weights:
    values = table.column(name).combine_chunks()
    if pa.types.is_string(values.type):
        # A file separated by semicolons may have decimal commas.
        texts = pc.replace_substring(pc.utf8_trim_whitespace(values), ",", ".")
        blank = pc.is_in(texts, value_set=pa.array(["", ".", "NA", "NaN"]))
        try:
            values = pc.if_else(blank, pa.scalar(None, pa.string()), texts).cast(pa.float64())
        except pa.ArrowInvalid as problem:
            raise BadTable(
                f"{path}: column {name} holds text instead of numbers ({problem}); "
                "export the file with codes, not with value labels"
            ) from problem
    return np.array(values.to_numpy(zero_copy_only=False), dtype=np.float64)


def _labels(table: pa.Table, name: str) -> Labels:
    """Return the labels of a column; blanks and negative codes are missing."""
    encoded = table.column(name).combine_chunks().dictionary_encode()
    spelt = [_label(value) for value in encoded.dictionary.to_pylist()]
    labels = sorted({text for text in spelt if text and not _NEGATIVE.match(text)})
    number = {text: index for index, text in enumerate(labels)}
    renumbered = np.array([*(number.get(text, -1) for text in spelt), -1], dtype=np.int64)
    indices = np.asarray(encoded.indices.fill_null(len(spelt)).to_numpy(), dtype=np.int64)
    return Labels(tuple(labels), np.take(renumbered, indices))


def _label(value: object) -> str:
    # Codes of SPSS and Stata files are floating-point numbers: 1.0 and 1 are one label.
    return _WHOLE.sub("", str(value).strip())


_WHOLE = re.compile(r"(?<=\d)\.0*$")
_NEGATIVE = re.compile(r"-\d+$")


def _strata(table: pa.Table, country: Labels) -> Index:
    if _STUDY not in table.column_names:
        return country.index
    study = _labels(table, _STUDY)
    both = country.index * (len(study.values) + 1) + study.index + 1
    _, numbers = np.unique(both, return_inverse=True)
    return np.asarray(numbers, dtype=np.int64)


def _noticed(text: str, rows: npt.NDArray[np.bool_]) -> list[Notice]:
    count = int(rows.sum())
    return [Notice(text, count)] if count else []
