"""Reader of the questions in the files of conf/survey: topics, and items of a survey's own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from culture_ray.errors import IN_QUOTES, WrongValue
from culture_ray.survey.fields import Fields
from culture_ray.survey.microdata.mapping import Question, plain_label
from culture_ray.survey.microdata.recode import NO_ANSWER
from culture_ray.survey.topics import Topic, read_topic

REVERSED = "reversed"
"""Value of `recode` for a file whose scale runs the other way."""
_OF_COLUMN = ("column", "recode", "missing_codes")


def read_questions(top: Fields, topics: Sequence[Topic]) -> tuple[Question, ...]:
    """Return the questions of a mapping, whose fields are `top`, on `topics` and on its own items.

    A topic that was asked in several columns has a question for each. Raises WrongValue.
    """
    known = {topic.id: topic for topic in topics}
    shared = Fields.of(top.values.get("topics") or {}, "survey.topics")
    own = Fields.of(top.values.get("items") or {}, "survey.items")
    missing = _missing(top)
    questions = [
        question
        for name in map(str, shared.values)
        if name in known
        for question in _of_topic(shared, name, known[name], missing)
    ]
    for name in map(str, own.values):
        if name in known or name in shared.values:
            expected = "an item with a name that no topic has; a known topic goes to survey.topics"
            raise WrongValue(own.at(name), name, expected)
        questions += _of_item(own, name, missing)
    if not questions:
        raise WrongValue("survey.topics", sorted(map(str, shared.values)), "a topic that is chosen")
    _check_columns(questions)
    return tuple(questions)


def _of_topic(
    entries: Fields, name: str, topic: Topic, missing: Sequence[int | str]
) -> list[Question]:
    value = entries.values[name]
    if not isinstance(value, list | tuple):
        return [_coded(_column(entries, name), topic, missing)]
    if not value:
        raise WrongValue(entries.at(name), value, "a column, or a list of columns")
    asked = Fields(dict(enumerate(value)), entries.at(name))
    return [_coded(_column(asked, nth), topic, missing) for nth in asked.values]


def _column(entries: Fields, name: Any) -> Fields:
    """Return the fields of an entry that is the name of a column, or a mapping with it."""
    value = entries.values[name]
    if isinstance(value, str):
        return Fields({"column": value}, entries.at(name))
    return entries.nested(name).known(_OF_COLUMN)


def _of_item(entries: Fields, name: str, missing: Sequence[int | str]) -> list[Question]:
    entry = entries.nested(name)
    content = {
        "code": name.upper(),
        "category": name[0].upper(),
        "category_name": "Items of the survey",
    } | {key: value for key, value in entry.values.items() if key not in (*_OF_COLUMN, "columns")}
    topic = read_topic(name, Fields(content, entry.key))
    if "columns" not in entry.values:
        return [_coded(entry, topic, missing)]
    both = [key for key in _OF_COLUMN if key in entry.values]
    if both:
        expected = f"one of columns and {both[0]}: a column in columns has its own {both[0]}"
        raise WrongValue(entry.at("columns"), entry.values["columns"], expected)
    return _of_topic(entry, "columns", topic, missing)


def _coded(entry: Fields, topic: Topic, missing: Sequence[int | str]) -> Question:
    recode, labels = _recode(entry, topic)
    on_scale = set(topic.scale.answers)
    own = _missing(entry)
    codes = {each for each in own if isinstance(each, int)}
    silent = {plain_label(each) for each in own if isinstance(each, str)}
    both = [*sorted(codes & (set(recode) | on_scale)), *sorted(silent & set(labels))]
    if both:
        expected = "codes that are not answers as well, on the topic's scale or in recode"
        raise WrongValue(entry.at("missing_codes"), both, expected)
    # A code that all questions of the survey share gives way to the scale of this one.
    shared = {each for each in missing if isinstance(each, int)} - set(recode) - on_scale
    silent |= {plain_label(each) for each in missing if isinstance(each, str)}
    return Question(
        topic,
        entry.text("column"),
        recode,
        frozenset(codes | shared),
        dict.fromkeys(silent, int(NO_ANSWER)) | labels,
    )


def _recode(entry: Fields, topic: Topic) -> tuple[dict[int, int], dict[str, int]]:
    """Return the codes on the topic's scale by code of the file, and by label of the file."""
    codes, labels = dict[int, int](), dict[str, int]()
    value, answers = entry.values.get("recode"), topic.scale.answers
    if value == REVERSED:
        return dict(zip(answers, reversed(answers), strict=True)), labels
    if isinstance(value, str):
        expected = f"{REVERSED}, or a code of the scale for each code or label of the file"
        raise WrongValue(entry.at("recode"), value, expected)
    pairs = Fields.of({} if value is None else value, entry.at("recode")).values
    for code, target in pairs.items():
        if type(target) is not int or type(code) not in (int, str) or _is_number(code):
            expected = "file to scale: a whole number, or a label in quotes, to a whole number"
            raise WrongValue(entry.at("recode"), {code: target}, expected)
        if target not in answers:
            expected = f"a code of the topic's scale, one of {list(answers)}"
            raise WrongValue(f"{entry.at('recode')}.{code}", target, expected)
        if isinstance(code, int):
            codes[code] = target
        elif labels.setdefault(plain_label(code), target) != target:
            raise WrongValue(f"{entry.at('recode')}.{code}", target, "each label once")
    return codes, labels


def _is_number(code: object) -> bool:
    return isinstance(code, str) and code.strip().lstrip("+-").isdecimal()


def _missing(entry: Fields) -> tuple[int | str, ...]:
    """Return the codes and labels that are no answers."""
    value = entry.values.get("missing_codes", ())
    listed = isinstance(value, list | tuple) and all(type(each) in (int, str) for each in value)
    if not listed or len(set(value)) != len(value) or any(map(_is_number, value)):
        expected = f"a list of distinct whole numbers, or labels ({IN_QUOTES})"
        raise WrongValue(entry.at("missing_codes"), value, expected)
    return tuple(value)


def _check_columns(questions: Sequence[Question]) -> None:
    used: dict[str, str] = {}
    for question in questions:
        column = question.column.lower()
        if column in used:
            expected = f"a column of its own: {used[column]} has this one"
            raise WrongValue(f"survey.topics.{question.topic.id}", question.column, expected)
        used[column] = question.topic.id
