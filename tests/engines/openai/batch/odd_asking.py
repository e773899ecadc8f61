"""Requests in batches of a provider that behaves oddly."""

from __future__ import annotations

import asyncio

import pytest

from culture_ray.engines.openai.batch.engine import OpenAiBatchEngine
from tests.engines.openai.batch import batching
from tests.engines.openai.batch.odd_server import running

KEY = 'odd-key "with quotes" 0123'


def ask(server, account, folder, count=6):
    """Return the responses to `count` requests in batches of the server."""
    with running(server), pytest.MonkeyPatch.context() as patch:
        patch.setenv(batching.KEY_VARIABLE, KEY)
        model = batching.model(server.base_url, gather_s=0.02, poll_s=0.01)
        engine = OpenAiBatchEngine(model, account, folder, "run 1")
        return asyncio.run(batching.ask(engine, batching.requests(count)))


def texts(found):
    """Return the texts of responses, and the errors in their place."""
    return [getattr(response, "text", response) for response in found]
