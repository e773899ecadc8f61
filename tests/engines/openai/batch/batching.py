"""Batch engines for tests, in this process or in one that kills itself at a step."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from culture_ray.engines.api_settings import ApiSettings, BatchSettings
from culture_ray.engines.interface import Request, Response, Sampling
from culture_ray.engines.model import Model
from culture_ray.engines.openai.batch.engine import OpenAiBatchEngine
from culture_ray.engines.openai.batch.journal import BatchJournal
from culture_ray.engines.openai.batch.service import BatchService
from culture_ray.spending.account import Account
from culture_ray.spending.balances import Caps
from culture_ray.spending.billing import ModelBilling
from culture_ray.spending.limits import Limits
from culture_ray.spending.local_accounts import LocalAccounts
from culture_ray.spending.prices import DollarsPerMillion, Prices, price_of

KEY_VARIABLE = "CULTURE_RAY_TEST_KEY"
SAMPLING = Sampling(temperature=0.7, top_p=0.9, max_tokens=200)
STEPS = (
    "before upload", "after upload", "after create", "in progress", "before download",
    "after download", "after settling",
)  # fmt: skip


def requests(count: int) -> list[Request]:
    """Return requests that differ in their text."""
    return [Request(f"r{i:03d}", f"Describe citizen {i}.", SAMPLING) for i in range(count)]


def model(base_url: str, **batching: Any) -> Model:
    """Return a batch model with short intervals."""
    limits = BatchSettings(**{"gather_s": 0.1, "poll_s": 0.1, **batching})
    api = ApiSettings(base_url=base_url, key_variable=KEY_VARIABLE, batching=limits)
    return Model("openai_batch", "openai", "gpt-test", api=api, in_flight=1000)


async def ask(
    engine: OpenAiBatchEngine, asked: Sequence[Request]
) -> list[Response | BaseException]:
    """Start an engine, send all requests at once, close it."""
    await engine.start()
    try:
        return await asyncio.gather(*(engine.generate(r) for r in asked), return_exceptions=True)
    finally:
        await engine.close()


def accounts(ledger: Path, cap: float | None = None) -> LocalAccounts:
    """Return the account of the test's model: the prices of the test server."""
    own = Prices(2.0, 8.0, batch=DollarsPerMillion(1.0, 4.0))
    price = price_of("gpt-test", "gpt-test", None, own)
    models = {"gpt-test": ModelBilling("gpt-test", price, Limits(), "gpt-test")}
    return LocalAccounts(ledger, "run", models, Caps.of_dollars(cap))


def main() -> None:
    """Run in a process of its own: FOLDER BASE_URL COUNT STEP; writes the responses as JSON."""
    folder, base_url, count, step = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), sys.argv[4]
    _die(step)

    async def run() -> list[Any]:
        local = accounts(folder / "ledger")
        account: Account = local.of("gpt-test")
        engine = OpenAiBatchEngine(model(base_url), account, folder / "batches", "run")
        found = await ask(engine, requests(count))
        await local.close()
        return found

    rows = [asdict(response) for response in asyncio.run(run())]
    (folder / "rows.json").write_text(json.dumps(rows))


def _die(step: str) -> None:
    """Make this process kill itself at a step: nothing is caught, nothing is flushed."""
    match step:
        case "before upload":
            _around(BatchService, "upload", before=_kill)
        case "after upload":
            _around(BatchService, "upload", after=_kill)
        case "after create":
            _around(BatchService, "create", after=_kill)
        case "in progress":
            _around(BatchService, "retrieve", after=_kill)
        case "before download":
            _around(BatchService, "download", before=_kill)
        case "after download":
            write = BatchJournal.write_results

            def write_and_die(*args: Any) -> None:
                write(*args)
                _kill()

            BatchJournal.write_results = write_and_die  # type: ignore[method-assign]
        case "after settling":
            update = BatchJournal.update

            def update_or_die(self: BatchJournal, record: Any, **changes: Any) -> Any:
                if changes.get("state") == "ended":
                    _kill()
                return update(self, record, **changes)

            BatchJournal.update = update_or_die  # type: ignore[method-assign]
        case "never":
            pass
        case _:
            raise ValueError(step)


def _around(
    cls: type[Any],
    name: str,
    before: Callable[[], None] = lambda: None,
    after: Callable[[], None] = lambda: None,
) -> None:
    original = getattr(cls, name)

    async def wrapped(*args: Any, **kwargs: Any) -> Any:
        before()
        result = await original(*args, **kwargs)
        after()
        return result

    setattr(cls, name, wrapped)


def _kill() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    main()
