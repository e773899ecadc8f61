"""Protocols of elicitation: each has an entry here and texts in conf/language."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from culture_ray.errors import UnknownName

Answers = Literal["opinions", "probability", "choice", "words", "percentages", "reasons"]
"""Way in which a protocol is answered.

`opinions` are described and judged. To a question with options the answer is read from the
`probability` of each option as the next token; from a `choice` that the engine confines to the
options; from the model's own `words`; from the `percentages` that it states; or from the last line
after its `reasons`.
"""

Putting = Literal["alone", "battery", "sequence"]
"""Way in which a protocol puts its topics.

Each has a prompt of its own, `alone`; or those of a group are asked together, as a `battery` in one
prompt, or as a `sequence` in one conversation, in which the earlier answers stay.
"""


@dataclass(frozen=True)
class Protocol:
    """Properties of a protocol.

    `opinions` is the number of described opinions in a response; `judged` protocols need a judge;
    `placeholders` are the words in braces in every template. `offers_options` protocols ask the
    survey question with a list of answers, and `answers` is how these are given. `has_persona`
    protocols name the country of the respondents. `templates` is the protocol whose templates it
    shares, if not its own. The templates of `any_labels` protocols do not say how the options are
    labelled. `putting` says which topics are asked together.
    """

    name: str
    opinions: int
    judged: bool
    placeholders: tuple[str, ...] = ("topic",)
    offers_options: bool = False
    has_persona: bool = False
    answers: Answers = "opinions"
    templates: str = ""
    any_labels: bool = False
    putting: Putting = "alone"

    @property
    def groups_topics(self) -> bool:
        """Return True if it asks the topics of a group together."""
        return self.putting != "alone"

    @property
    def texts(self) -> str:
        """Return the name of the protocol whose texts it uses in conf/language."""
        return self.templates or self.name


def _question(
    name: str, answers: Answers, templates: str = "", putting: Putting = "alone"
) -> Protocol:
    """Return a protocol that asks the survey's own question, with options under any labels."""
    return Protocol(
        name=name,
        opinions=1,
        judged=False,
        placeholders=("questions",) if putting == "battery" else ("topic", "options"),
        offers_options=True,
        answers=answers,
        templates=templates,
        any_labels=True,
        putting=putting,
    )


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
            answers="probability",
        ),
        # The same question, in one set of texts for three ways of answering, so that they compare.
        _question("constrained_choice", "choice"),
        _question("option_probability", "probability", templates="constrained_choice"),
        _question("free_sampling", "words", templates="constrained_choice"),
        _question("verbalised_distribution", "percentages"),
        _question("reasoned_answer", "reasons"),
        # The same questions together: as a conversation, and as one prompt.
        _question("sequence", "words", templates="constrained_choice", putting="sequence"),
        _question("battery", "words", putting="battery"),
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
