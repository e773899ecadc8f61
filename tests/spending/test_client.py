from __future__ import annotations

import asyncio
import time
from pathlib import Path

import pytest

from culture_ray.errors import CapReached, EngineFailed
from culture_ray.spending import delivery
from culture_ray.spending.account import TokenUsage, UsageBound
from culture_ray.spending.balances import Caps
from culture_ray.spending.client import GovernorClient
from culture_ray.spending.delivery import GovernorUnavailable
from culture_ray.spending.limits import Limits
from culture_ray.spending.local_accounts import LocalAccounts
from tests.spending.builders import billing


def _bound(number: int, tokens: int = 1000) -> UsageBound:
    return UsageBound(f"r{number}", "elicit", 0, tokens)


def test_many_requests_at_once_are_charged_exactly(tmp_path: Path) -> None:
    async def act() -> None:
        accounts = LocalAccounts(tmp_path / "ledger", "a", billing("m"), Caps())
        account = accounts.of("m")

        async def one(number: int) -> float:
            ticket = await account.reserve(_bound(number))
            return await account.settle(ticket, TokenUsage(0, 500))

        assert await asyncio.gather(*(one(n) for n in range(300))) == [0.0005] * 300
        await account.close()
        assert accounts.balances.charged_nano == 300 * 500_000
        await accounts.close()

    asyncio.run(act())


def test_the_cap_refuses_what_does_not_fit_and_serves_what_does(tmp_path: Path) -> None:
    async def act() -> None:
        accounts = LocalAccounts(tmp_path / "ledger", "a", billing("m"), Caps(total=10_000_000))
        account = accounts.of("m")

        async def one(number: int) -> bool:
            try:
                ticket = await account.reserve(_bound(number))
            except CapReached:
                return False
            await account.settle(ticket, TokenUsage(0, 500))
            return True

        served = await asyncio.gather(*(one(n) for n in range(40)))
        await account.close()
        assert sum(served) == 19  # the next would need $0.0010 with $0.0005 left
        assert accounts.balances.charged_nano == 9_500_000
        await accounts.close()

    asyncio.run(act())


def test_a_cancelled_wait_leaves_nothing_charged(tmp_path: Path) -> None:
    async def act() -> None:
        slow = billing("m", limits=Limits(1, None))
        accounts = LocalAccounts(tmp_path / "ledger", "a", slow, Caps())
        account = accounts.of("m")
        first = await account.reserve(_bound(1))
        waiting = asyncio.create_task(account.reserve(_bound(2)))
        await asyncio.sleep(0.1)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        await account.void(first, "404")
        await account.close()
        assert accounts.balances.charged_nano == 0
        await accounts.close()

    asyncio.run(act())


class _Restarting:
    """Connection to a governor in this process that is unavailable for its first flushes."""

    def __init__(self, server: delivery.Transport, failures: int) -> None:
        self.post, self.poll = server.post, server.poll
        self._server, self._failures = server, failures

    async def flush(self) -> None:
        self._failures -= 1
        if self._failures >= 0:
            raise GovernorUnavailable("Socket closed")
        await self._server.flush()


@pytest.mark.parametrize(("failures", "ends_well"), [(2, True), (10_000, False)])
def test_an_account_is_closed_once_a_restarting_governor_is_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failures: int, ends_well: bool
) -> None:
    monkeypatch.setattr(delivery, "_RETRY_S", 0.001)
    monkeypatch.setattr(delivery, "_GIVE_UP_S", 30.0 if ends_well else 0.05)

    async def act() -> None:
        models = billing("m")
        accounts = LocalAccounts(tmp_path / "ledger", "a", models, Caps())
        account = GovernorClient(_Restarting(accounts._server, failures), "m", models["m"].price)
        await account.settle(await account.reserve(_bound(1)), TokenUsage(0, 500))
        if ends_well:
            await account.close()
            assert accounts.balances.charged_nano == 500_000
        else:
            with pytest.raises(EngineFailed, match="governor is gone"):
                await account.close()
        await accounts.close()

    asyncio.run(act())


def test_what_was_reserved_before_a_crash_is_settled_by_the_next_session(tmp_path: Path) -> None:
    """Leave a reservation open, as a batch does whose driver was killed."""

    async def before() -> str:
        accounts = LocalAccounts(tmp_path / "ledger", "a", billing("m"), Caps())
        return await accounts.of("m").reserve(
            UsageBound("r", "elicit", 0, 9000, tier="batch", limited=False)
        )

    async def after(ticket: str) -> None:
        accounts = LocalAccounts(tmp_path / "ledger", "a", billing("m"), Caps())
        assert accounts.balances.charged_nano == 9_000_000
        account = accounts.of("m")
        await account.settle(ticket, TokenUsage(0, 2000, tier="batch"))
        await account.close()
        assert accounts.balances.charged_nano == 2_000_000
        await accounts.close()

    asyncio.run(after(asyncio.run(before())))


def test_a_full_disk_reaches_whoever_waits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import os

    from culture_ray.errors import DiskProblem

    async def act() -> None:
        accounts = LocalAccounts(tmp_path / "ledger", "a", billing("m"), Caps())

        def full(file: int, content: memoryview) -> int:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(os, "write", full)
        with pytest.raises(DiskProblem):
            await accounts.of("m").reserve(_bound(1))
        with pytest.raises(DiskProblem):
            await accounts.of("m").reserve(_bound(2))

    asyncio.run(act())


def test_a_refused_request_waits_longer_each_time_and_others_do_not(tmp_path: Path) -> None:
    async def act() -> None:
        accounts = LocalAccounts(tmp_path / "ledger", "a", billing("m"), Caps())
        account = accounts.of("m")
        for told, wait in ((None, 0.25), (None, 0.5), (0.4, 1.0), (9.0, 9.0), (900.0, 60.0)):
            before = time.monotonic()
            await account.rate_limited(told, "r1/1-a")
            assert before + wait <= account._refused["r1"][1] <= time.monotonic() + wait
        assert list(account._refused) == ["r1"]
        await account.settle("r1/2-b", TokenUsage(0, 1))
        assert account._refused == {}
        await account.rate_limited(900.0)
        assert account._refused == {}
        await account.close()
        await accounts.close()

    asyncio.run(act())
