"""Fields of a response that an answer fills in."""

from __future__ import annotations

from typing import Any

from culture_ray.engines.interface import Request, Response


def answer_fields(
    request: Request | None, response: Response | None, attempts: int, unasked: str
) -> dict[str, Any]:
    """Return the fields that a request and its answer give a row, after so many attempts.

    Without either, as an answer that it follows from is missing, its failure is `unasked`.
    """
    if request is None or response is None:
        return {
            "finish_reason": "error",
            "failure": unasked,
            "prompt_tokens": 0,
            "output_tokens": 0,
            "attempts": 0,
            "seconds": 0.0,
        }
    return {
        "prompt": request.prompt,
        "text": response.text,
        "finish_reason": response.finish_reason,
        "failure": response.failure,
        "seed": request.seed,
        "prompt_tokens": response.prompt_tokens,
        "output_tokens": response.output_tokens,
        "probabilities": response.probabilities,
        "attempts": attempts - 1 + response.attempts,
        "seconds": response.seconds,
        "dollars": response.dollars,
        "thoughts": response.thoughts,
        "reasoning_tokens": response.reasoning_tokens,
        "rendered_prompt": response.rendered_prompt,
    }
