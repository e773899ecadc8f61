"""Reading of the reported usage: the largest consistent reading of all its fields; pure.

Sources of the dialects: OpenAI's API reference (details are parts of their totals); xAI's and
Google's OpenAI-compatible endpoints report reasoning outside `completion_tokens` but inside
`total_tokens`; Anthropic's `input_tokens` leaves out what its cache read and wrote; DeepSeek names
cached tokens `prompt_cache_hit_tokens`.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass

from culture_ray.engines.openai.answers.fields import count_of, mapping_of
from culture_ray.engines.openai.answers.parts import AnswerParts
from culture_ray.spending.account import Tier, TokenUsage

_TIERS: Mapping[str, Tier] = {"flex": "flex", "priority": "priority", "fast": "priority"}

_INPUT = ("prompt_tokens", "input_tokens", "prompt_eval_count", "promptTokenCount", "inputTokens")
_OUTPUT = (
    "completion_tokens", "output_tokens", "eval_count", "candidatesTokenCount", "outputTokens",
    "generated_tokens",
)  # fmt: skip
_TOTAL = ("total_tokens", "totalTokenCount", "totalTokens")
_REASONING = ("reasoning_tokens", "thoughtsTokenCount", "thinking_tokens")
_CACHED = ("cached_tokens", "prompt_cache_hit_tokens", "cachedContentTokenCount")
_READ, _WRITTEN = "cache_read_input_tokens", "cache_creation_input_tokens"
"""Anthropic's fields, which its `input_tokens` leaves out."""

_LONGEST_TOKEN = 128
"""Bytes of the longest tokens in public vocabularies (runs of blanks in cl100k and o200k)."""

_WORDS_PER_TOKEN = 4
"""Most words in one token: most vocabularies stop at a word, SuperBPE (arXiv 2503.13423) at 4."""

_WORD = re.compile(r"\S*[^\W\d_]\S*")


@dataclass(frozen=True)
class _Counts:
    """Counts as reported; None where a field is missing or cannot be believed."""

    input: int | None
    output: int | None
    total: int | None
    reasoning: int
    cached: int
    written: int


def usage_of(
    body: Mapping[str, object], parts: AnswerParts, tier: Tier | None
) -> TokenUsage | None:
    """Return the usage of an answer, None if its fields do not say what was used.

    Negative and absurd counts are not believed, nor are zeros beside a text. Hidden output is what
    the total has beyond input and output; reasoning that does not fit into the output beside the
    text was added to it. The output is never less than the text weighs.
    """
    reported = mapping_of(body.get("usage") or body.get("usageMetadata"))
    visible = fewest_tokens(parts.text or "")
    weight = visible + fewest_tokens(parts.reasoning)
    counts = _counts(reported, believe_zero=weight == 0)
    filled = _filled(counts)
    if filled is None:
        return None
    tokens_in, output = filled
    tokens_out = max(output, (counts.total or 0) - tokens_in, weight)
    if tokens_out < counts.reasoning + visible:
        tokens_out = max(tokens_out, output + counts.reasoning)
    believed_cache = counts.cached + counts.written <= tokens_in
    return TokenUsage(
        input_tokens=tokens_in,
        output_tokens=tokens_out,
        cached_tokens=counts.cached if believed_cache else 0,
        cache_write_tokens=min(counts.written, tokens_in),
        reasoning_tokens=counts.reasoning,
        tier=tier or _tier(body),
    )


def fewest_tokens(text: str) -> int:
    """Return a lower bound on the tokens of a text, whatever the vocabulary."""
    words = math.ceil(len(_WORD.findall(text)) / _WORDS_PER_TOKEN)
    return max(words, math.ceil(len(text.encode("utf-8", "replace")) / _LONGEST_TOKEN))


def _filled(counts: _Counts) -> tuple[int, int] | None:
    """Return input and output, one of them from the total if only that is missing."""
    tokens_in, tokens_out, total = counts.input, counts.output, counts.total
    if tokens_in is None and tokens_out is not None and total is not None and total > tokens_out:
        tokens_in = total - tokens_out
    if tokens_out is None and tokens_in is not None and total is not None and total > tokens_in:
        tokens_out = total - tokens_in
    return None if tokens_in is None or tokens_out is None else (tokens_in, tokens_out)


def _counts(reported: Mapping[str, object], *, believe_zero: bool) -> _Counts:
    details_in, details_out = (
        _merged(reported, *(f"{name}_details" for name in names))
        for names in (("prompt_tokens", "input_tokens"), ("completion_tokens", "output_tokens"))
    )
    least = 0 if believe_zero else 1
    read, written = (_largest(reported, (name,)) or 0 for name in (_READ, _WRITTEN))
    tokens_in = _largest(reported, _INPUT, least)
    if "prompt_tokens" not in reported and (read or written):
        tokens_in = (_largest(reported, _INPUT) or 0) + read + written
    return _Counts(
        input=tokens_in,
        output=_largest(reported, _OUTPUT, least),
        total=_largest(reported, _TOTAL, least),
        reasoning=_largest({**reported, **details_out}, _REASONING) or 0,
        cached=max(_largest({**reported, **details_in}, _CACHED) or 0, read),
        written=max(_largest(details_in, ("cache_write_tokens",)) or 0, written),
    )


def _merged(reported: Mapping[str, object], *names: str) -> dict[str, object]:
    return {key: value for name in names for key, value in mapping_of(reported.get(name)).items()}


def _largest(fields: Mapping[str, object], names: tuple[str, ...], least: int = 0) -> int | None:
    """Return the largest believable count of these fields, None without one."""
    counts = [count for name in names if (count := count_of(fields.get(name))) is not None]
    found = max(counts, default=None)
    return None if found is None or found < least else found


def _tier(body: Mapping[str, object]) -> Tier:
    served = body.get("service_tier")
    return _TIERS.get(served, "standard") if isinstance(served, str) else "standard"
