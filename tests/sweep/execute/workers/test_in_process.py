"""Replicas in one process end with all that they do; others and the governor are left alone."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from culture_ray.engines.interface import Engine, Request, Response
from culture_ray.engines.model import Model
from culture_ray.errors import DiskProblem, EngineFailed
from culture_ray.spending.account import TokenUsage, UsageBound
from culture_ray.spending.balances import Caps
from culture_ray.spending.billing import BillingContext
from culture_ray.spending.client import GovernorClient
from culture_ray.spending.messages import Reserve
from culture_ray.spending.statement import spending_table
from culture_ray.store.run_directory import RunDirectory
from culture_ray.sweep.execute.executor import Executor
from culture_ray.sweep.execute.governor_actor import SpendingAccounts
from culture_ray.sweep.execute.replica import ReplicaSettings
from culture_ray.sweep.execute.workers.in_process import LocalActor, LocalWorkers
from culture_ray.sweep.execute.workers.interface import ActorDied
from culture_ray.sweep.plan.cluster import Cluster
from culture_ray.sweep.plan.units import Unit
from culture_ray.sweep.schedule.actions import Start
from culture_ray.sweep.schedule.chunks import Chunk
from tests.clocked import Clocked
from tests.spending.builders import billing
from tests.standin import StandInEngine
from tests.sweep.echo import Echo, echo_model, echo_units, ids_of, rows

PATIENCE_S = 60.0


class Waiting:
    """Engine whose requests wait until they are let through; pays for them if it has an account."""

    in_flight = 8

    def __init__(self, account: GovernorClient | None = None) -> None:
        self.passes, self.account = asyncio.Event(), account
        self.begun: list[str] = []
        self.ended: list[str] = []
        self.all_begun, self.closed = threading.Event(), threading.Event()
        self.closes = 0

    async def start(self) -> None:
        """Do nothing: there is nothing to load."""

    async def generate(self, request: Request) -> Response:
        """Wait, and answer with the request's id."""
        ticket = None
        if self.account is not None:
            ticket = await self.account.reserve(UsageBound(request.request_id, "elicit", 1, 1))
        self.begun.append(request.request_id)
        if len(self.begun) == 4:
            self.all_begun.set()
        try:
            # The governor admits one request until the model has answered.
            if self.account is None or len(self.begun) > 1:
                await self.passes.wait()
        finally:
            self.ended.append(request.request_id)
        if ticket is not None and self.account is not None:
            await self.account.settle(ticket, TokenUsage(1, 1))
        return Response(request.request_id, request.request_id, "stop")

    async def close(self) -> None:
        """Close the account."""
        self.closes += 1
        if self.account is not None:
            await self.account.close()
        self.closed.set()


@pytest.fixture
def workers() -> Iterator[LocalWorkers]:
    made = LocalWorkers()
    yield made
    made.close()


def _replica(workers: LocalWorkers, folder: Path, name: str, engine: Engine) -> LocalActor:
    start = Start(name, "m", ())
    return workers.start_replica(start, echo_model(), lambda: engine, ReplicaSettings(folder))


def _api(**plans: object) -> Model:
    return replace(echo_model(**plans), engine="openai")


def _asked(replica: LocalActor, unit: Unit) -> Any:
    return replica.call("run", unit, Chunk(str(unit.path), 0, unit.size, unit.tokens), Echo(), 1)


def test_a_killed_replica_ends_every_request_it_has_begun_and_others_go_on(
    workers: LocalWorkers, tmp_path: Path
) -> None:
    first, second = Waiting(), Waiting()
    one, other = echo_units(tmp_path, "m", 2)
    killed, kept = (
        _replica(workers, tmp_path, name, engine) for name, engine in (("a", first), ("b", second))
    )
    lost, done = _asked(killed, one), _asked(kept, other)
    assert first.all_begun.wait(PATIENCE_S)
    assert second.all_begun.wait(PATIENCE_S)
    killed.kill()
    assert first.closed.wait(PATIENCE_S)
    assert sorted(first.ended) == ids_of(one)
    with pytest.raises(ActorDied):
        lost.result(PATIENCE_S)
    with pytest.raises(ActorDied):
        killed.call("counters").result(PATIENCE_S)
    workers._loop.call_soon_threadsafe(second.passes.set)
    assert done.result(PATIENCE_S).rows == other.size
    assert sorted(rows(tmp_path)) == ids_of(other)


def test_a_replica_that_was_closed_is_not_closed_again_and_no_thread_is_left(
    tmp_path: Path,
) -> None:
    before = set(threading.enumerate())
    workers, engine = LocalWorkers(), Waiting()
    replica, [unit] = _replica(workers, tmp_path, "a", engine), echo_units(tmp_path, "m", 1)
    engine.passes.set()
    assert _asked(replica, unit).result(PATIENCE_S).rows == unit.size
    replica.call("close").result(PATIENCE_S)
    replica.kill()
    workers.close()
    assert engine.closes == 1
    assert set(threading.enumerate()) <= before


def test_an_engine_that_cannot_be_made_is_an_engines_failure(
    workers: LocalWorkers, tmp_path: Path
) -> None:
    def make() -> Engine:
        raise ValueError("could not convert string to float: 'soon'")

    start = Start("a", "m", ())
    replica = workers.start_replica(start, echo_model(), make, ReplicaSettings(tmp_path))
    with pytest.raises(EngineFailed, match="ValueError: could not convert string to float: 'soon'"):
        replica.call("start").result(PATIENCE_S)


def test_the_governor_serves_the_others_when_the_replica_that_woke_it_is_killed(
    workers: LocalWorkers, tmp_path: Path
) -> None:
    context = BillingContext(
        tmp_path / "ledger", "run a", "a", tmp_path / "answers", Caps(), billing("m")
    )
    accounts = SpendingAccounts(workers, context)
    assert accounts.opened() == []
    engines = [Waiting(accounts.account("m")) for _ in range(2)]
    killed, kept = (
        _replica(workers, tmp_path, f"r{number}", engine) for number, engine in enumerate(engines)
    )
    one, other = echo_units(tmp_path, "m", 2)
    _asked(killed, one)
    assert engines[0].all_begun.wait(PATIENCE_S)
    killed.kill()
    assert engines[0].closed.wait(PATIENCE_S)
    engines[1].passes.set()
    assert _asked(kept, other).result(PATIENCE_S).rows == other.size
    kept.call("close").result(PATIENCE_S)
    assert accounts.overview(PATIENCE_S).dollars["m"] > 0
    late = Reserve("late/1-0", "m", UsageBound("late", "elicit", 1, 1))
    accounts._actor.call("post", "worker", [late]).result(PATIENCE_S)
    accounts.close()
    table = spending_table(context.ledger, "a")
    states = dict(zip(table["request_id"].to_pylist(), table["state"].to_pylist(), strict=True))
    assert {states[name] for name in ids_of(other)} == {"settled"}
    assert states["late"] == "open", "what was received before the end is on disk"
    cut = sorted(states[name] for name in ids_of(one))
    assert cut == ["open", "open", "open", "settled"], "what was sent may have been billed"


@pytest.mark.slow
def test_a_whole_stage_runs_in_this_process_and_failures_stay_where_they_belong(
    tmp_path: Path,
) -> None:
    models = {
        "good": _api(seconds=0.01, bad="good-0-1", transient="good-1-2"),
        "refusing": _api(refuses="ValueError: this model is not for me"),
        "unmade": _api(seconds="soon"),
    }
    units = [unit for name in models for unit in echo_units(tmp_path, name)]
    run, shown = RunDirectory(tmp_path), Clocked()
    shown.begin_stage("elicit", dict.fromkeys(models, (12, 0)))
    with Executor(Cluster(), models, StandInEngine, run, shown, in_process=True) as executor:
        abandoned = executor.run(Echo(), units)
        assert isinstance(executor._session.workers, LocalWorkers)
        assert abandoned == {
            "refusing": "ValueError: this model is not for me",
            "unmade": "ValueError: could not convert string to float: 'soon'",
        }
        found = rows(tmp_path)
        assert set(found) == {i for unit in echo_units(tmp_path, "good") for i in ids_of(unit)}
        failures = {key: row["failure"] for key, row in found.items() if row["failure"]}
        assert failures == {"good-0-1": "ValueError: the prompt is too long"}
        assert found["good-1-2"]["attempts"] == 2
        blocked = tmp_path / "file"
        blocked.write_text("in the way")
        with pytest.raises(DiskProblem, match="a part of the path is a file"):
            executor.run(Echo(), [Unit(blocked / "unit.arrow", "good", "good", "en", 4, 1.0)])
    assert list((tmp_path / "claims").iterdir()) == []
    assert (tmp_path / "timeline.arrow").exists()
