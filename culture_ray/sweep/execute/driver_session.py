"""Session of a driver: workers, spending accounts, claims, replicas and event log of a sweep."""

from __future__ import annotations

import os
import platform
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from culture_ray.errors import Drained, RayLost
from culture_ray.spending.billing import BillingContext
from culture_ray.store.claims import Claims, Presence
from culture_ray.store.run_directory import RunDirectory
from culture_ray.sweep.events import Listener
from culture_ray.sweep.execute.event_log import EventLog
from culture_ray.sweep.execute.fleet import Fleet
from culture_ray.sweep.execute.governor_actor import SpendingAccounts
from culture_ray.sweep.execute.ray_session import connect, keep_local_logs, shut_down
from culture_ray.sweep.execute.workers.in_process import LocalWorkers
from culture_ray.sweep.execute.workers.interface import Workers
from culture_ray.sweep.execute.workers.on_ray import RayWorkers
from culture_ray.sweep.plan.cluster import Cluster
from culture_ray.sweep.progress.timeline import Timeline


@dataclass(frozen=True)
class DriverSession:
    """Resources that a driver holds for the length of a sweep."""

    workers: Workers
    accounts: SpendingAccounts | None
    """None where nothing costs money."""
    claims: Claims
    fleet: Fleet
    event_log: EventLog


@contextmanager
def open_session(
    cluster: Cluster,
    run: RunDirectory,
    listener: Listener,
    billing: BillingContext | None,
    *,
    in_process: bool,
) -> Iterator[DriverSession]:
    """Yield the session of this driver, whose actors are on Ray or `in_process`.

    Raises WrongValue and NoRay where Ray cannot be used, RayLost where its head ends before the
    session, and DiskProblem. At the end replicas are closed gracefully, or killed if an error other
    than Drained ends the session.
    """
    driver = f"{platform.node()}-{os.getpid()}-{uuid.uuid4().hex[:6]}"
    with ExitStack() as stack:
        logs = run.logs / "ray"
        workers = stack.enter_context(_workers(cluster, logs, listener, in_process=in_process))
        accounts = None
        if billing is not None:
            accounts = SpendingAccounts(workers, billing)
            stack.callback(accounts.close)
        folder = run.folder.resolve()
        claims = stack.enter_context(Presence(folder / "claims", driver))
        fleet = Fleet(workers)
        event_log = EventLog(listener, Timeline(folder, driver), workers.metrics(run.name))
        graceful = lost = False
        try:
            with workers.naming_loss():
                yield DriverSession(workers, accounts, claims, fleet, event_log)
            graceful = True
        except Drained:
            graceful = True
            raise
        except RayLost:
            lost = True
            raise
        finally:
            if not graceful and keep_local_logs(logs):
                listener.say(f"Ray's logs are in {logs}")
            if not lost:  # else Ray ends this process over a call, before it says why
                fleet.close(graceful=graceful)
            event_log.close()


@contextmanager
def _workers(
    cluster: Cluster, logs: Path, listener: Listener, *, in_process: bool
) -> Iterator[Workers]:
    """Yield the place of actors; a Ray that was started for them is shut down at the end."""
    if in_process:
        with closing(LocalWorkers()) as workers:
            yield workers
        return
    listener.say(f"Ray and vLLM write to {logs.parent}/")
    ray = connect(cluster, logs)
    try:
        yield RayWorkers(ray)
    finally:
        if cluster.address is None:
            shut_down(ray)
