"""From a template and a wording to the text that is sent."""

from __future__ import annotations

from culture_ray.prompts.language import Language


def render(language: Language, protocol_name: str, template: str, topic: str, wording: str) -> str:
    """Return the prompt of one template, topic and wording, given by their ids.

    The ids come from a design over texts that check_language has passed; another id is a KeyError.
    """
    text = language.protocols[protocol_name].templates[template]
    return text.replace("{topic}", language.topics[topic].wordings[wording])


def completion_form(language: Language, protocol_name: str, prompt: str) -> str:
    """Return the prompt for a base model without a chat template: it ends where its list starts."""
    lead = language.protocols[protocol_name].completion_lead
    return f"{prompt}\n\n{lead}\n1."
