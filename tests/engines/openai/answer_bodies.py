"""Answers of both API forms, to be parsed."""

from __future__ import annotations

import json

from culture_ray.engines.interface import Request, Sampling
from culture_ray.engines.openai.parsing import parse

REQUEST = Request("r", "prompt", Sampling(stop=("END",)))


def chat(finish="stop", usage=True, **message):
    """Return an answer of Chat Completions."""
    used = {
        "prompt_tokens": 10,
        "completion_tokens": 7,
        "prompt_tokens_details": {"cached_tokens": 4, "cache_write_tokens": 2},
        "completion_tokens_details": {"reasoning_tokens": 5},
    }
    body = {
        "choices": [{"message": {"content": "text", **message}, "finish_reason": finish}],
        "service_tier": "flex",
    }
    return body | ({"usage": used} if usage else {})


SPOKEN = {"usage": {"prompt_tokens": 10, "completion_tokens": 7}}
"""Usage without thoughts."""


def responses(status="completed", reason=None, error=None, **part):
    """Return an answer of Responses."""
    content = {"type": "output_text", "text": "text", **part}
    return {
        "status": status,
        "incomplete_details": {"reason": reason} if reason else None,
        "error": error,
        "output": [
            {"type": "reasoning", "summary": []},
            {"type": "message", "content": [content]},
        ],
        "usage": {
            "input_tokens": 10,
            "output_tokens": 7,
            "input_tokens_details": {"cached_tokens": 4, "cache_write_tokens": 2},
            "output_tokens_details": {"reasoning_tokens": 5},
        },
        "service_tier": "flex",
    }


def parsed(body, request=REQUEST, tier=None):
    """Return the parsed form of a body."""
    return parse(json.dumps(body), request, tier)
