"""Checks that the answers a language offers are those of the topics' scales."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from culture_ray.errors import BadPrompts, WrongValue
from culture_ray.prompts.factors import Factors
from culture_ray.prompts.language import Language
from culture_ray.survey.topics import Topic


def check_answers(
    languages: Iterable[Language], topics: Sequence[Topic], factors: Factors, key: str
) -> None:
    """Raise BadPrompts if the answers offered do not match the topic's scale.

    Raises WrongValue, naming `key`, for a level of the middle point that does nothing to a topic or
    that its answers cannot have.
    """
    for language in languages:
        for topic in topics:
            scale, offered = topic.scale, set(language.topics[topic.id].answers)
            unknown = offered - {*scale.pro, *scale.con, *scale.middle}
            where = f"language {language.code}, topic {topic.id}"
            if unknown:
                raise BadPrompts(
                    f"{where}: the answers offered include code {min(unknown)}, which the item "
                    f"does not have in conf/topics: choose another scale of `answers` for the topic"
                )
            if not offered & set(scale.pro) or not offered & set(scale.con):
                raise BadPrompts(f"{where}: the answers offered lack a pro or a con answer")
            if factors.middle != ("as_is",):
                _check_middle(key, factors.middle, language, topic)


def _check_middle(key: str, levels: Sequence[str], language: Language, topic: Topic) -> None:
    answers = language.topics[topic.id].answers
    codes = sorted(answers)
    odd = len(codes) % 2 == 1
    where = f"topic {topic.id} in {language.code}"
    if odd and codes[len(codes) // 2] not in topic.scale.middle:
        why = f"{where} has {len(codes)} answers, and none of them is between the two sides"
        raise WrongValue(f"{key}.middle", list(levels), f"as_is, or topics.only without it: {why}")
    if not odd and any(text[:1].isdecimal() for text in answers.values()):
        why = f"the answers of {where} are numbers"
        raise WrongValue(f"{key}.middle", list(levels), f"as_is, or topics.only without it: {why}")
    same = "with" if odd else "without"
    if {"as_is", same} <= set(levels):
        expected = f"as_is or {same}, not both: they ask {where} alike"
        raise WrongValue(f"{key}.middle", list(levels), expected)
    if "with" in levels and not odd and not language.middle:
        raise BadPrompts(
            f"language {language.code}: no text for a middle point, which topic {topic.id} has "
            f"none of; add middle to conf/language/{language.code}.yaml, or leave out {key}.middle"
        )
