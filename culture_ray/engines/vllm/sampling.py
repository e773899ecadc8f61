"""Sampling parameters of vLLM for one request."""

from __future__ import annotations

import json
import math
from typing import Any

from culture_ray.engines.interface import Request
from culture_ray.engines.model import Model
from culture_ray.engines.vllm.versions import logprobs_of, stream_interval

_STREAM_INTERVAL = 32
"""Tokens between two outputs of a response: often enough to detect a hang, and cheap."""


def sampling_parameters(
    model: Model,
    request: Request,
    options: list[list[int]],
    *,
    special_tokens: bool,
    limits_thoughts: bool,
) -> Any:
    """Return vLLM's parameters of a request; `options` are the tokens of each option.

    `special_tokens` keeps them in the text, `limits_thoughts` says that vLLM can end thoughts that
    reach their budget. A model that thinks gets no stop sequence, which would end its thoughts, and
    a constraint only if vLLM's parser tells where they end: it would apply to the thoughts.
    """
    from vllm import SamplingParams
    from vllm.sampling_params import RequestOutputKind

    if options:
        return _option_parameters(options)
    sampling = request.sampling
    constrained = not model.thinks or model.reasoning_parser is not None
    return SamplingParams(
        temperature=sampling.temperature,
        top_p=sampling.top_p,
        max_tokens=model.output_limit(sampling.max_tokens),
        thinking_token_budget=model.thinking_tokens if model.thinks and limits_thoughts else None,
        stop=None if model.thinks else list(sampling.stop) or None,
        seed=request.seed if model.request_seeds else None,
        output_kind=RequestOutputKind.DELTA,
        skip_special_tokens=not special_tokens,
        structured_outputs=_constraint(request) if constrained else None,
        **stream_interval(_STREAM_INTERVAL),
    )


def _option_parameters(options: list[list[int]]) -> Any:
    """Return the parameters of a request for the probabilities of options."""
    from vllm import SamplingParams
    from vllm.sampling_params import RequestOutputKind

    return SamplingParams(
        temperature=0.0,
        max_tokens=1,
        output_kind=RequestOutputKind.FINAL_ONLY,
        **logprobs_of(sorted({token for tokens in options for token in tokens})),
    )


def _constraint(request: Request) -> Any:
    """Return the constraint on the form of an answer, None if every text will do."""
    from vllm.sampling_params import StructuredOutputsParams

    if request.choices:
        return StructuredOutputsParams(choice=list(request.choices))
    if request.schema is None:
        return None
    schema = json.loads(request.schema)
    return StructuredOutputsParams(json=schema, disable_any_whitespace=True)


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
