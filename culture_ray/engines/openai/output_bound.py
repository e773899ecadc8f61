"""Upper bound on the output tokens that a request body asks for; pure."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

OUTPUT_LIMITS = ("max_completion_tokens", "max_tokens", "max_output_tokens")
"""Names of the output limit; of several in one body, the largest counts."""

ANSWERS = ("n", "best_of")
"""Numbers of answers that are generated and billed; the larger counts."""

BUDGETS = (
    "budget_tokens", "thinking_budget", "thinking_budget_tokens", "max_thinking_tokens",
    "max_reasoning_tokens", "reasoning_max_tokens", "reasoning_budget", "thinking_token_budget",
)  # fmt: skip
"""Names of a budget for reasoning, at any depth of the body. Some providers count it within the
output limit and some beside it; it is reserved beside it."""

SERVICES = ("web_search_options", "search_parameters", "plugins", "enable_search", "web_search")
"""Fields that ask for a service that is billed per request, mostly a web search."""

_REASONING = ("reasoning", "thinking", "reasoning_config", "thinking_config")
"""Parts of a body in which an output limit is a budget for reasoning."""


@dataclass(frozen=True)
class OutputBound:
    """Most output tokens of all answers to one request."""

    tokens: int
    """Tokens that the output limit covers."""
    reasoning_tokens: int
    """Reasoning that may come on top of it."""


def output_bound(body: Mapping[str, Any], unlimited: int) -> OutputBound:
    """Return the bound of a body; `unlimited` is the limit of one answer if the body has none."""
    limit = max((_count(body[name]) for name in OUTPUT_LIMITS if name in body), default=unlimited)
    answers = max([1, *(_count(body[name]) for name in ANSWERS if name in body)])
    return OutputBound(limit * answers, sum(_budgets(body)) * answers)


def paid_service(body: Mapping[str, Any]) -> str | None:
    """Return the field of a body that asks for a service with a fee per request; None without."""
    for name in SERVICES:
        if body.get(name) not in (None, False, []):  # {} asks for it, with its defaults
            return name
    tools = body.get("tools")
    for tool in tools if isinstance(tools, Sequence) and not isinstance(tools, str) else ():
        kind = tool.get("type", "function") if isinstance(tool, Mapping) else "function"
        if kind != "function":
            return f"the tool {kind}"
    return None


def _budgets(body: Mapping[str, Any], names: tuple[str, ...] = BUDGETS) -> Iterator[int]:
    for name, value in body.items():
        if name in names:
            yield _count(value)
        elif isinstance(value, Mapping):
            yield from _budgets(value, (*BUDGETS, *OUTPUT_LIMITS) if name in _REASONING else names)


def _count(value: object) -> int:
    """Return a number of at least 0, rounded up; 0 for anything else."""
    try:
        number = float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return 0
    return max(0, math.ceil(number)) if math.isfinite(number) else 0
