"""Nodes that join and leave the cluster, and replicas that are lost."""

from __future__ import annotations

from culture_ray.sweep.execute.event_log import EventLog
from culture_ray.sweep.execute.fleet import Fleet
from culture_ray.sweep.execute.hang_detector import HangDetector
from culture_ray.sweep.execute.workers.interface import Workers
from culture_ray.sweep.schedule.state import State


class Membership:
    """Nodes and replicas of a sweep; keeps state, fleet and logs in step as they come and go."""

    def __init__(
        self,
        workers: Workers,
        state: State,
        fleet: Fleet,
        event_log: EventLog,
        detector: HangDetector,
    ) -> None:
        self._workers, self._state, self._fleet = workers, state, fleet
        self._event_log, self._hang_detector = event_log, detector
        self.last_errors: dict[str, str] = {}
        """Reason of the last death of a replica, by model."""

    def update_nodes(self) -> None:
        """Add the nodes that have joined, and remove those that have left; raises RayLost."""
        alive = self._workers.machines()
        for node in [node for node in self._state.nodes if node not in alive]:
            self._remove_node(node)
        for node, machine in alive.items():
            if node not in self._state.nodes:
                self._state.node_joined(node, machine.total)
                self._event_log.node_joined(node, machine.address)

    def start_failed(self, name: str, reason: str) -> None:
        """Remove a replica whose engine could not start."""
        self._event_log.replica_lost(self._state.replicas[name], reason, "refusal")
        self._fleet.unload(name, graceful=False)
        self._state.start_failed(name, reason)

    def replica_died(self, name: str, error: BaseException) -> None:
        """Remove a replica that died, or the nodes that it was lost with; its chunks wait again.

        Raises RayLost if it died with the head of the cluster.
        """
        alive = self._workers.machines()
        replica = self._state.replicas[name]
        gone = [place.node for place in replica.places if place.node not in alive]
        if gone:
            for node in gone:
                self._remove_node(node)
            return
        reason = summary_of(error)
        self.last_errors[replica.model] = reason
        self._event_log.replica_lost(replica, reason)
        self._hang_detector.forget(name)
        self._fleet.unload(name, graceful=False)
        self._state.replica_died(name)

    def _remove_node(self, node: str) -> None:
        before = dict(self._state.replicas)
        for name in self._state.node_left(node):
            self._event_log.replica_lost(before[name], "its machine is gone")
            self._hang_detector.forget(name)
            self._fleet.unload(name, graceful=False)
        self._event_log.node_left(node)


def summary_of(error: BaseException) -> str:
    """Return an error's message in one line; for Ray's errors of many lines, the cause of death."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    detail = next((line for line in lines if "exit detail:" in line), None)
    if detail is not None:
        return detail.rpartition("exit detail:")[2].partition(". ")[0].strip()
    return lines[0][:300] if lines else type(error).__name__
