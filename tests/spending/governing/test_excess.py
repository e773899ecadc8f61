from __future__ import annotations

from dataclasses import replace

import pytest

from culture_ray.spending.governing.excess import excess_sentence
from culture_ray.spending.records import Reserved, Settled

RESERVED = Reserved(
    "id/1-abc", "run", "elicit", "grok", "standard", 900, 600, 1_000_000, "pool", 1.0, 0.0
)
SETTLED = Settled("id/1-abc", 2_500_000, 800, 0, 600, 0, "standard", 1.0, 1.0)


@pytest.mark.parametrize(
    ("settled", "words"),
    [
        (
            replace(SETTLED, output_tokens=4600),
            "it used 4600 output tokens, where at most 600 were expected; nothing more is sent to "
            "it, or the cap could be passed: if its answers may be billed beyond their limit, for "
            "reasoning for example, set api.extra_output_tokens in the file of grok to the most by "
            "which they may be (here 4000)",
        ),
        (
            replace(SETTLED, input_tokens=901),
            "it used 901 input tokens, where at most 900 were sent; nothing more is sent to it, or "
            "the cap could be passed: if the provider adds to the prompts, or bills citations, set "
            "api.extra_input_tokens in the file of grok to the most by which it may (here 1)",
        ),
        (
            SETTLED,
            "its answer states this cost, where its tokens cost less at the prices of the run; "
            "nothing more is sent to it, or the cap could be passed: correct prices in the file of "
            "grok, with a price per request if there is one, or set api.stated_costs to false if "
            "the provider's costs are not in dollars",
        ),
        (
            replace(SETTLED, tier="priority"),
            "it was served at the tier priority, where standard was expected; nothing more is "
            "sent to it, or the cap could be passed: check api.tier and prices in the file of grok",
        ),
    ],
)
def test_the_sentence_says_what_was_reserved_and_billed_and_the_setting(
    settled: Settled, words: str
) -> None:
    assert excess_sentence(RESERVED, settled) == (
        "grok billed $0.002500 for request id, and $0.001000 was reserved as the most it could "
        f"cost: {words}, and run the same command again"
    )
