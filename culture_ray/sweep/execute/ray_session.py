"""Joining a Ray cluster, or starting Ray on this machine for the length of the sweep."""

from __future__ import annotations

import os
import secrets
import socket
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

from culture_ray.errors import NoRay, WrongValue
from culture_ray.sweep.execute.placement import cluster_resources
from culture_ray.sweep.plan.cluster import Cluster
from culture_ray.sweep.plan.resources import Resources

Shared = TypeVar("Shared")
Part = TypeVar("Part")
Result = TypeVar("Result")

_AHEAD = 3
"""Parts under way per core: enough to keep it busy, few enough to keep memory bounded."""

_ANSWER_S = 20.0


def connect(cluster: Cluster) -> Any:
    """Return the `ray` module, connected; raises WrongValue for an address at which nothing
    answers, NoRay in Ray's own words.
    """
    if cluster.address is not None:
        _check_answers(cluster.address)
    # Ray 2.60 turns token authentication on by itself and keeps the token in the home directory.
    # A Ray of our own gets a token of its own, in the environment only, before Ray is imported.
    if cluster.address is None and "RAY_AUTH_MODE" not in os.environ:
        os.environ["RAY_AUTH_MODE"] = "token"
        os.environ["RAY_AUTH_TOKEN"] = secrets.token_hex(32)
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    # Ray runs its workers at niceness 15; an engine then starves beside anything else that runs.
    os.environ.setdefault("RAY_worker_niceness", "0")
    os.environ.setdefault("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")
    import ray

    options: dict[str, Any] = {"address": cluster.address}
    if cluster.address is None:
        # "local": without it Ray joins whatever cluster somebody else has on this machine.
        options = {"address": "local", "include_dashboard": False}
        options["object_store_memory"] = 256 * 2**20
    try:
        ray.init(log_to_driver=False, logging_level="ERROR", configure_logging=True, **options)
    except Exception as error:
        # Ray has no class of errors for this: a machine that is too busy is a bare Exception.
        what = "did not start here" if cluster.address is None else "did not let this sweep join"
        words = (str(error).strip().splitlines() or [type(error).__name__])[0]
        raise NoRay(
            f"Ray {what}: {words} Nothing was asked, and the same command goes on; Ray's logs are "
            f"in {os.environ.get('RAY_TMPDIR', '/tmp')}/ray/session_latest/logs"
        ) from error
    return ray


def _check_answers(address: str) -> None:
    """Ray itself waits for minutes for a head that is not there."""
    host, colon, port = address.rpartition(":")
    if not colon or not port.isdecimal() or "/" in host:
        return  # Ray's own words for places, such as auto
    try:
        socket.create_connection((host.strip("[]"), int(port)), timeout=_ANSWER_S).close()
    except OSError as error:
        expected = f"HOST:PORT of a Ray that runs ({error.strerror or error}), or null to start one"
        raise WrongValue("cluster.address", address, expected) from error


@contextmanager
def connected(cluster: Cluster) -> Iterator[Any]:
    """Yield the module ray, connected; a Ray that was not connected before is left at the end."""
    ray = sys.modules.get("ray")  # not imported here: `connect` sets what it reads then
    if ray is not None and ray.is_initialized():
        yield ray
        return
    ray = connect(cluster)
    try:
        yield ray
    finally:
        ray.shutdown()


@dataclass(frozen=True)
class Machine:
    """A machine of the cluster."""

    address: str
    has: Resources


def machines(ray: Any) -> dict[str, Machine]:
    """Return the machines of the cluster that are alive, by node id."""
    return {
        node["NodeID"]: Machine(node["NodeManagerAddress"], cluster_resources(node["Resources"]))
        for node in ray.nodes()
        if node["Alive"]
    }


def mapped(
    act: Callable[[Shared, Part], Result], shared: Shared, parts: Iterable[Part], cluster: Cluster
) -> Iterator[Result]:
    """Yield act(shared, part) of every part, in their order, each on one core.

    `act` has to be a function of a module. Parts are read, and results held, only a few per core
    ahead of the reader. An error of `act` is raised as it is. A Ray that was not connected
    before is left at the end.
    """
    with connected(cluster) as ray:
        task = ray.remote(num_cpus=1)(act)
        kept = ray.put(shared)
        most = _AHEAD * max(1, int(ray.cluster_resources().get("CPU", 1)))
        under_way: deque[Any] = deque()
        for part in parts:
            under_way.append(task.remote(kept, part))
            if len(under_way) >= most:
                yield ray.get(under_way.popleft())
        while under_way:
            yield ray.get(under_way.popleft())
