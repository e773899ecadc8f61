"""Protocols: how opinions are elicited. A protocol is one entry here and texts in conf/language."""

from __future__ import annotations

from dataclasses import dataclass

from culture_ray.errors import UnknownName


@dataclass(frozen=True)
class Protocol:
    """What a protocol asks for and what its templates have to hold.

    `opinions` is how many described opinions a response should hold; `judged` says whether a judge
    has to read the response; `placeholders` are the words in braces that every template needs.
    `offers_options` protocols put the survey question with its answers under letters and take the
    probability of each; `has_persona` protocols say from which country the respondents come.
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
        # The same with citizens of a country that is named: their demographic prompting.
        Protocol(
            name="persona",
            opinions=10,
            judged=True,
            placeholders=("topic", "country"),
            has_persona=True,
        ),
        # The survey's own question; what is read is how probable each answer is.
        Protocol(
            name="direct_item",
            opinions=1,
            judged=False,
            placeholders=("topic", "options"),
            offers_options=True,
        ),
        # Responses that were elicited and scored elsewhere; there are no prompts for it.
        Protocol(name="imported", opinions=10, judged=False, placeholders=()),
    )
}


def find_protocol(name: str) -> Protocol:
    """Return a protocol; raises UnknownName with the nearest one."""
    if name not in PROTOCOLS:
        raise UnknownName("protocol", name, PROTOCOLS)
    return PROTOCOLS[name]
