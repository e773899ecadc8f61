"""One governor serves all workers, and recovers when it is killed; on a real Ray."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from culture_ray.errors import BadLedger, CapReached
from culture_ray.spending.account import TokenUsage, UsageBound
from culture_ray.spending.balances import Caps
from culture_ray.spending.billing import BillingContext
from culture_ray.spending.limits import Limits
from culture_ray.spending.statement import spending_of, spending_table
from culture_ray.sweep.execute.governor_actor import SpendingAccounts
from culture_ray.sweep.execute.ray_session import connect
from culture_ray.sweep.execute.workers.interface import ActorDied
from culture_ray.sweep.execute.workers.on_ray import RayWorkers
from culture_ray.sweep.plan.cluster import Cluster
from tests.spending.builders import billing

pytestmark = [pytest.mark.cluster, pytest.mark.slow, pytest.mark.timeout(600)]

WORKERS, EACH = 4, 150


@pytest.fixture(scope="module")
def ray() -> Iterator[Any]:
    connected = connect(Cluster())
    yield connected
    connected.shutdown()


def _billing(
    folder: Path, caps: Caps, owner: str = "run a", limits: Limits | None = None
) -> BillingContext:
    return BillingContext(
        folder / "ledger", owner, "a", folder / "answers", caps, billing("m", limits=limits)
    )


async def _work(account: Any, worker: int, each: int, tokens: int, used: int) -> tuple[int, int]:
    """Reserve `each` times; return how often it was served and how often refused."""

    async def one(number: int) -> bool:
        try:
            ticket = await account.reserve(UsageBound(f"w{worker}r{number}", "elicit", 0, tokens))
        except CapReached:
            return False
        await asyncio.sleep(0.05)
        await account.settle(ticket, TokenUsage(0, used))
        return True

    served = sum(await asyncio.gather(*(one(number) for number in range(each))))
    await account.close()
    return served, each - served


def _working(ray: Any, accounts: SpendingAccounts, tokens: int, used: int) -> list[Any]:
    @ray.remote(num_cpus=0)
    def work(account: Any, worker: int) -> tuple[int, int]:
        return asyncio.run(_work(account, worker, EACH, tokens, used))

    return [work.remote(accounts.account("m"), worker) for worker in range(WORKERS)]


def test_all_workers_together_are_charged_exactly_what_they_used(ray: Any, tmp_path: Path) -> None:
    billing = _billing(tmp_path, Caps(total=WORKERS * EACH * 1_000_000))
    accounts = SpendingAccounts(RayWorkers(ray), billing)
    served = ray.get(_working(ray, accounts, 1000, 400))
    accounts.close()
    assert served == [(EACH, 0)] * WORKERS
    [one] = spending_of(billing.ledger, "a")
    assert one.attempts == WORKERS * EACH
    assert one.dollars == pytest.approx(WORKERS * EACH * 0.0004)
    assert spending_table(billing.ledger, "a").column("state").to_pylist() == ["settled"] * (
        WORKERS * EACH
    )


def test_all_workers_together_stay_under_the_cap(ray: Any, tmp_path: Path) -> None:
    billing = _billing(tmp_path, Caps(total=100_000_000))
    accounts = SpendingAccounts(RayWorkers(ray), billing)
    served = ray.get(_working(ray, accounts, 1000, 900))
    accounts.close()
    [one] = spending_of(billing.ledger, "a")
    assert one.dollars <= 0.1
    assert sum(count for count, _ in served) == 111  # 0.0009 each, the last one 0.001 at the most


def test_a_governor_that_is_killed_comes_back_and_nothing_is_lost_or_charged_twice(
    ray: Any, tmp_path: Path
) -> None:
    billing = _billing(tmp_path, Caps(), limits=Limits(6000, None))
    accounts = SpendingAccounts(RayWorkers(ray), billing)
    working = _working(ray, accounts, 1000, 400)
    for _ in range(3):
        time.sleep(1.0)
        os.kill(accounts._actor.call("process").result(), signal.SIGKILL)
        _wait_until_back(accounts)
    assert ray.get(working) == [(EACH, 0)] * WORKERS
    accounts.close()
    table = spending_table(billing.ledger, "a")
    assert table.num_rows == WORKERS * EACH
    assert len(set(table.column("request_id").to_pylist())) == WORKERS * EACH
    states = table.column("state").to_pylist()
    assert set(states) <= {"settled", "open"}  # a settlement may die with the governor
    assert states.count("settled") > 0.8 * len(states)


def test_another_runs_ledger_is_refused_before_anything_is_sent(ray: Any, tmp_path: Path) -> None:
    first = SpendingAccounts(RayWorkers(ray), _billing(tmp_path, Caps(), "run a"))
    assert first.opened() == []
    first.close()
    accounts = SpendingAccounts(RayWorkers(ray), _billing(tmp_path, Caps(), "run b"))
    with pytest.raises(BadLedger, match="of run a, not of run b"):
        accounts.opened()
    accounts.close()


def _wait_until_back(accounts: SpendingAccounts) -> None:
    for _ in range(100):
        try:
            accounts._actor.call("process").result()
        except ActorDied:
            time.sleep(0.1)
        else:
            return
    raise AssertionError("the governor did not come back")
