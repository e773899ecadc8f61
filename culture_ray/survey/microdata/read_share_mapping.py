"""Reader of the files in conf/survey that map published distributions of answers to topics."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from culture_ray.errors import IN_QUOTES, WrongValue
from culture_ray.survey.fields import Fields
from culture_ray.survey.microdata.files.columns import TextFormat
from culture_ray.survey.microdata.option_shares import OptionQuestion, OptionShares
from culture_ray.survey.topics import Topic, read_topic

_KEYS = (
    "name", "title", "source", "layout", "columns", "recode", "not_answers", "topics", "items",
)  # fmt: skip
_OF_QUESTION = ("question", "codes")


def read_share_mapping(mapping: Mapping[str, object], topics: Sequence[Topic]) -> OptionShares:
    """Return the mapping of published distributions, with those of `topics` that it has.

    Raises WrongValue for a malformed entry, a code that is mapped twice and a mapping without one
    of `topics`; UnknownName for an unknown key.
    """
    top = Fields.of(mapping, "survey").known(_KEYS)
    columns = top.nested("columns").known(("question", "shares", "options"))
    recode = Fields.of(mapping.get("recode") or {}, "survey.recode")
    options = mapping.get("not_answers") or ()
    if not isinstance(options, list | tuple) or not all(isinstance(x, str) for x in options):
        raise WrongValue("survey.not_answers", options, f"a list of texts ({IN_QUOTES})")
    return OptionShares(
        name=top.text("name"),
        title=top.text("title"),
        source=top.text("source"),
        form=TextFormat(),
        question=columns.text("question"),
        shares=columns.text("shares"),
        options=columns.text("options"),
        recode={str(name): recode.text(name) for name in recode.values},
        not_answers=frozenset(option.lower() for option in options),
        questions=_questions(top, topics),
    )


def _questions(top: Fields, topics: Sequence[Topic]) -> tuple[OptionQuestion, ...]:
    known = {topic.id: topic for topic in topics}
    shared = Fields.of(top.values.get("topics") or {}, "survey.topics")
    own = Fields.of(top.values.get("items") or {}, "survey.items")
    questions = [_question(shared, name, known[name]) for name in shared.values if name in known]
    for name in map(str, own.values):
        entry = own.nested(name)
        content = {key: value for key, value in entry.values.items() if key not in _OF_QUESTION}
        about = {"code": name.upper(), "category": name[0].upper(), "category_name": "Own items"}
        topic = read_topic(name, Fields(about | content, entry.key))
        questions.append(_question(own, name, topic))
    if not questions:
        raise WrongValue("survey.topics", sorted(map(str, shared.values)), "a topic that is chosen")
    return tuple(questions)


def _question(entries: Fields, name: str, topic: Topic) -> OptionQuestion:
    value = entries.values[name]
    entry = Fields({"question": value}, entries.at(name)) if isinstance(value, str) else None
    entry = entry or entries.nested(name)
    pattern = entry.text("question")
    try:
        re.compile(pattern)
    except re.error as problem:
        raise WrongValue(entry.at("question"), pattern, f"a pattern ({problem})") from problem
    usual = tuple(code for code in topic.scale.answers if code >= 1 or topic.scale.points == 11)
    codes = entry.codes("codes", default=usual)
    outside = sorted(set(codes) - set(topic.scale.answers))
    if outside:
        expected = f"codes of the topic's scale, {sorted(topic.scale.answers)}"
        raise WrongValue(entry.at("codes"), outside, expected)
    return OptionQuestion(topic, pattern, codes)
