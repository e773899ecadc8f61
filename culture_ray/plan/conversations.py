"""Requests of protocols that ask the topics of a group in one prompt, or one after another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

import pyarrow as pa

from culture_ray.prompts.design import PromptDesign
from culture_ray.prompts.factors import Variant
from culture_ray.prompts.item_groups import Groups
from culture_ray.sweep.plan.requests import elicit_requests

Rounds = Sequence[tuple[str | None, Variant]]
"""Persona and variant of each repetition of a design."""


@dataclass(frozen=True)
class ConversationStep:
    """Requests of one step of conversations, for those that are long enough to have it."""

    rows: pa.Table
    """Requests (REQUESTS schema)."""
    conversation: list[int]
    """Number of the conversation of each request, ascending."""


def battery_requests(
    model: str, language: str, protocol: str, design: PromptDesign, groups: Groups, rounds: Rounds
) -> pa.Table:
    """Return one request per row of a design over groups and per round (REQUESTS schema)."""
    prompts = [design.prompt(row) for row in range(len(design))]
    keys = [(row.template, row.topic, row.wording, row.sample) for row in prompts]
    items = [groups[row.topic] for row in prompts]
    tables = [
        elicit_requests(model, language, protocol, keys, persona, variant.text, items=items)
        for persona, variant in rounds
    ]
    return pa.concat_tables(tables).combine_chunks()


def conversation_steps(
    model: str, language: str, protocol: str, design: PromptDesign, groups: Groups, rounds: Rounds
) -> list[ConversationStep]:
    """Return the requests by step: one conversation per row of a design over groups and per round.

    Each asks the topics of its group in their order.
    """
    prompts = [design.prompt(row) for row in range(len(design))]
    longest = max(len(groups[name]) for name in design.topics)
    steps = []
    for step in range(longest):
        asked = [place for place, row in enumerate(prompts) if len(groups[row.topic]) > step]
        rows = [prompts[place] for place in asked]
        keys = [(row.template, groups[row.topic][step], row.wording, row.sample) for row in rows]
        after = [groups[row.topic][:step] for row in rows]
        tables = [
            elicit_requests(model, language, protocol, keys, persona, variant.text, after=after)
            for persona, variant in rounds
        ]
        conversation = [
            number * len(prompts) + place for number, place in product(range(len(rounds)), asked)
        ]
        steps.append(ConversationStep(pa.concat_tables(tables).combine_chunks(), conversation))
    return steps
