"""Reader of the files in conf/survey, which map the columns of a survey to topics."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from culture_ray.errors import IN_QUOTES, UnknownName, WrongValue
from culture_ray.survey.fields import Fields
from culture_ray.survey.microdata.characteristics import read_characteristics
from culture_ray.survey.microdata.files.columns import TextFormat
from culture_ray.survey.microdata.mapping import (
    CODES,
    POOLED,
    WITHIN,
    LabelColumn,
    SurveyMapping,
)
from culture_ray.survey.microdata.option_shares import OptionShares
from culture_ray.survey.microdata.read_questions import read_questions
from culture_ray.survey.microdata.read_share_mapping import read_share_mapping
from culture_ray.survey.topics import Topic, read_topics

_KEYS = (
    "name", "title", "source", "layout", "file", "country", "language", "weights", "strata",
    "clusters", "keep", "missing_codes", "respondents", "topics", "items",
)  # fmt: skip


def mapping_of(
    survey: Mapping[str, object], topics: Mapping[str, object]
) -> SurveyMapping | OptionShares:
    """Return the mapping of a survey, restricted to the topics and items in topics.only.

    `survey` and `topics` are the contents of files in conf/survey and conf/topics. Raises
    UnknownName for a name in topics.only that neither of them has, and WrongValue for a topic that
    the survey did not ask, beside what `read_mapping` raises.
    """
    catalogue = read_topics({**topics, "only": None})
    if survey.get("layout") == "option_shares":
        published = read_share_mapping(survey, catalogue)
        chosen = _only(topics, published.name, published.topics, catalogue)
        return replace(
            published, questions=tuple(q for q in published.questions if q.topic.id in chosen)
        )
    mapping = read_mapping(survey, catalogue)
    chosen = _only(topics, mapping.name, mapping.topics, catalogue)
    return replace(mapping, questions=tuple(q for q in mapping.questions if q.topic.id in chosen))


def _only(
    topics: Mapping[str, object], survey: str, asked: Sequence[Topic], catalogue: Sequence[Topic]
) -> set[str]:
    """Return the ids in topics.only, all that the survey asked without it."""
    only, known = topics.get("only"), [topic.id for topic in asked]
    if only is None:
        return set(known)
    if not isinstance(only, list | tuple) or not only:
        raise WrongValue("topics.only", only, "null for all topics, or a list of topic ids")
    for name in only:
        if name not in known and name in {topic.id for topic in catalogue}:
            raise WrongValue("topics.only", name, f"topics of survey {survey}: {_some(known)}")
        if name not in known:
            choices = {*known, *(topic.id for topic in catalogue)}
            raise UnknownName("topic", str(name), choices, where="topics.only")
    return set(only)


def _some(names: Iterable[str], shown: int = 8) -> str:
    listed = list(names)
    return ", ".join(listed[:shown]) + (", ..." if len(listed) > shown else "")


def read_mapping(mapping: Mapping[str, object], topics: Sequence[Topic]) -> SurveyMapping:
    """Return the mapping of a survey, with those of `topics` that it has and items of its own.

    Raises WrongValue for a malformed entry, a code that is mapped twice, a column that is used for
    two topics, and a mapping without one of `topics`; UnknownName for an unknown key.
    """
    top = Fields.of(mapping, "survey").known(_KEYS)
    _check_layout(top)
    form = Fields.of(mapping.get("file") or {}, "survey.file").known(("separator", "encoding"))
    spoken = mapping.get("language")
    return SurveyMapping(
        name=top.text("name"),
        title=top.text("title"),
        source=top.text("source"),
        form=TextFormat(_separator(form), _optional(form, "encoding")),
        country=_labels(top.nested("country"), "country", "iso3166"),
        language=(
            None if spoken is None else _labels(top.nested("language"), "language", "iso639")
        ),
        main_language=_main_language(spoken),
        weights=_weights(top),
        strata=_columns(mapping.get("strata"), "survey.strata"),
        clusters=_columns(mapping.get("clusters"), "survey.clusters"),
        keep=_keep(mapping.get("keep"), "survey.keep"),
        questions=read_questions(top, topics),
        respondents=read_characteristics(
            Fields.of(mapping.get("respondents") or {}, "survey.respondents")
        ),
    )


def _check_layout(top: Fields) -> None:
    layout = top.values.get("layout", "respondents")
    if layout != "respondents":
        raise UnknownName("layout", str(layout), ("respondents", "option_shares"), "survey.layout")


def _separator(form: Fields) -> str | None:
    separator = _optional(form, "separator")
    if separator is not None and len(separator) > 1:
        expected = 'one character, such as ";" or "\\t", or null to find it out'
        raise WrongValue(form.at("separator"), separator, expected)
    return separator


def _optional(fields: Fields, name: str) -> str | None:
    value = fields.values.get(name)
    if value is None:
        return None
    if not isinstance(value, str) or not value:
        raise WrongValue(fields.at(name), value, "a text, or null to find it out")
    return value


def _labels(entry: Fields, word: str, usual: str) -> LabelColumn:
    """Return the column of countries or languages (`word`), or their constant as `usual` codes."""
    entry.known(("column", "constant", "codes", "recode", "optional", "main_language"))
    constant = _constant(entry)
    codes = entry.text("codes", default=usual if constant else "own")
    if codes not in CODES:
        raise UnknownName("kind of codes", codes, CODES, where=entry.at("codes"))
    return LabelColumn(
        column=word if constant else entry.text("column"),
        codes=codes,
        recode={
            _plain(key, entry.at("recode")): _plain(value, f"{entry.at('recode')}.{key}")
            for key, value in _mapping(entry, "recode").items()
        },
        optional=entry.flag("optional", default=False),
        constant=constant,
    )


def _constant(entry: Fields) -> str:
    if "constant" not in entry.values:
        return ""
    beside = [name for name in entry.values if name not in ("constant", "codes")]
    if beside:
        expected = f"one of constant and {beside[0]}: a constant holds for all respondents"
        raise WrongValue(entry.at(beside[0]), entry.values[beside[0]], expected)
    return entry.text("constant")


def _main_language(spoken: object) -> bool:
    if spoken is None:
        return False
    return Fields.of(spoken, "survey.language").flag("main_language", default=False)


def _plain(value: object, key: str) -> str:
    """Return a code as text; raises WrongValue for what YAML read as true, false or null."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise WrongValue(key, value, f"a code ({IN_QUOTES})")
    return str(value)


def _mapping(entry: Fields, name: str) -> Mapping[Any, Any]:
    value = entry.values.get(name)
    return Fields.of({} if value is None else value, entry.at(name)).values


def _weights(top: Fields) -> dict[str, tuple[str, ...]]:
    entry = top.nested("weights")
    kinds = {
        str(kind): _columns(columns, entry.at(kind)) for kind, columns in entry.values.items()
    }  # fmt: skip
    if WITHIN not in kinds:
        expected = f"columns for '{WITHIN}' (one country), for '{POOLED}' (several), or others"
        raise WrongValue(entry.key, dict(entry.values), expected)
    return {POOLED: kinds[WITHIN]} | kinds


def _columns(value: object, key: str) -> tuple[str, ...]:
    if value is None:
        return ()
    listed = [value] if isinstance(value, str) else value
    if not isinstance(listed, list | tuple) or any(not isinstance(x, str) for x in listed):
        raise WrongValue(key, value, f"names of columns ({IN_QUOTES})")
    if len(set(listed)) != len(listed):
        raise WrongValue(key, value, "each column once")
    return tuple(listed)


def _keep(value: object, key: str) -> dict[str, tuple[str, ...]]:
    kept = {}
    for column, values in Fields.of({} if value is None else value, key).values.items():
        listed = values if isinstance(values, list | tuple) else [values]
        kept[str(column)] = tuple(_plain(each, f"{key}.{column}") for each in listed)
    return kept
