"""Dollars that a provider states for an answer, beside its tokens; pure.

Sources: OpenRouter (`cost`, and `cost_details.upstream_inference_cost`, which is billed beside it
where the key of another provider is used), Perplexity (`cost.total_cost`), xAI
(`cost_in_usd_ticks`, of which ten billion are a dollar), DeepInfra (`estimated_cost`).
"""

from __future__ import annotations

import math
from collections.abc import Mapping

from culture_ray.engines.openai.answers.fields import mapping_of, number_of

_NANO = 10**9
_TICKS_PER_NANO = 10

_MOST_NANO = 100 * _NANO
"""A hundred dollars: no answer costs as much, and a field that says so has another unit."""


def stated_nano(reported: Mapping[str, object]) -> int:
    """Return the nanodollars that a usage states, rounded up; 0 if it states none.

    `reported` has its fields by the letters of their names, in small letters.
    """
    stated = [
        _nano(reported.get("cost")) + _upstream(reported),
        _nano(mapping_of(reported.get("cost")).get("total_cost")),
        _nano(reported.get("estimatedcost")),
        _nano(reported.get("costinusdticks"), 1 / _TICKS_PER_NANO),
    ]
    return max(stated)


def _upstream(reported: Mapping[str, object]) -> int:
    """Return the bill of another provider for its own key; without one, `cost` holds it."""
    if reported.get("isbyok") is not True:
        return 0
    return _nano(mapping_of(reported.get("costdetails")).get("upstream_inference_cost"))


def _nano(value: object, factor: float = _NANO) -> int:
    amount = (number_of(value) or 0.0) * factor
    return math.ceil(amount) if 0 < amount <= _MOST_NANO else 0
