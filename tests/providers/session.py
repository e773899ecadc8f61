"""Run of one behaviour in one mode: real client, engine, governor and ledger in one process."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from culture_ray.engines.api_settings import ApiSettings, BatchSettings
from culture_ray.engines.factory import ApiAccess, make_engine
from culture_ray.engines.interface import Request, Response, Sampling
from culture_ray.engines.model import Model
from culture_ray.errors import ModelStops
from culture_ray.judging.prompt import JudgePrompt, answer_schema, chat_prompt
from culture_ray.plan.billing import terms_of
from culture_ray.spending.balances import Caps
from culture_ray.spending.local_accounts import LocalAccounts
from culture_ray.spending.prices import DollarsPerMillion, Prices
from culture_ray.spending.statement import spending_table
from tests.providers.behaviour import Behaviour, Mode
from tests.providers.server import ScriptedServer
from tests.providers.vocabulary import good

KEY_VARIABLE = "CULTURE_RAY_TEST_KEY"
PRICES = Prices(2.0, 8.0, batch=DollarsPerMillion(1.0, 4.0))
"""Those of the server."""

SAMPLING = Sampling(temperature=0.7, top_p=0.9, max_tokens=200)
LANGUAGES = ("da", "en")
_OPINIONS = "1. One is in favour.\n2. One is against.\n3. One is in favour."


@dataclass
class Session:
    """Outcome of a run, and of the same command once more, when the provider is well."""

    server: ScriptedServer
    responses: list[Response | BaseException] = field(default_factory=list)
    later: list[Response | BaseException] = field(default_factory=list)
    seconds: float = 0.0
    spending: list[dict[str, Any]] = field(default_factory=list)
    """Attempts of the first session as the ledger has them."""
    asked: int = 0
    """Requests of the first session that the server saw."""
    charged: float = 0.0
    billed: float = 0.0
    charged_in_the_end: float = 0.0


async def run(behaviour: Behaviour, mode: Mode, folder: Path) -> Session:
    """Send the requests of a mode to a server with a behaviour, then once more to a good one."""
    tier = "batch" if mode.startswith("batch") else "default"
    server = ScriptedServer(behaviour.at, behaviour.script, tier)
    await server.start(folder if behaviour.at == "tls" else None)
    found = Session(server)
    started = time.monotonic()
    try:
        found.responses, found.charged = await _sweep(behaviour, mode, server, folder)
        found.seconds = time.monotonic() - started
        found.spending = spending_table(folder / "ledger", "run").to_pylist()
        found.asked, found.billed = server.counts["ask"], server.bills.dollars
        server.script = good
        found.later, found.charged_in_the_end = await _sweep(behaviour, mode, server, folder)
    finally:
        await server.stop()
    return found


def requests(mode: Mode, count: int) -> list[Request]:
    """Return the requests of a mode."""
    if mode.endswith("judge"):
        return [_judge(number) for number in range(count)]
    return [Request(f"r{n}", f"Describe citizen {n}.", SAMPLING) for n in range(count)]


def model_of(behaviour: Behaviour, mode: Mode, base_url: str) -> Model:
    """Return the model that a mode asks."""
    settings: dict[str, Any] = {"timeout_s": 60.0, "base_url": base_url, **behaviour.api}
    form = "responses" if mode.startswith("responses") else "chat"
    api = ApiSettings(
        form=form,  # type: ignore[arg-type]
        key_variable=KEY_VARIABLE,
        batching=BatchSettings(gather_s=1.0, poll_s=30.0),
        **settings,
    )
    engine = "openai_batch" if mode.startswith("batch") else "openai"
    return Model(
        engine,  # type: ignore[arg-type]
        "test",
        "model-1",
        api=api,
        prices=PRICES,
        limits=behaviour.limits,
        **behaviour.model,
    )


def _judge(number: int) -> Request:
    prompt = chat_prompt(
        JudgePrompt(_OPINIONS + f"\n{number + 4}. Another is against.", "Yes.", "No.", "English",
                    LANGUAGES)
    )  # fmt: skip
    schema = json.dumps(answer_schema(20, LANGUAGES, strict=True))
    return Request(f"r{number}", prompt.user, SAMPLING, prompt.system, schema, stage="judge")


async def _sweep(
    behaviour: Behaviour, mode: Mode, server: ScriptedServer, folder: Path
) -> tuple[list[Response | BaseException], float]:
    """Send all requests; return responses or errors, and the dollars charged in the ledger."""
    model = model_of(behaviour, mode, server.base_url)
    billing = {"model": terms_of("model", model)}
    accounts = LocalAccounts(folder / "ledger", "run", billing, Caps.of_dollars(behaviour.cap))
    access = ApiAccess(accounts.of("model"), folder / "answers", "run")
    engine = make_engine(model, access)
    try:
        await engine.start()
        try:
            found: Sequence[Response | BaseException] = await asyncio.gather(
                *(engine.generate(request) for request in requests(mode, behaviour.requests)),
                return_exceptions=True,
            )
        finally:
            await engine.close()
    except ModelStops as stopped:
        found = [stopped] * behaviour.requests
    finally:
        charged = accounts.balances.charged_nano / 1e9
        await accounts.close()
    return list(found), charged
