"""Replicas and the governor as actors of Ray, each in a process of its own."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextlib import AbstractContextManager
from typing import Any

from culture_ray.engines.interface import Engine
from culture_ray.engines.model import Model
from culture_ray.errors import CultureRayError, EngineFailed
from culture_ray.spending.billing import BillingContext
from culture_ray.sweep.execute.governor_actor import GovernorActor
from culture_ray.sweep.execute.gpu_memory import wait_until_free
from culture_ray.sweep.execute.metrics import Metrics
from culture_ray.sweep.execute.placement import actor_options, cluster_resources, environment
from culture_ray.sweep.execute.ray_session import check_head, naming_lost_head
from culture_ray.sweep.execute.replica import Replica, ReplicaSettings
from culture_ray.sweep.execute.weight_reader import read_weights
from culture_ray.sweep.execute.workers.interface import Actor, ActorDied, Machine
from culture_ray.sweep.schedule.actions import Start

GOVERNOR = "culture_ray-governor"
"""Prefix of the governor's name in Ray, followed by the driver's process id and a random suffix."""

_KEPT = 64


class RayActor:
    """Actor of Ray's."""

    def __init__(self, handle: Any, group: Any = None, gates: Sequence[Any] = ()) -> None:
        """Take a handle, the placement group it lives in, and tasks that `start` waits for."""
        self._handle, self._group, self._gates = handle, group, gates

    def call(self, method: str, *arguments: Any) -> Future[Any]:
        """Implement `Actor.call`."""
        gates = self._gates if method == "start" else ()
        arrived: Future[Any] = Future()

        def settle(future: Future[Any]) -> None:
            error = future.exception()
            if error is None:
                arrived.set_result(future.result())
            else:
                arrived.set_exception(_plain(error))

        reference = getattr(self._handle, method).remote(*arguments, *gates)
        reference.future().add_done_callback(settle)
        return arrived

    def kill(self) -> None:
        """Implement `Actor.kill`."""
        import ray

        ray.kill(self._handle)
        if self._group is not None:
            ray.util.remove_placement_group(self._group)


class RayWorkers:
    """Actors on the nodes of a Ray cluster."""

    def __init__(self, ray: Any) -> None:
        """Take the module, connected."""
        self._ray = ray
        self._reading: list[Any] = []
        """Results of the last reads ahead, which nobody waits for."""

    def machines(self) -> dict[str, Machine]:
        """Implement `Workers.machines`."""
        check_head(self._ray)
        return {
            node["NodeID"]: Machine(
                node["NodeManagerAddress"], cluster_resources(node["Resources"])
            )
            for node in self._ray.nodes()
            if node["Alive"]
        }

    def naming_loss(self) -> AbstractContextManager[None]:
        """Implement `Workers.naming_loss`."""
        return naming_lost_head(self._ray)

    def share(self, task: Any) -> Any:
        """Implement `Workers.share`: a reference to the task in Ray's object store."""
        return self._ray.put(task)

    def start_replica(
        self,
        start: Start,
        model: Model,
        make_engine: Callable[[], Engine],
        settings: ReplicaSettings,
    ) -> Actor:
        """Implement `Workers.start_replica`."""
        options, group = actor_options(self._ray, start.places, model)
        handle = (
            self._ray.remote(Replica)
            .options(
                max_concurrency=max(10_000, 2 * model.at_once),
                runtime_env={"env_vars": environment(model)},
                **options,
            )
            .remote(start.replica, make_engine, settings)
        )
        gates = [] if group is None else self._memory_gates(group, model, settings)
        return RayActor(handle, group, gates)

    def start_governor(self, billing: BillingContext) -> Actor:
        """Implement `Workers.start_governor`."""
        handle = (
            self._ray.remote(GovernorActor)
            .options(
                name=f"{GOVERNOR}-{os.getpid()}-{secrets.token_hex(3)}",
                num_cpus=0,
                max_concurrency=1000,
                max_restarts=-1,
                scheduling_strategy=_on(self._ray.get_runtime_context().get_node_id()),
            )
            .remote(billing)
        )
        return RayActor(handle)

    def metrics(self, run: str) -> Metrics:
        """Implement `Workers.metrics`."""
        return Metrics(run)

    def prefetch(self, node: str, model: Model) -> None:
        """Implement `Workers.prefetch`."""
        task = self._ray.remote(read_weights).options(
            num_cpus=0, max_retries=0, scheduling_strategy=_on(node)
        )
        self._reading = [*self._reading[-_KEPT:], task.remote(model)]

    def _memory_gates(self, group: Any, model: Model, settings: ReplicaSettings) -> list[Any]:
        """Return one task per GPU of a group, each of which ends when its GPU's memory is free."""
        from ray.util.scheduling_strategies import PlacementGroupSchedulingStrategy

        gate = self._ray.remote(_wait_for_gpu)
        return [
            gate.options(
                num_gpus=1,
                num_cpus=0,
                max_retries=0,
                scheduling_strategy=PlacementGroupSchedulingStrategy(
                    group, placement_group_bundle_index=index
                ),
            ).remote(settings)
            for index in range(model.gpus_per_replica)
        ]


def _on(node: str) -> Any:
    from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

    return NodeAffinitySchedulingStrategy(node, soft=False)


def _wait_for_gpu(settings: ReplicaSettings) -> None:
    wait_until_free(settings.gpu_reader, settings.gpu_share, settings.gpu_free_wait_s)


def _plain(error: BaseException) -> BaseException:
    """Return the error that an actor raised itself, or ActorDied, in place of Ray's own."""
    from ray.exceptions import RayActorError, RayError, RayTaskError

    if isinstance(error, RayTaskError):
        return error.cause if isinstance(error.cause, CultureRayError) else error
    if isinstance(error, RayActorError) and error.actor_init_failed:
        return EngineFailed(str(error).strip().splitlines()[-1].strip())
    return ActorDied(str(error)) if isinstance(error, RayError) else error
