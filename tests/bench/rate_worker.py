"""A worker of the rate limit benchmark: an engine that always has more to ask."""

from __future__ import annotations

import asyncio
import os
import secrets
import time
from pathlib import Path

from culture_ray.engines.api_settings import ApiSettings
from culture_ray.engines.interface import Request, Sampling
from culture_ray.engines.model import Model
from culture_ray.engines.openai.engine import OpenAiEngine
from culture_ray.spending.account import Account

KEY_VARIABLE = "CULTURE_RAY_BENCH_KEY"
SAMPLING = Sampling(temperature=0.7, top_p=0.95, max_tokens=300)


class RateWorker:
    """Ray makes an actor of it; each is a process of its own."""

    def __init__(self, key: str, folder: Path) -> None:
        os.environ[KEY_VARIABLE] = key
        self._folder = folder / secrets.token_hex(4)
        self._name = secrets.token_hex(4)
        self._until = 0.0

    async def ready(self) -> str:
        """Return the node it runs on."""
        import ray

        return str(ray.get_runtime_context().get_node_id())

    async def ask(self, account: Account, base_url: str, in_flight: int) -> int:
        """Send requests until stopped, `in_flight` at a time; return how many answers came."""
        api = ApiSettings(base_url=base_url, key_variable=KEY_VARIABLE, timeout_s=30)
        model = Model("openai", "openai", "gpt-test", api=api, in_flight=in_flight)
        engine = OpenAiEngine(model, account, self._folder)
        await engine.start()
        self._until = time.monotonic() + 300
        answers = await asyncio.gather(*(self._go_on(engine, n) for n in range(in_flight)))
        await engine.close()
        return sum(answers)

    async def stop(self) -> None:
        """Let `ask` end."""
        self._until = 0.0

    async def _go_on(self, engine: OpenAiEngine, lane: int) -> int:
        number = 0
        while time.monotonic() < self._until:
            name = f"{self._name}-{lane}-{number}"
            prompt = f"Describe ten citizens of the town {name} and what they think of it."
            response = await engine.generate(Request(name, prompt, SAMPLING))
            engine.stored([response.request_id])
            number += response.text is not None
        return number
