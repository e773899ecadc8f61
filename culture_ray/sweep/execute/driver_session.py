"""Session of a driver: Ray, spending accounts, claims, replicas and event log, open for a sweep."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

from culture_ray.errors import Drained, RayLost
from culture_ray.spending.billing import BillingContext
from culture_ray.store.claims import Claims, Presence
from culture_ray.store.run_directory import RunDirectory
from culture_ray.sweep.events import Listener
from culture_ray.sweep.execute.event_log import EventLog
from culture_ray.sweep.execute.fleet import Fleet
from culture_ray.sweep.execute.governor_actor import SpendingAccounts
from culture_ray.sweep.execute.metrics import Metrics
from culture_ray.sweep.execute.ray_session import (
    connect,
    keep_local_logs,
    naming_lost_head,
    shut_down,
)
from culture_ray.sweep.plan.cluster import Cluster
from culture_ray.sweep.progress.timeline import Timeline


@dataclass(frozen=True)
class DriverSession:
    """Resources that a driver holds for the length of a sweep."""

    ray: Any
    accounts: SpendingAccounts | None
    """None where nothing costs money."""
    claims: Claims
    fleet: Fleet
    event_log: EventLog


@contextmanager
def open_session(
    cluster: Cluster,
    run: RunDirectory,
    driver: str,
    listener: Listener,
    billing: BillingContext | None,
) -> Iterator[DriverSession]:
    """Yield the session of the driver named `driver`.

    Raises WrongValue and NoRay where Ray cannot be used, RayLost where its head ends before the
    session, and DiskProblem. At the end replicas are closed gracefully, or killed if an error other
    than Drained ends the session.
    """
    with ExitStack() as stack:
        logs = run.logs / "ray"
        ray = connect(cluster, logs)
        if cluster.address is None:
            stack.callback(shut_down, ray)
        accounts = None
        if billing is not None:
            accounts = SpendingAccounts(ray, billing)
            stack.callback(accounts.close)
        folder = run.folder.resolve()
        claims = stack.enter_context(Presence(folder / "claims", driver))
        fleet = Fleet(ray)
        event_log = EventLog(listener, Timeline(folder, driver), Metrics(run.name))
        graceful = lost = False
        try:
            with naming_lost_head(ray):
                yield DriverSession(ray, accounts, claims, fleet, event_log)
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
