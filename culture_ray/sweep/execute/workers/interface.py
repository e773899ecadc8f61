"""Interface of what runs replicas and the governor: Ray, or the driver's own process."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, Protocol

from culture_ray.engines.interface import Engine
from culture_ray.engines.model import Model
from culture_ray.spending.billing import BillingContext
from culture_ray.sweep.execute.metrics import Metrics
from culture_ray.sweep.execute.replica import ReplicaSettings
from culture_ray.sweep.plan.resources import Resources
from culture_ray.sweep.schedule.actions import Start


class ActorDied(Exception):
    """An actor is gone, and with it what it was doing; the message says why."""


class Actor(Protocol):
    """Replica or governor at work, whose methods are called from the driver."""

    def call(self, method: str, *arguments: Any) -> Future[Any]:
        """Begin to call a coroutine method; return its result to come.

        The future raises what the method raises, EngineFailed if the actor could not be made, and
        ActorDied if it is gone.
        """

    def kill(self) -> None:
        """End the actor and everything that it is doing."""


@dataclass(frozen=True)
class Machine:
    """Machine on which replicas run: its address and total resources."""

    address: str
    total: Resources


class Workers(Protocol):
    """Place of the actors of one driver."""

    def machines(self) -> dict[str, Machine]:
        """Return the machines that are there, by node id; raises RayLost."""

    def naming_loss(self) -> AbstractContextManager[None]:
        """Return a context that raises RayLost in place of errors that follow from a lost head."""

    def share(self, task: Any) -> Any:
        """Return a task in the form in which it is passed to `Replica.run` many times."""

    def start_replica(
        self,
        start: Start,
        model: Model,
        make_engine: Callable[[], Engine],
        settings: ReplicaSettings,
    ) -> Actor:
        """Return a new replica on the places that the policy chose."""

    def start_governor(self, billing: BillingContext) -> Actor:
        """Return the governor, on the driver's machine; replicas can call it wherever they are."""

    def metrics(self, run: str) -> Metrics | None:
        """Return the metrics of a run's sweep; None where nothing exports them."""

    def prefetch(self, node: str, model: Model) -> None:
        """Read a model's weights into the memory of a node, in the background."""
