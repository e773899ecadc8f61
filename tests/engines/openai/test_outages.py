"""Engines, governor and a server that fails for a while: every row is answered, nothing is lost."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from culture_ray.engines.api_settings import ApiSettings
from culture_ray.engines.interface import Request, Response, Sampling
from culture_ray.engines.model import Model
from culture_ray.engines.openai.engine import OpenAiEngine
from culture_ray.errors import ModelStops
from culture_ray.spending import breaker
from culture_ray.spending.balances import Caps
from culture_ray.spending.billing import ModelBilling
from culture_ray.spending.limits import Limits
from culture_ray.spending.local_accounts import LocalAccounts
from culture_ray.spending.prices import Prices, price_of
from tests.api_server.running import Running, api_server

KEY_VARIABLE = "CULTURE_RAY_TEST_KEY"
WORKERS, IN_FLIGHT, EACH = 2, 8, 30


@pytest.fixture(scope="module")
def shared() -> Any:
    with api_server() as server:
        yield server


@pytest.fixture
def server(shared: Running, monkeypatch: pytest.MonkeyPatch) -> Running:
    monkeypatch.setenv(KEY_VARIABLE, shared.key)
    monkeypatch.setattr("culture_ray.engines.openai.engine.backoff_s", lambda *_: 0.0)
    monkeypatch.setattr(breaker, "FIRST_PROBE_S", 0.02)
    monkeypatch.setattr(breaker, "LONGEST_PROBE_S", 0.05)
    shared.change(answers={"seconds": 0.0}, storm={"rates": {}})
    return shared


def run(
    server: Running,
    folder: Path,
    *,
    each: int = EACH,
    alone: int = 1,
    give_up_after_s: float = 3600.0,
    base_url: str | None = None,
    between: Callable[[], None] = lambda: None,
) -> tuple[list[Response | BaseException], LocalAccounts]:
    """Send requests through two engines on one governor; `between` runs after the first `alone`."""
    api = ApiSettings(base_url=base_url or server.base_url, key_variable=KEY_VARIABLE, timeout_s=5)
    model = Model("openai", "openai", "gpt-test", api=api, in_flight=IN_FLIGHT)
    price = price_of("gpt-test", "gpt-test", None, Prices(2.0, 8.0))
    billing = ModelBilling("m", price, Limits(600_000), "m", give_up_after_s)

    async def work() -> tuple[list[Response | BaseException], LocalAccounts]:
        accounts = LocalAccounts(folder / "ledger", "a", {"m": billing}, Caps.of_dollars(10.0))
        engines = [OpenAiEngine(model, accounts.of("m"), folder / f"w{w}") for w in range(WORKERS)]
        for engine in engines:
            await engine.start()
        at_once = [asyncio.Semaphore(IN_FLIGHT) for _ in engines]

        async def one(number: int) -> Response:
            async with at_once[number % WORKERS]:
                prompt = Request(f"r{number}", f"Describe citizen {number}.", Sampling())
                return await engines[number % WORKERS].generate(prompt)

        first = await asyncio.gather(*map(one, range(alone)), return_exceptions=True)
        between()
        rest = await asyncio.gather(*map(one, range(alone, WORKERS * each)), return_exceptions=True)
        for engine in engines:
            await engine.close()
        await accounts.close()
        return [*first, *rest], accounts

    return asyncio.run(work())


def answered(ends: list[Response | BaseException]) -> int:
    return sum(isinstance(end, Response) and end.text is not None for end in ends)


def refusals(server: Running, status: str) -> int:
    return int(server.stats()["statuses"].get(status, 0))


@pytest.mark.slow
def test_an_outage_costs_no_row_and_no_cent_and_few_requests(
    server: Running, tmp_path: Path
) -> None:
    before, dollars = refusals(server, "503"), server.stats()["dollars"]
    outage = 30
    ends, accounts = run(server, tmp_path, between=lambda: server.next(*["unavailable"] * outage))
    assert answered(ends) == WORKERS * EACH
    assert refusals(server, "503") - before == outage
    billed = server.stats()["dollars"] - dollars
    assert accounts.balances.charged_nano / 1e9 == pytest.approx(billed)


@pytest.mark.slow
def test_during_an_outage_only_probes_are_sent_and_at_its_end_of_time_nothing_is_lost(
    server: Running, tmp_path: Path
) -> None:
    def down() -> None:
        server.change(storm={"rates": {"unavailable": 1.0}})

    before = refusals(server, "503")
    ends, accounts = run(server, tmp_path, give_up_after_s=1.0, between=down)
    assert answered(ends) == 1
    stopped = [end for end in ends if isinstance(end, ModelStops)]
    assert len(stopped) == WORKERS * EACH - 1, "unasked, not failed"
    assert "the provider has answered nothing since" in str(stopped[0])
    assert refusals(server, "503") - before <= WORKERS * IN_FLIGHT + 1.0 / 0.01
    server.change(storm={"rates": {}})
    again, _ = run(server, tmp_path, base_url=server.base_url)
    assert answered(again) == WORKERS * EACH
    assert accounts.balances.charged_nano > 0


@pytest.mark.slow
def test_a_name_that_does_not_resolve_fails_no_row(server: Running, tmp_path: Path) -> None:
    ends, accounts = run(
        server, tmp_path, give_up_after_s=1.0, base_url="http://nowhere.invalid/v1"
    )
    assert all(isinstance(end, ModelStops) for end in ends)
    assert "could not connect" in str(ends[0])
    assert accounts.balances.charged_nano == 0


@pytest.mark.slow
def test_a_key_that_is_refused_costs_a_few_requests_and_stops_every_worker(
    server: Running, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(KEY_VARIABLE, "not-the-key")
    before = refusals(server, "401")
    ends, _ = run(server, tmp_path, alone=0)
    assert all(isinstance(end, ModelStops) for end in ends)
    assert KEY_VARIABLE in str(ends[-1])
    assert refusals(server, "401") - before <= 3 + WORKERS


@pytest.mark.slow
def test_one_refused_request_stops_nobody(server: Running, tmp_path: Path) -> None:
    ends, _ = run(server, tmp_path, between=lambda: server.next("bad_request"))
    assert answered(ends) == WORKERS * EACH - 1
    [failed] = [end for end in ends if isinstance(end, Response) and end.text is None]
    assert failed.failure is not None
    assert failed.failure.startswith("HTTP 400")
