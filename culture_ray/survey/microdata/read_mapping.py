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
    Question,
    SurveyMapping,
)
from culture_ray.survey.microdata.option_shares import OptionShares
from culture_ray.survey.microdata.read_share_mapping import read_share_mapping
from culture_ray.survey.topics import Topic, read_topic, read_topics

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
        form=TextFormat(_optional(form, "separator"), _optional(form, "encoding")),
        country=_labels(top.nested("country")),
        language=None if spoken is None else _labels(top.nested("language")),
        main_language=_main_language(spoken),
        weights=_weights(top),
        strata=_columns(mapping.get("strata"), "survey.strata"),
        clusters=_columns(mapping.get("clusters"), "survey.clusters"),
        keep=_keep(mapping.get("keep"), "survey.keep"),
        questions=_questions(top, topics),
        respondents=read_characteristics(
            Fields.of(mapping.get("respondents") or {}, "survey.respondents")
        ),
    )


def _check_layout(top: Fields) -> None:
    layout = top.values.get("layout", "respondents")
    if layout != "respondents":
        raise UnknownName("layout", str(layout), ("respondents", "option_shares"), "survey.layout")


def _optional(fields: Fields, name: str) -> str | None:
    value = fields.values.get(name)
    if value is None:
        return None
    if not isinstance(value, str) or not value:
        raise WrongValue(fields.at(name), value, "a text, or null to find it out")
    return value


def _labels(entry: Fields) -> LabelColumn:
    entry.known(("column", "codes", "recode", "optional", "main_language"))
    codes = entry.text("codes", default="own")
    if codes not in CODES:
        raise UnknownName("kind of codes", codes, CODES, where=entry.at("codes"))
    return LabelColumn(
        column=entry.text("column"),
        codes=codes,
        recode={
            _plain(key, entry.at("recode")): _plain(value, f"{entry.at('recode')}.{key}")
            for key, value in _mapping(entry, "recode").items()
        },
        optional=entry.flag("optional", default=False),
    )


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


def _questions(top: Fields, topics: Sequence[Topic]) -> tuple[Question, ...]:
    known = {topic.id: topic for topic in topics}
    shared = Fields.of(top.values.get("topics") or {}, "survey.topics")
    own = Fields.of(top.values.get("items") or {}, "survey.items")
    missing = top.codes("missing_codes", default=())
    questions = [
        _question(shared, name, known[name], missing)
        for name in map(str, shared.values)
        if name in known
    ]
    for name in map(str, own.values):
        if name in known or name in shared.values:
            expected = "an item with a name that no topic has; a known topic goes to survey.topics"
            raise WrongValue(own.at(name), name, expected)
        questions.append(_item(own, name, missing))
    if not questions:
        raise WrongValue("survey.topics", sorted(map(str, shared.values)), "a topic that is chosen")
    _check_columns(questions)
    return tuple(questions)


def _question(entries: Fields, name: str, topic: Topic, missing: Sequence[int]) -> Question:
    value = entries.values[name]
    entry = Fields({"column": value}, entries.at(name)) if isinstance(value, str) else None
    return _coded(entry or entries.nested(name).known(_OF_COLUMN), topic, missing)


def _item(entries: Fields, name: str, missing: Sequence[int]) -> Question:
    entry = entries.nested(name)
    content = {
        "code": name.upper(),
        "category": name[0].upper(),
        "category_name": "Items of the survey",
    } | {key: value for key, value in entry.values.items() if key not in _OF_COLUMN}
    return _coded(entry, read_topic(name, Fields(content, entry.key)), missing)


_OF_COLUMN = ("column", "recode", "missing_codes")


def _coded(entry: Fields, topic: Topic, missing: Sequence[int]) -> Question:
    recode = {}
    on_scale = {*topic.scale.pro, *topic.scale.con, *topic.scale.middle}
    for code, target in _mapping(entry, "recode").items():
        if type(code) is not int or type(target) is not int:
            raise WrongValue(entry.at("recode"), {code: target}, "whole numbers: file to scale")
        if target not in on_scale:
            expected = f"a code of the topic's scale, one of {sorted(on_scale)}"
            raise WrongValue(f"{entry.at('recode')}.{code}", target, expected)
        recode[code] = target
    own = entry.codes("missing_codes", default=())
    both = sorted(set(own) & (set(recode) | (on_scale - set(recode))))
    if both:
        expected = "codes that are not answers as well, on the topic's scale or in recode"
        raise WrongValue(entry.at("missing_codes"), both, expected)
    # A code that all questions of the survey share gives way to the scale of this one.
    shared = set(missing) - set(recode) - on_scale
    return Question(topic, entry.text("column"), recode, frozenset({*own, *shared}))


def _check_columns(questions: Sequence[Question]) -> None:
    used: dict[str, str] = {}
    for question in questions:
        other = used.setdefault(question.column.lower(), question.topic.id)
        if other != question.topic.id:
            expected = f"a column of its own: {other} has this one"
            raise WrongValue(f"survey.topics.{question.topic.id}", question.column, expected)
