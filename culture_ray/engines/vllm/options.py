"""Options as tokens of a model, and their probabilities as its next word."""

from __future__ import annotations

import math
from typing import Any


def spellings(tokenizer: Any, option: str) -> list[int]:
    """Return the tokens that spell exactly this option, with or without a leading blank."""
    # Some tokenizers encode a word at the start as if a blank preceded it.
    ends = {
        tokenizer.encode(before + option, add_special_tokens=False)[-1]
        for before in ("", " ", "\n")
    }
    return sorted(token for token in ends if tokenizer.decode([token]).strip() == option)


def probabilities(logprobs: Any, options: list[list[int]]) -> tuple[float, ...]:
    """Return the probability of each option from its tokens' logprobs at temperature 1."""
    return tuple(
        math.fsum(math.exp(logprobs[token].logprob) for token in tokens) for tokens in options
    )
