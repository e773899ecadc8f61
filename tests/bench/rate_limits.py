"""Use of an API's rate limits by many workers, and their refusals: tests.bench.rate_limits.

Workers are processes on two Ray nodes; the server counts for itself.
"""

from __future__ import annotations

import os
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from culture_ray.spending.balances import Caps
from culture_ray.spending.billing import BillingContext, ModelBilling
from culture_ray.spending.limits import Limits as Allowed
from culture_ray.spending.prices import Prices, price_of
from tests.api_server.running import Running, api_server
from tests.api_server.settings import Answers, Limits, Settings
from tests.bench.figure import Figure
from tests.bench.rate_worker import RateWorker

WARM_S, MEASURED_S = 8.0, 20.0
REQUESTS, TOKENS = 1200.0, 400_000.0
"""Per minute: low enough that two cores have time for server, governor and 16 workers."""

MOST_WORKERS = 16
LANES = 96
"""Requests that all workers together have in hand."""


@dataclass(frozen=True)
class Crowd:
    """Workers that are ready, on two nodes."""

    ray: Any
    workers: list[Any]
    folder: Path


def figures() -> Iterator[Figure]:
    """Yield the used share of each limit, refusals, and how soon wrong limits are mended."""
    with TemporaryDirectory() as scratch, _crowd(Path(scratch)) as crowd:
        for count in (1, 4, MOST_WORKERS):
            for kind, limits in (
                ("requests", Limits(rpm=REQUESTS)),
                ("tokens", Limits(tpm=TOKENS)),
                ("tokens, charged as used", Limits(tpm=TOKENS / 2, charge="actual")),
            ):
                share, refused = _sustained(crowd, count, limits)
                name = f"{count} workers on 2 nodes, share of the {kind} limit"
                yield Figure(name, share, "", target=0.99)
                yield Figure(f"{count} workers, {kind}: 429s", refused, "", 0.0, "lower")
        for word, factor in (("half of", 0.5), ("twice", 2.0)):
            seconds, refused = _convergence(crowd, factor)
            yield Figure(f"real limit {word} the configured: found", seconds, "s", 30.0, "lower")
            yield Figure(f"real limit {word} the configured: 429s", refused, "")


def _sustained(crowd: Crowd, count: int, limits: Limits) -> tuple[float, float]:
    allowed = Allowed(limits.rpm, limits.tpm, limits.charge)
    with _asking(crowd, count, limits, allowed) as server:
        time.sleep(WARM_S)
        before = server.stats()
        time.sleep(MEASURED_S)
        after = server.stats()
    return _share(before, after, limits), float(after["statuses"].get("429", 0))


def _convergence(crowd: Crowd, factor: float) -> tuple[float, float]:
    """Seconds until 5 s in a row use 97 % of a limit that is `factor` times the configured one."""
    limits = Limits(rpm=REQUESTS * factor / 2)
    with _asking(crowd, 4, limits, Allowed(REQUESTS / 2)) as server:
        began = time.monotonic()
        looks = [(0.0, server.stats())]
        while looks[-1][0] < 60:
            time.sleep(1)
            looks.append((time.monotonic() - began, server.stats()))
            if len(looks) > 5 and _share(looks[-6][1], looks[-1][1], limits) >= 0.97:
                break
        return looks[-6][0], float(looks[-1][1]["statuses"].get("429", 0))


def _share(before: dict[str, Any], after: dict[str, Any], limits: Limits) -> float:
    minutes = (after["now"] - before["now"]) / 60
    used = [
        (after[what] - before[what]) / limit / minutes
        for what, limit in (("admitted", limits.rpm), ("charged", limits.tpm))
        if limit is not None
    ]
    return float(max(used))


@contextmanager
def _asking(crowd: Crowd, count: int, limits: Limits, allowed: Allowed) -> Iterator[Running]:
    """Workers that ask a server without a pause, under one governor."""
    from culture_ray.sweep.execute.governor_actor import SpendingAccounts
    from culture_ray.sweep.execute.workers.on_ray import RayWorkers

    answers = Answers(seconds=0.2, seconds_spread=0.2, shortest=20, longest=290)
    key = os.environ["CULTURE_RAY_BENCH_KEY"]
    with api_server(Settings(key=key, limits=limits, answers=answers)) as server:
        folder = crowd.folder / secrets.token_hex(4)
        terms = ModelBilling("m", price_of("m", "m", None, Prices(0.0, 0.0)), allowed, "pool")
        purse = BillingContext(folder / "ledger", "bench", "bench", folder, Caps(), {"m": terms})
        accounts = SpendingAccounts(RayWorkers(crowd.ray), purse)
        chosen = crowd.workers[:count]
        asked = [
            worker.ask.remote(accounts.account("m"), server.base_url, LANES // count)
            for worker in chosen
        ]
        try:
            yield server
        finally:
            crowd.ray.get([worker.stop.remote() for worker in chosen])
            crowd.ray.get(asked)
            accounts.close()


@contextmanager
def _crowd(folder: Path) -> Iterator[Crowd]:
    os.environ.setdefault("RAY_AUTH_MODE", "token")
    os.environ.setdefault("RAY_AUTH_TOKEN", secrets.token_hex(32))
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    os.environ.setdefault("RAY_worker_niceness", "0")
    key = os.environ["CULTURE_RAY_BENCH_KEY"] = secrets.token_hex(8)
    import ray
    from ray.cluster_utils import Cluster

    memory = {"object_store_memory": 100 * 2**20}
    head = {"num_cpus": MOST_WORKERS, **memory}
    cluster = Cluster(initialize_head=True, head_node_args=head)
    cluster.add_node(num_cpus=MOST_WORKERS, **memory)
    ray.init(address=cluster.address, log_to_driver=False, logging_level="ERROR")
    try:
        actor = ray.remote(RateWorker).options(
            num_cpus=1, max_concurrency=1000, scheduling_strategy="SPREAD"
        )
        workers = [actor.remote(key, folder / "answers") for _ in range(MOST_WORKERS)]
        nodes = ray.get([worker.ready.remote() for worker in workers])
        # The first of them are on both nodes.
        order = sorted(range(MOST_WORKERS), key=lambda n: (nodes[:n].count(nodes[n]), nodes[n]))
        yield Crowd(ray, [workers[n] for n in order], folder)
    finally:
        ray.shutdown()
        cluster.shutdown()


if __name__ == "__main__":
    for figure in figures():
        print(figure.line(), flush=True)
