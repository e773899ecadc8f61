"""Rendering of prompts from templates and wordings."""

from __future__ import annotations

from culture_ray.prompts.language import Language
from culture_ray.prompts.options import OfferedOptions, offered_options, question_of
from culture_ray.prompts.protocols import find_protocol


def render(
    language: Language,
    protocol_name: str,
    template: str,
    topic: str,
    wording: str,
    persona: str | None = None,
) -> str:
    """Return the prompt of a template, topic, wording and country of the persona, given by ids.

    The ids are those of a design over texts that `check_language` accepts; others raise KeyError.
    """
    protocol = find_protocol(protocol_name)
    text = language.protocols[protocol_name].templates[template]
    texts = language.topics[topic]
    if protocol.offers_options:
        options = options_of(language, topic, wording)
        return text.replace("{topic}", texts.questions[question_of(wording)]).replace(
            "{options}", options.lines
        )
    if protocol.has_persona:
        text = text.replace("{country}", language.countries[persona or ""])
    return text.replace("{topic}", texts.wordings[wording])


def options_of(language: Language, topic: str, wording: str) -> OfferedOptions:
    """Return the options of a question, in the order of its wording."""
    return offered_options(language.topics[topic].answers, wording)


def completion_form(language: Language, protocol_name: str, prompt: str) -> str:
    """Return the prompt for a base model without a chat template: it ends where the answer begins.

    That is the first item of a list, or the letter of an option.
    """
    lead = language.protocols[protocol_name].completion_lead
    if find_protocol(protocol_name).offers_options:
        return f"{prompt}\n\n{lead}"
    return f"{prompt}\n\n{lead}\n1."
