"""Choice of an option for each question of a battery, from the one text that answers them all."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from culture_ray.judging.batteries.numbered import Parts, parts_by_number
from culture_ray.judging.choice import chosen_option
from culture_ray.judging.lists.plain import plain_lines
from culture_ray.prompts.phrases import Phrases


@dataclass(frozen=True)
class BatteryItem:
    """One question of a battery with its options, in the order of the prompt."""

    question: str
    labels: tuple[str, ...]
    """Letters of the options; empty if the answer is the option's text."""
    texts: tuple[str, ...]


def battery_choices(
    text: str, items: Sequence[BatteryItem], phrases: Phrases | None = None, *, cut_off: bool
) -> list[int | None]:
    """Return the place of the option that a text chooses for each question; None where it does not.

    An answer belongs to the question whose number it has, in the numerals of any script and in any
    order; a question with two different answers has none. Answers without numbers are taken in
    their order, if there are exactly as many as questions. A numbered answer to a question that
    does not exist shows that the numbers are not those of the prompt, so nothing is read. If the
    text was `cut_off`, its last answer does not count. Within its part, an answer is read as
    `chosen_option` does.
    """
    if len(items) == 1:
        found = parts_by_number(text, 1, cut_off=cut_off)
        whole = found.answers.get(1, [text] if not (found.answers or cut_off) else [])
        return [_agreed(whole, items[0], phrases)]
    found = parts_by_number(text, len(items), cut_off=cut_off)
    if found.numbered:
        if _answers_another(found, items, phrases):
            return [None] * len(items)
        return [
            _agreed(found.answers.get(number, []), item, phrases)
            for number, item in enumerate(items, 1)
        ]
    if len(found.in_order) != len(items):
        return [None] * len(items)
    return [_chosen(part, item, phrases) for part, item in zip(found.in_order, items, strict=True)]


def _answers_another(found: Parts, items: Sequence[BatteryItem], phrases: Phrases | None) -> bool:
    """Return True if a part whose number no question has chooses an option of some question."""
    return any(
        _chosen(part, item, phrases) is not None
        for number, parts in found.answers.items()
        if not 1 <= number <= len(items)
        for part in parts
        for item in items
    )


def _agreed(parts: Sequence[str], item: BatteryItem, phrases: Phrases | None) -> int | None:
    """Return the option that every part which chooses one agrees on."""
    chosen = {_chosen(part, item, phrases) for part in parts} - {None}
    return chosen.pop() if len(chosen) == 1 else None


def _chosen(part: str, item: BatteryItem, phrases: Phrases | None) -> int | None:
    question = r"\s+".join(map(re.escape, plain_lines(item.question).split()))
    answer = re.sub(rf"^\W*{question}", "", part.strip(), flags=re.IGNORECASE)
    return chosen_option(answer.strip(" \t|:：–—-"), item.labels, item.texts, phrases)
