"""Differences between the versions of vLLM that are supported: 0.19.1 (CUDA 12) and 0.32."""

from __future__ import annotations

from typing import Any

_EVERY_TOKEN = -1
"""Number of log-probabilities that stands for the whole vocabulary."""


def rejections() -> tuple[type[Exception], ...]:
    """Return the exceptions with which vLLM rejects a request."""
    from vllm import exceptions

    return ValueError, getattr(exceptions, "VLLMClientError", ValueError)


def stream_interval(tokens: int) -> dict[str, Any]:
    """Return the sampling parameter for an output every so many tokens; older versions have none.

    Without it there is an output for every token, which takes more of a core.
    """
    return {"stream_interval": tokens} if _has("stream_interval") else {}


def logprobs_of(tokens: list[int]) -> dict[str, Any]:
    """Return the sampling parameters for the log-probabilities of these tokens.

    Older versions give them of the whole vocabulary only, which is slow.
    """
    if _has("logprob_token_ids"):
        return {"logprob_token_ids": tokens}
    return {"logprobs": _EVERY_TOKEN}


def logprob_limits() -> dict[str, Any]:
    """Return the engine arguments without which `logprobs_of` would be refused."""
    return {} if _has("logprob_token_ids") else {"max_logprobs": _EVERY_TOKEN}


def _has(parameter: str) -> bool:
    from vllm import SamplingParams

    return parameter in SamplingParams.__struct_fields__
