"""Ray sessions: joining a cluster, or starting Ray on this machine; its head; parallel maps."""

from __future__ import annotations

import os
import secrets
import socket
import sys
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from culture_ray.errors import CultureRayError, NoRay, RayLost, WrongValue
from culture_ray.sweep.execute import local_ray
from culture_ray.sweep.execute.ray_logs import keep_logs
from culture_ray.sweep.plan.cluster import Cluster

Shared = TypeVar("Shared")
Part = TypeVar("Part")
Result = TypeVar("Result")

_TASKS_PER_CORE = 3
"""Submitted at once by `mapped`: enough to keep cores busy, few enough to keep memory bounded."""

_CONNECT_TIMEOUT_S = 20.0

_CHECK_AFTER_S = 5.0
"""A result that takes longer may never come: the head is looked for."""

_LOST_AFTER_S, _RETRY_S = 20.0, 1.0
"""A head that cannot be reached for so long has ended. Ray itself gives up after 60 s, in which its
calls do not return, and then ends this process in the middle."""

_started: list[Path] = []
"""Folder of the Ray that this process has started."""


def connect(cluster: Cluster, logs: Path | None = None) -> Any:
    """Return the `ray` module, connected.

    `logs` is where the logs of a Ray that does not start are kept; None leaves them in its folder.
    Raises WrongValue for an address at which nothing answers, and NoRay with Ray's own message.
    """
    if cluster.address is not None:
        _check_answers(cluster.address)
    # Ray 2.60 turns token authentication on by itself and keeps the token in the home directory.
    # A Ray started here gets its own token, in the environment only, before Ray is imported.
    if cluster.address is None and "RAY_AUTH_MODE" not in os.environ:
        os.environ["RAY_AUTH_MODE"] = "token"
        os.environ["RAY_AUTH_TOKEN"] = _token()
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    # Ray runs its workers at niceness 15; an engine then starves beside anything else that runs.
    os.environ.setdefault("RAY_worker_niceness", "0")
    os.environ.setdefault("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")
    # Ray would start a worker per core that no replica can use: each has variables of its own.
    os.environ.setdefault("RAY_prestart_worker_first_driver", "0")
    options: dict[str, Any] = {"address": cluster.address}
    if cluster.address is None:
        local_ray.adapt(os.environ)
        _started.append(local_ray.new_folder(os.environ))
        options = local_ray.options(os.environ, _started[-1])
    import ray

    try:
        ray.init(log_to_driver=False, logging_level="ERROR", configure_logging=True, **options)
    except Exception as error:
        # Ray has no class of errors for this: on a machine that is too busy, it is an Exception.
        problem = "did not start" if cluster.address is None else "could not be joined"
        message = (str(error).strip().splitlines() or [type(error).__name__])[0]
        raise NoRay(
            f"Ray {problem}: {message} No request was sent; run the same command again to "
            f"continue. Ray's logs are in {_place_of_logs(cluster, logs)}"
        ) from error
    return ray


def shut_down(ray: Any) -> None:
    """Shut down the Ray that this process has started, and remove its folder."""
    ray.shutdown()
    while _started:
        local_ray.remove_folder(_started.pop())


def keep_local_logs(target: Path) -> bool:
    """Keep the logs of the Ray that this process has started; return False if there are none."""
    return bool(_started) and _kept(_started[-1], target)


def _kept(folder: Path, target: Path) -> bool:
    try:
        return keep_logs(folder / "session_latest" / "logs", target) > 0
    except OSError:  # a full disk may be why they are wanted
        return False


def _place_of_logs(cluster: Cluster, logs: Path | None) -> str:
    """Return the place of the logs of a Ray that does not work."""
    if cluster.address is not None:
        kept = os.environ.get("CULTURE_RAY_LOGS")  # of a job of slurm/sweep.sbatch
        return kept or "session_latest/logs of the temporary folder of its head"
    folder = _started.pop()
    if logs is None or not _kept(folder, logs):
        return f"{folder}/session_latest/logs"
    local_ray.remove_folder(folder)
    return str(logs)


@cache
def _token() -> str:
    """Return the token of every Ray that this process starts: Ray reads it only once."""
    return secrets.token_hex(32)


@contextmanager
def connected(cluster: Cluster) -> Iterator[Any]:
    """Yield the `ray` module, connected; disconnect at the end if it was not connected before."""
    ray = sys.modules.get("ray")  # not imported here: `connect` sets variables that Ray reads then
    if ray is not None and ray.is_initialized():
        with naming_lost_head(ray):
            yield ray
        return
    ray = connect(cluster)
    try:
        with naming_lost_head(ray):
            yield ray
    finally:
        shut_down(ray)


def check_head(ray: Any) -> None:
    """Raise RayLost if the head of the cluster, to which this process is connected, has ended.

    To be called before anything is asked that only the head knows.
    """
    address = ray.get_runtime_context().gcs_address
    end = time.monotonic() + _LOST_AFTER_S
    while (problem := _connection_problem(address)) is not None:
        if time.monotonic() >= end:
            raise RayLost(
                f"Ray's head at {address} ended while it was used ({problem}); committed results "
                f"are safe, and the same command goes on"
            )
        time.sleep(_RETRY_S)


@contextmanager
def naming_lost_head(ray: Any) -> Iterator[None]:
    """Raise RayLost in place of whatever Ray raises in the body after its head has ended."""
    try:
        yield
    except CultureRayError:
        raise
    except Exception:
        check_head(ray)
        raise


def mapped(
    function: Callable[[Shared, Part], Result],
    shared: Shared,
    parts: Iterable[Part],
    cluster: Cluster,
) -> Iterator[Result]:
    """Yield function(shared, part) of every part, in their order, each on one core.

    `function` has to be defined in a module. Only a few parts per core are read, and results held,
    ahead of the reader. Errors of `function` are raised unchanged.
    """
    with connected(cluster) as ray:
        task = ray.remote(num_cpus=1)(function)
        shared_ref = ray.put(shared)
        limit = _TASKS_PER_CORE * max(1, int(ray.cluster_resources().get("CPU", 1)))
        submitted: deque[Any] = deque()
        for part in parts:
            submitted.append(task.remote(shared_ref, part))
            if len(submitted) >= limit:
                yield _result(ray, submitted.popleft())
        while submitted:
            yield _result(ray, submitted.popleft())


def _result(ray: Any, reference: Any) -> Any:
    """Return the result of a task; raises RayLost if it cannot come any more."""
    while not ray.wait([reference], timeout=_CHECK_AFTER_S)[0]:
        check_head(ray)
    return ray.get(reference)


def _check_answers(address: str) -> None:
    """Raise WrongValue if nothing listens at the address; Ray itself would wait for minutes."""
    problem = _connection_problem(address)
    if problem is not None:
        expected = f"HOST:PORT of a running Ray ({problem}), or null to start one"
        raise WrongValue("cluster.address", address, expected)


def _connection_problem(address: str) -> str | None:
    """Return the reason why nothing can be reached at an address; None if something can."""
    host, colon, port = address.rpartition(":")
    if not colon or not port.isdecimal() or "/" in host:
        return None  # one of Ray's names for an address, such as auto
    try:
        socket.create_connection((host.strip("[]"), int(port)), timeout=_CONNECT_TIMEOUT_S).close()
    except OSError as error:
        return error.strerror or str(error)
    return None
