"""Requests through a started OpenAI engine."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from tempfile import TemporaryDirectory

from culture_ray.engines.api_settings import ApiSettings
from culture_ray.engines.interface import Request, Sampling
from culture_ray.engines.model import Model
from culture_ray.engines.openai.engine import OpenAiEngine
from tests.engines.accounts import RecordingAccount

SAMPLING = Sampling(temperature=0.7, top_p=0.9, max_tokens=200)

SCHEMA = json.dumps({"type": "object", "properties": {"stances": {"type": "array"}}})

KEY_VARIABLE = "CULTURE_RAY_TEST_KEY"


def ask(server, *requests, account=None, api=None, form="chat", folder=None):
    """Send through a started engine; return the responses and the account."""
    account = RecordingAccount() if account is None else account
    api = api or ApiSettings(
        form=form, base_url=server.base_url, key_variable=KEY_VARIABLE, timeout_s=5
    )

    async def run(folder):
        engine = OpenAiEngine(Model("openai", "openai", "gpt-test", api=api), account, folder)
        await engine.start()
        try:
            return await asyncio.gather(*(engine.generate(r) for r in requests))
        finally:
            await engine.close()

    with TemporaryDirectory() as scratch:
        return asyncio.run(run(folder or Path(scratch))), account


def plain(name="r1", prompt="Describe ten citizens.", **changes):
    """Return a request."""
    return Request(name, prompt, SAMPLING, **changes)
