"""Reading of the reported usage: the largest consistent reading of all its fields; pure.

Sources of the dialects: OpenAI's API reference (details are parts of their totals); xAI's and
Google's OpenAI-compatible endpoints report reasoning outside `completion_tokens` but inside
`total_tokens`; Anthropic's `input_tokens` and Bedrock's `inputTokens` leave out what the cache read
and wrote; DeepSeek divides the prompt into cache hits and misses; Perplexity bills citations as
input beside the prompt.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass

from culture_ray.engines.openai.answers.fields import count_of, mapping_of
from culture_ray.engines.openai.answers.parts import AnswerParts
from culture_ray.engines.openai.answers.stated_cost import stated_nano
from culture_ray.spending.account import Tier, TokenUsage

_TIERS: Mapping[str, Tier] = {"flex": "flex", "priority": "priority", "fast": "priority"}

_PLACES = ("usage", "usagemetadata", "xgroq")
"""Fields of an answer that hold its usage; names are compared by their letters alone, so that
`usage_metadata` and `usageMetadata` are one."""

_INPUT = ("prompttokens", "inputtokens", "promptevalcount", "prompttokencount", "inputtokencount")
_OUTPUT = (
    "completiontokens", "outputtokens", "evalcount", "candidatestokencount", "outputtokencount",
    "generatedtokens", "completiontokencount",
)  # fmt: skip
_TOTAL = ("totaltokens", "totaltokencount")
_REASONING = ("reasoningtokens", "thoughtstokencount", "thinkingtokens")
_CACHED = ("cachedtokens", "promptcachehittokens", "cachedcontenttokencount")
_HIT, _MISS = "promptcachehittokens", "promptcachemisstokens"
_READ, _WRITTEN = (
    ("cachereadinputtokens", "cachereadtokens"),
    ("cachecreationinputtokens", "cachewriteinputtokens"),
)
"""Fields of Anthropic and Bedrock, which their input leaves out."""

_BESIDE = ("citationtokens",)
"""Input that is billed beside the prompt, and that no total counts."""

_LONGEST_TOKEN = 128
"""Bytes of the longest tokens in public vocabularies (runs of blanks in cl100k and o200k)."""

_WORDS_PER_TOKEN = 4
"""Most words in one token: most vocabularies stop at a word, SuperBPE (arXiv 2503.13423) at 4."""

_NO_LETTER = re.compile(r"[^A-Za-z]")
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
    beside: int
    """Input beyond `input` and `total`."""


def usage_of(
    body: Mapping[str, object], parts: AnswerParts, tier: Tier | None
) -> TokenUsage | None:
    """Return the usage of an answer, None if its fields do not say what was used.

    Negative and absurd counts are not believed, nor are zeros beside a text. Hidden output is what
    the total has beyond input and output; reasoning that does not fit into the output beside the
    text was added to it. The output is never less than the text weighs.
    """
    reported = _reported(body)
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
        input_tokens=tokens_in + counts.beside,
        output_tokens=tokens_out,
        cached_tokens=counts.cached if believed_cache else 0,
        cache_write_tokens=min(counts.written, tokens_in),
        reasoning_tokens=counts.reasoning,
        tier=tier or _tier(body),
        stated_nano=stated_nano(reported),
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


def _reported(body: Mapping[str, object]) -> Mapping[str, object]:
    """Return the fields of the usage by their letters, wherever the answer has them."""
    fields = _by_letters(body)
    places = (mapping_of(fields.get(name)) for name in _PLACES)
    found = next((place for place in places if place), {})
    return _by_letters(mapping_of(found.get("usage")) or found)


def _counts(reported: Mapping[str, object], *, believe_zero: bool) -> _Counts:
    details_in, details_out = (
        _merged(reported, *(f"{name}details" for name in names))
        for names in (("prompttokens", "inputtokens"), ("completiontokens", "outputtokens"))
    )
    least = 0 if believe_zero else 1
    read, written = (_largest(reported, names) or 0 for names in (_READ, _WRITTEN))
    tokens_in, total = _largest(reported, _INPUT, least), _largest(reported, _TOTAL, least)
    output = _largest(reported, _OUTPUT, least)
    if (read or written) and not _holds_cache(reported, read + written, total, output):
        tokens_in = (_largest(reported, _INPUT) or 0) + read + written
    if tokens_in is None and _MISS in reported:
        tokens_in = sum(_largest(reported, (name,)) or 0 for name in (_HIT, _MISS)) or None
    return _Counts(
        input=tokens_in,
        output=output,
        total=total,
        reasoning=max(_largest(fields, _REASONING) or 0 for fields in (reported, details_out)),
        cached=max(read, *(_largest(fields, _CACHED) or 0 for fields in (reported, details_in))),
        written=max(_largest(details_in, ("cachewritetokens",)) or 0, written),
        beside=_largest(reported, _BESIDE) or 0,
    )


def _holds_cache(
    reported: Mapping[str, object], cache: int, total: int | None, output: int | None
) -> bool:
    """Return True if the input counts what a cache read and wrote, as its `prompt_tokens` do.

    It does not if it is smaller than that, or if the total is larger by exactly that.
    """
    prompt = _largest(reported, ("prompttokens",))
    if prompt is None or prompt < cache:
        return False
    return total is None or output is None or total - output != prompt + cache


def _merged(reported: Mapping[str, object], *names: str) -> dict[str, object]:
    """Return the fields of several objects together, by their letters."""
    found: dict[str, object] = {}
    for name in names:
        found |= _by_letters(mapping_of(reported.get(name)))
    return found


def _by_letters(fields: Mapping[str, object]) -> dict[str, object]:
    """Return fields by the letters of their names; of several with the same, the first value."""
    found: dict[str, object] = {}
    for name, value in fields.items():
        letters = _NO_LETTER.sub("", name).casefold()
        if found.get(letters) is None:
            found[letters] = value
    return found


def _largest(fields: Mapping[str, object], names: tuple[str, ...], least: int = 0) -> int | None:
    """Return the largest believable count of these fields, None without one."""
    counts = [count for name in names if (count := count_of(fields.get(name))) is not None]
    found = max(counts, default=None)
    return None if found is None or found < least else found


def _tier(body: Mapping[str, object]) -> Tier:
    served = body.get("service_tier")
    return _TIERS.get(served, "standard") if isinstance(served, str) else "standard"
