"""Replicas and nodes of a running sweep: where each replica is, which are idle or accept more.

The policy's questions (which replicas accept work, which are idle, what is free on a node) are
answered by indexes that every event updates, so that an event costs about the same on a cluster of
any size.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

from culture_ray.sweep.plan.resources import Resources
from culture_ray.sweep.schedule.nodes import Nodes, Place
from culture_ray.sweep.schedule.records import BarredNodes, ModelSpec, ModelWork, ReplicaState

MIN_LOAD = 1.5
"""Least outstanding requests of a replica, as a multiple of what its engine runs at once."""

LOOKAHEAD_S = 3.0
"""Seconds of its own rate that a replica has queued beyond what its engine runs: counts of finished
requests arrive about once a second, and an engine must not run dry between two of them."""


class ReplicaPool:
    """Models, nodes and replicas, with indexes of the replicas that are idle or accept work."""

    def __init__(self, max_replicas: float = math.inf, prefix: str = "") -> None:
        self.models: dict[str, ModelWork] = {}
        self.replicas: dict[str, ReplicaState] = {}
        self.nodes = Nodes()
        self.reclaimable = Nodes()
        """The same nodes, with the places of idle replicas counted as free."""
        self.on_node: dict[str, dict[str, None]] = {}
        """Replicas by node."""
        self.max_replicas = max_replicas
        self.capacity_changed = True
        """True if starting or stopping replicas has to be considered again."""
        self.to_dispatch: dict[str, None] = {}
        """Models whose waiting chunks or accepting replicas changed."""
        self.models_idle: dict[str, None] = {}
        """Models with idle replicas."""
        self.preempted: dict[str, str] = {}
        """Nodes that are being preempted, with the model they are for."""
        self._prefix, self._started = prefix, 0

    def add_model(self, spec: ModelSpec) -> None:
        """Add a model; a known model keeps what was measured of it."""
        if spec.name not in self.models:
            self.models[spec.name] = ModelWork(
                spec, load_s=spec.load_s, tokens_per_s=spec.tokens_per_s
            )

    def node_joined(self, node: str, total: Resources) -> None:
        """Add a node."""
        self.nodes.join(node, total)
        self.reclaimable.join(node, total)
        self.on_node.setdefault(node, {})
        self.capacity_changed = True

    def start_replica(self, model: str, places: tuple[Place, ...], now: float) -> str:
        """Count a replica as loading; return its name."""
        self._started += 1
        name = f"{model}-{self._prefix}{self._started}"
        self.replicas[name] = ReplicaState(name, model, places, now)
        self.models[model].replicas[name] = None
        self.nodes.take(places)
        self.reclaimable.take(places)
        for place in places:
            self.on_node[place.node][name] = None
        return name

    def replica_ready(self, name: str, now: float) -> None:
        """Count a replica as loaded."""
        replica = self.replicas[name]
        replica.ready_at = now
        work = self.models[replica.model]
        work.ready += 1
        work.load_s = now - replica.started_at
        work.failed_starts, work.ever_ready = 0, True
        work.accepting[name] = None
        self._mark_idle(replica, work)
        self.to_dispatch[replica.model] = None

    def target_outstanding(self, replica: ReplicaState) -> float:
        """Return the number of outstanding requests that keeps an engine from running dry."""
        at_once = self.models[replica.model].spec.in_flight
        return max(MIN_LOAD * at_once, at_once + LOOKAHEAD_S * replica.requests_per_s)

    def barred_nodes(self, model: str) -> BarredNodes:
        """Return the nodes on which no replica of a model may start."""
        return BarredNodes(model, self.models[model].avoid, self.preempted)

    def preempt(self, node: str, model: str, retiring: Iterable[str]) -> None:
        """Reserve a node for a model; the replicas `retiring` there get no more work."""
        self.preempted[node] = model
        for name in retiring:
            replica = self.replicas[name]
            self.models[replica.model].retiring[name] = None
            self._update_accepting(replica)

    def end_preemption(self, node: str) -> None:
        """Release a reserved node; replicas that are still there get work again."""
        if self.preempted.pop(node, None) is not None:
            for name in self.on_node.get(node, {}):
                replica = self.replicas[name]
                if self.models[replica.model].retiring.pop(name, "") is None:
                    self._update_accepting(replica)

    def _mark_idle(self, replica: ReplicaState, work: ModelWork) -> None:
        self.reclaimable.give_back(replica.places)
        work.idle[replica.name] = None
        self.models_idle[replica.model] = self.to_dispatch[replica.model] = None
        self.capacity_changed = True

    def _mark_busy(self, replica: ReplicaState, work: ModelWork) -> None:
        if replica.name not in work.idle:
            return
        del work.idle[replica.name]
        self.reclaimable.take(replica.places)
        if not work.idle:
            self.models_idle.pop(replica.model, None)

    def _update_accepting(self, replica: ReplicaState) -> None:
        work = self.models[replica.model]
        full = replica.alone or replica.outstanding >= self.target_outstanding(replica)
        if replica.ready_at is not None and not full and replica.name not in work.retiring:
            if replica.name not in work.accepting:
                work.accepting[replica.name] = None
                self.to_dispatch[replica.model] = None
        else:
            work.accepting.pop(replica.name, None)

    def _remove(self, name: str) -> ReplicaState:
        replica = self.replicas.pop(name)
        work = self.models[replica.model]
        del work.replicas[name]
        work.accepting.pop(name, None)
        work.retiring.pop(name, None)
        self._mark_busy(replica, work)
        work.ready -= replica.ready_at is not None
        self.nodes.give_back(replica.places)
        self.reclaimable.give_back(replica.places)
        for place in replica.places:
            self.on_node.get(place.node, {}).pop(name, None)
        self.capacity_changed = True
        return replica
