"""Rendering of prompts from templates and wordings."""

from __future__ import annotations

from collections.abc import Sequence

from culture_ray.prompts.factors import USUAL, Variant
from culture_ray.prompts.language import Language
from culture_ray.prompts.options import (
    OfferedOptions,
    battery_text,
    offered_options,
    question_of,
)
from culture_ray.prompts.profile_texts import Person
from culture_ray.prompts.protocols import find_protocol
from culture_ray.prompts.typos import with_typos
from culture_ray.survey.profiles import Profile, is_profile


def render(
    language: Language,
    protocol_name: str,
    template: str,
    topic: str,
    wording: str,
    persona: str | None = None,
    variant: Variant = USUAL,
    person: Person = "first",
    items: Sequence[str] = (),
) -> str:
    """Return the prompt of a template, topic, wording and persona, given by ids.

    `items` are the topics of a battery, of which `topic` is the name. The persona is a country, or
    the profile of a respondent, who speaks in this `person`. The ids are those of a design over
    texts that `check_language` and `check_profiles` accept; others raise KeyError.
    """
    protocol = find_protocol(protocol_name)
    text = language.protocols[protocol.texts].templates[template]
    if variant.typos:
        text = with_typos(text, variant.typos)
    asked = [
        _asked(language, each, wording, variant, survey=protocol.offers_options)
        for each in items or (topic,)
    ]
    if protocol.putting == "battery":
        options = [options_of(language, each, wording, variant) for each in items]
        text = text.replace("{questions}", battery_text(asked, options))
    if protocol.has_persona:
        text = text.replace("{country}", language.countries[persona or ""])
    text = text.replace("{topic}", asked[0])
    if protocol.offers_options and not items:
        text = text.replace("{options}", options_of(language, topic, wording, variant).lines)
    if persona is not None and is_profile(persona) and language.respondents is not None:
        profile = Profile.read(persona)
        introduction = language.respondents.introduction(profile, language.countries, person)
        text = f"{introduction}\n\n{text}"
    return text


def options_of(
    language: Language, topic: str, wording: str, variant: Variant = USUAL
) -> OfferedOptions:
    """Return the options of a question, in the order of its wording."""
    return offered_options(
        language.topics[topic].answers, wording, variant, language.dont_know, language.middle
    )


def question_text(language: Language, topic: str, wording: str, variant: Variant = USUAL) -> str:
    """Return the survey's question of a wording, as a variant asks it."""
    return _asked(language, topic, wording, variant, survey=True)


def completion_form(language: Language, protocol_name: str, prompt: str) -> str:
    """Return the prompt for a base model without a chat template: it ends where the answer begins.

    That is the first item of a list, or the label of an option.
    """
    protocol = find_protocol(protocol_name)
    lead = language.protocols[protocol.texts].completion_lead
    if protocol.offers_options:
        return f"{prompt}\n\n{lead}"
    return f"{prompt}\n\n{lead}\n1."


def _asked(language: Language, topic: str, wording: str, variant: Variant, *, survey: bool) -> str:
    texts = language.topics[topic]
    text = texts.questions[question_of(wording)] if survey else texts.wordings[wording]
    return with_typos(text, variant.typos) if variant.typos else text
