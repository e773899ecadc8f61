"""Tokens that a request is charged, before its answer is known and after."""

from __future__ import annotations

from culture_ray.spending.account import TokenUsage, UsageBound
from culture_ray.spending.limits import ChargeRule
from culture_ray.spending.token_bucket import BucketCharge

_MIN_OBSERVATIONS, _AVERAGE_WEIGHT = 8, 1 / 50
_INITIAL_TOKENS_PER_BYTE = 0.5
"""Starting value for text; hardly any language exceeds it, and answers correct it."""


class TokenCharges:
    """Charges of one model's requests, by its provider's rule and earlier answers."""

    def __init__(self, rule: ChargeRule) -> None:
        self._rule = rule
        self._tokens_per_byte, self._deviation, self._observations = 0.0, 0.0, 0
        self.used_share = 1.0
        """Moving average of the share of a charge that was really used."""

    def of(self, bound: UsageBound) -> float:
        """Return the tokens to charge for a request that is to be sent."""
        if self._rule == "max":
            return max(bound.output_tokens, (bound.input_characters or bound.input_tokens) / 4)
        if self._observations >= _MIN_OBSERVATIONS:
            share = min(1.0, self._tokens_per_byte + self._deviation)
        else:
            share = _INITIAL_TOKENS_PER_BYTE if bound.input_characters else 1.0
        return bound.input_tokens * share + bound.output_tokens

    def corrected(self, charge: BucketCharge, bound: UsageBound, usage: TokenUsage) -> float | None:
        """Learn from the reported usage; return the corrected charge, None where none is made."""
        if bound.input_tokens:
            self._update_tokens_per_byte(usage.input_tokens / bound.input_tokens)
        if self._rule == "sum":
            return usage.input_tokens + bound.output_tokens
        if self._rule == "max":
            return None
        used = usage.input_tokens + usage.output_tokens
        if charge.amount and not charge.final:
            self.used_share += _AVERAGE_WEIGHT * (used / charge.amount - self.used_share)
        return used

    def _update_tokens_per_byte(self, tokens_per_byte: float) -> None:
        """Update the moving mean of input tokens over their bound, and its mean deviation."""
        self._observations += 1
        weight = max(1 / self._observations, _AVERAGE_WEIGHT)
        off = tokens_per_byte - self._tokens_per_byte
        self._tokens_per_byte += weight * off
        self._deviation += weight * (abs(off) - self._deviation)
