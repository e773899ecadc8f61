"""A worker that asks for units until all stand: the engine, an account and the store, no Ray."""

from __future__ import annotations

import asyncio
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from culture_ray.engines.api_settings import ApiSettings
from culture_ray.engines.interface import Request, Sampling
from culture_ray.engines.model import Model
from culture_ray.engines.openai.engine import OpenAiEngine
from culture_ray.errors import ModelStops
from culture_ray.spending.balances import Caps
from culture_ray.spending.billing import ModelBilling
from culture_ray.spending.limits import Limits
from culture_ray.spending.local_accounts import LocalAccounts
from culture_ray.spending.prices import Prices, price_of
from culture_ray.store.shards import commit

KEY_VARIABLE = "CULTURE_RAY_TEST_KEY"
SAMPLING = Sampling(temperature=0.7, top_p=0.95, max_tokens=60)
UNIT = 4
IN_FLIGHT = 8

# Said, because of a shard without failures nobody could tell of what type they are.
ROWS = pa.schema([(name, pa.string()) for name in ("request_id", "text", "failure")])

CAPPED = 9
"""Exit code of a worker that the cap stopped."""


@dataclass(frozen=True)
class Job:
    """Work of all workers; of n workers, each has every n-th unit."""

    folder: Path
    base_url: str
    key: str
    requests: int
    workers: int
    cap: float

    @property
    def units(self) -> int:
        """Number of units."""
        return -(-self.requests // UNIT)

    def shard(self, unit: int) -> Path:
        """File of a unit's shard."""
        return self.folder / "shards" / f"{unit:06d}.arrow"

    @property
    def ledger(self) -> Path:
        """Folder of the ledger."""
        return self.folder / "ledger"

    def accounts(self) -> LocalAccounts:
        """Return the account of the run, on the one ledger."""
        price = price_of("gpt-test", "gpt-test", None, Prices(2.0, 8.0))
        limits = Limits(requests_per_minute=600_000)
        models = {"gpt-test": ModelBilling("gpt-test", price, limits, "gpt-test")}
        return LocalAccounts(self.ledger, "run", models, Caps.of_dollars(self.cap))


def work(job: Job, worker: int, done: Any) -> None:
    """Answer this worker's units, several at a time; ends with CAPPED at the cap.

    `done.value` counts the units it has committed.
    """
    os.environ[KEY_VARIABLE] = job.key
    try:
        asyncio.run(_work(job, worker, done))
    except ModelStops:
        os._exit(CAPPED)


async def _work(job: Job, worker: int, done: Any) -> None:
    local = job.accounts()
    api = ApiSettings(base_url=job.base_url, key_variable=KEY_VARIABLE, timeout_s=1.0, attempts=8)
    model = Model("openai", "openai", "gpt-test", api=api, in_flight=IN_FLIGHT)
    engine = OpenAiEngine(model, local.of("gpt-test"), job.folder / "answers")
    await engine.start()
    at_once = asyncio.Semaphore(IN_FLIGHT // UNIT)

    async def one(unit: int) -> None:
        async with at_once:
            await _unit(job, engine, unit)
            done.value += 1

    try:
        mine = [u for u in range(worker, job.units, job.workers) if not job.shard(u).exists()]
        ends = await asyncio.gather(*(one(unit) for unit in mine), return_exceptions=True)
        for end in ends:
            if isinstance(end, BaseException):
                raise end
    finally:
        await engine.close()
        await local.close()


async def _unit(job: Job, engine: OpenAiEngine, unit: int) -> None:
    first = unit * UNIT
    asked = [
        Request(f"r{number:06d}", f"Describe citizen {number}.", SAMPLING)
        for number in range(first, min(first + UNIT, job.requests))
    ]
    answers = await asyncio.gather(*(engine.generate(r) for r in asked), return_exceptions=True)
    for answer in answers:
        if isinstance(answer, BaseException):
            raise answer
    rows = [
        {"request_id": a.request_id, "text": a.text, "failure": a.failure}
        for a in answers
        if not isinstance(a, BaseException)
    ]
    commit(job.shard(unit), pa.Table.from_pylist(rows, ROWS))
    engine.stored([row["request_id"] for row in rows])
