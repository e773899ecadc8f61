"""A session that cannot be opened raises its own error and leaves no Ray behind."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest

from culture_ray.errors import BadLedger
from culture_ray.spending.balances import Caps
from culture_ray.spending.billing import BillingContext
from culture_ray.store.run_directory import RunDirectory
from culture_ray.sweep.execute import driver_session
from culture_ray.sweep.execute.executor import Executor
from culture_ray.sweep.plan.cluster import Cluster
from tests.clocked import Clocked
from tests.standin import StandInEngine
from tests.sweep.echo import Echo, echo_model, echo_units


def test_an_unusable_ledger_is_the_users_error_and_ray_is_shut_down(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    stopped: list[bool] = []
    ray = SimpleNamespace(shutdown=lambda: stopped.append(True))

    def refuse(ray: object, billing: BillingContext) -> None:
        raise BadLedger("of run a, not of run b")

    monkeypatch.setattr(driver_session, "connect", lambda cluster, logs: ray)
    monkeypatch.setattr(driver_session, "SpendingAccounts", refuse)
    billing = BillingContext(tmp_path / "ledger", "run b", "b", tmp_path, Caps(), {})
    executor = Executor(
        Cluster(), {"m": echo_model()}, StandInEngine, RunDirectory(tmp_path), Clocked(), billing
    )
    with pytest.raises(BadLedger, match="not of run b"), executor:
        executor.run(Echo(), echo_units(tmp_path, "m"))
    assert stopped == [True]
