"""A session that cannot be opened, or loses Ray, raises its own error and leaves nothing behind."""

from __future__ import annotations

import socket
from pathlib import Path
from types import SimpleNamespace

import pytest

from culture_ray.errors import BadLedger, RayLost
from culture_ray.spending.balances import Caps
from culture_ray.spending.billing import BillingContext
from culture_ray.store.run_directory import RunDirectory
from culture_ray.sweep.execute import driver_session, ray_session
from culture_ray.sweep.execute.driver_session import open_session
from culture_ray.sweep.execute.executor import Executor
from culture_ray.sweep.execute.fleet import Fleet
from culture_ray.sweep.execute.hang_detector import HangDetector
from culture_ray.sweep.execute.membership import Membership
from culture_ray.sweep.plan.cluster import Cluster
from culture_ray.sweep.schedule.state import State
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


def test_without_its_head_ray_is_asked_nothing_more_and_claims_are_given_back(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    closed: list[bool] = []
    asked: list[None] = []
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        head = f"127.0.0.1:{nobody.getsockname()[1]}"
        ray = SimpleNamespace(
            get_runtime_context=lambda: SimpleNamespace(gcs_address=head),
            nodes=lambda: asked.append(None) or [],
        )
        monkeypatch.setattr(driver_session, "connect", lambda cluster, logs: ray)
        monkeypatch.setattr(ray_session, "_LOST_AFTER_S", 0)
        monkeypatch.setattr(Fleet, "close", lambda fleet, graceful: closed.append(graceful))
        run = RunDirectory(tmp_path)
        with (
            pytest.raises(RayLost, match=f"Ray's head at {head} ended"),
            open_session(Cluster(address=head), run, Clocked(), None, in_process=False) as session,
        ):
            membership = Membership(
                session.workers, State(1), session.fleet, session.event_log, HangDetector(1, 1)
            )
            membership.update_nodes()
    assert closed == asked == []
    assert list((tmp_path / "claims").iterdir()) == []
