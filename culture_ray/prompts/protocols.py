"""Protocols of elicitation: each has an entry here and texts in conf/language."""

from __future__ import annotations

from dataclasses import dataclass

from culture_ray.errors import UnknownName


@dataclass(frozen=True)
class Protocol:
    """Properties of a protocol.

    `opinions` is the number of described opinions in a response; `judged` protocols need a judge;
    `placeholders` are the words in braces in every template. `offers_options` protocols ask the
    survey question with lettered answers and read the probability of each letter; `has_persona`
    protocols name the country of the respondents.
    """

    name: str
    opinions: int
    judged: bool
    placeholders: tuple[str, ...] = ("topic",)
    offers_options: bool = False
    has_persona: bool = False


PROTOCOLS = {
    protocol.name: protocol
    for protocol in (
        # Rystrøm, Kirk & Hale 2025: a researcher interviews ten citizens and lists what they say.
        Protocol(name="hypothetical_interviews", opinions=10, judged=True),
        # The same with citizens of a named country: their demographic prompting.
        Protocol(
            name="persona",
            opinions=10,
            judged=True,
            placeholders=("topic", "country"),
            has_persona=True,
        ),
        # The survey's own question, answered by the probability of each option.
        Protocol(
            name="direct_item",
            opinions=1,
            judged=False,
            placeholders=("topic", "options"),
            offers_options=True,
        ),
        # Responses that were elicited and scored elsewhere; it has no prompts.
        Protocol(name="imported", opinions=10, judged=False, placeholders=()),
        # The same where a persona was described, such as the people of a country.
        Protocol(
            name="imported_persona", opinions=10, judged=False, placeholders=(), has_persona=True
        ),
    )
}


def find_protocol(name: str) -> Protocol:
    """Return a protocol by name; raises UnknownName."""
    if name not in PROTOCOLS:
        raise UnknownName("protocol", name, PROTOCOLS)
    return PROTOCOLS[name]
