"""ProbeOutcome of one probe: an answer or a refusal, with everything a finding is read from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from culture_ray.spending.account import TokenUsage


@dataclass(frozen=True)
class ProbeOutcome:
    """Answer to a probe, or why there is none."""

    answered: bool
    text: str | None = None
    probabilities: tuple[float, ...] | None = None
    reason: str = ""
    """The provider's refusal, or why an answer has no text."""
    final: bool = False
    """True if the provider refuses the key, the account, the address or the model."""
    document: Mapping[str, Any] = field(default_factory=dict)
    """The answer as the provider sent it."""
    headers: Mapping[str, str] = field(default_factory=dict)
    usage: TokenUsage | None = None
    dollars: float | None = None
    """Cost by the price table; None where the answer does not say what it used."""
    limit_name: str = ""
    """Name under which the output limit was sent."""
    max_tokens: int = 0
