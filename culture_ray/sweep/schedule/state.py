"""What a sweep knows while it runs: models with work, replicas, machines; kept up event by event.

Nothing here looks at a clock or at Ray: the executor, or a simulator, says what happened and when.
Every event costs about the same whatever the size of the cluster, because what the policy asks
(who is hungry, who is idle, what is waiting) is kept, not searched for.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

from culture_ray.sweep.plan.resources import Resources
from culture_ray.sweep.schedule.chunks import Chunk
from culture_ray.sweep.schedule.nodes import Nodes, Place
from culture_ray.sweep.schedule.records import ModelSpec, ModelWork, NotFor, ReplicaState

FEED = 1.5
"""Requests in hand over requests the engine runs at once, at least."""

LOOKAHEAD_S = 3.0
"""Seconds of a replica's own pace that it has in hand beyond what its engine runs: news of finished
requests arrive about once a second, and an engine must not run dry between two of them."""

MAX_STARTS = 2
"""Times in a row that a model's engine may fail to start: the first may be the machine's fault."""

MAX_DEATHS = 8
"""Replicas of a model that may die in a row without anything committed, beside two per replica."""


class State:
    """All that a decision depends on."""

    def __init__(self, most_replicas: float = math.inf, prefix: str = "") -> None:
        self.models: dict[str, ModelWork] = {}
        self.replicas: dict[str, ReplicaState] = {}
        self.nodes = Nodes()
        self.clearable = Nodes()
        """The same machines, with the places of idle replicas counted as free."""
        self.most_replicas = most_replicas
        self.draining = False
        self.looked_for_late = -math.inf
        self.room_changed = True
        """Whether starting or stopping replicas has to be thought about again."""
        self.to_feed: dict[str, None] = {}
        """Models whose waiting pieces or hungry replicas changed."""
        self.on_node: dict[str, dict[str, None]] = {}
        """Replicas by machine."""
        self.verdicts: list[tuple[str, Chunk]] = []
        """Condemned pieces (model, piece) that nobody has recorded yet."""
        self.given_up: list[tuple[str, str]] = []
        """Models (name, why) that were given up and nobody was told."""
        self.wanting: dict[str, None] = {}
        """Models with something that waits."""
        self.resting: dict[str, None] = {}
        """Models with idle replicas."""
        self.clearing: dict[str, str] = {}
        """Machines that are being cleared, and for which model."""
        self.surplus: list[tuple[str, Chunk]] = []
        """Copies (replica, piece) that are no longer wanted."""
        self._prefix, self._started = prefix, 0

    # --- what there is

    def add_model(self, spec: ModelSpec) -> None:
        """Make a model known; one that is known keeps what was learnt about it."""
        if spec.name not in self.models:
            self.models[spec.name] = ModelWork(
                spec, load_s=spec.load_s, tokens_per_s=spec.tokens_per_s
            )

    def add_pieces(self, model: str, pieces: Iterable[Chunk]) -> None:
        """Let pieces wait for a replica of their model."""
        work = self.models[model]
        for piece in pieces:
            self._wait(work, piece)
            work.requests += piece.size

    def node_joined(self, node: str, total: Resources) -> None:
        """Use a machine."""
        self.nodes.join(node, total)
        self.clearable.join(node, total)
        self.on_node.setdefault(node, {})
        self.room_changed = True

    def node_left(self, node: str) -> list[str]:
        """Forget a machine; return the replicas that were on it, which are gone, blaming nobody."""
        if node not in self.nodes:
            return []
        self.keep(node)
        lost = list(self.on_node.pop(node, {}))
        self.nodes.leave(node)
        self.clearable.leave(node)
        for replica in lost:
            self.died(replica, blame=False)
        self.room_changed = True
        return lost

    @property
    def finished(self) -> bool:
        """Return whether nothing waits and nothing is in hand."""
        return not (
            self.verdicts
            or self.given_up
            or self.wanting
            or any(work.holders for work in self.models.values())
        )

    # --- replicas

    def start(self, model: str, places: tuple[Place, ...], now: float) -> str:
        """Count a replica as started; return its name."""
        self._started += 1
        name = f"{model}-{self._prefix}{self._started}"
        self.replicas[name] = ReplicaState(name, model, places, now)
        self.models[model].replicas[name] = None
        self.nodes.take(places)
        self.clearable.take(places)
        for place in places:
            self.on_node[place.node][name] = None
        return name

    def ready(self, replica: str, now: float) -> None:
        """Count a replica as loaded."""
        one = self.replicas[replica]
        one.ready_at = now
        work = self.models[one.model]
        work.ready += 1
        work.load_s = now - one.started_at
        work.refusals, work.ever_ready = 0, True
        work.hungry[replica] = None
        self._rest(one, work)
        self.to_feed[one.model] = None

    def hand(self, replica: str, piece: Chunk, now: float, *, copy: bool = False) -> None:
        """Count a piece as given to a replica."""
        one = self.replicas[replica]
        work = self.models[one.model]
        one.hand[piece] = now
        one.handed += piece.size
        one.alone = piece.suspect
        self._unrest(one, work)
        work.holders.setdefault(piece, {})[replica] = now
        if copy:
            work.single.pop(piece, None)
        elif not piece.suspect:
            work.single[piece] = None
        self._hunger(one)

    def take(self, model: str) -> Chunk:
        """Return the next piece that waits, suspects last."""
        work = self.models[model]
        piece = (work.waiting or work.suspects).popleft()
        work.tokens -= piece.tokens
        if not work.has_waiting:
            work.tokens = 0.0
            self.wanting.pop(model, None)
        return piece

    def settled(self, replica: str, requests: int, now: float) -> None:
        """Take a replica's own count of requests done since it started."""
        one = self.replicas.get(replica)
        if one is not None and one.ready_at is not None and requests > one.settled:
            one.settled = requests
            self._learn_pace(one, now)
            self._hunger(one)

    def done(self, replica: str, piece: Chunk, now: float) -> None:
        """Count a piece as committed by a replica; copies of it are no longer wanted."""
        one = self.replicas[replica]
        work = self.models[one.model]
        work.deaths = 0
        took = now - one.hand[piece]
        work.piece_s = took if work.piece_s is None else 0.8 * work.piece_s + 0.2 * took
        one.done_tokens += piece.tokens
        if one.ready_at is not None and (busy := now - one.ready_at) > 2 * work.piece_s:
            work.tokens_per_s += 0.2 * (one.done_tokens / busy - work.tokens_per_s)
        self._learn_pace(one, now)
        self._drop(piece, work, replica)

    def elsewhere(self, replica: str, piece: Chunk) -> None:
        """Take a piece out of this sweep's hands: another driver has it."""
        self._drop(piece, self.models[self.replicas[replica].model], replica)

    def died(self, replica: str, *, blame: bool = True) -> list[Chunk]:
        """Forget a replica; what it had in hand waits again, suspected if its engine died."""
        one = self._forget(replica)
        work = self.models[one.model]
        back: list[Chunk] = []
        for piece in one.hand:
            holders = work.holders[piece]
            del holders[replica]
            if holders:  # its copy goes on
                work.single[piece] = None
                continue
            del work.holders[piece]
            work.single.pop(piece, None)
            back += piece.after_death() if blame else [piece]
        for piece in reversed(back):
            if piece.condemned:
                self.verdicts.append((one.model, piece))
            else:
                self._wait(work, piece, front=not piece.suspect)
        if blame:
            work.deaths += 1
            if work.deaths >= MAX_DEATHS + 2 * len(work.replicas):
                self.give_up(one.model, f"its replicas died {work.deaths} times in a row")
        return back

    def refused(self, replica: str, why: str) -> None:
        """Forget a replica whose engine could not start; its model goes on elsewhere or not."""
        one = self._forget(replica)
        work = self.models[one.model]
        work.refusals += 1
        if work.ever_ready:  # it runs on other machines: this one is at fault
            work.avoid.update(place.node for place in one.places)
            hopeless = not work.replicas and work.avoid >= set(self.nodes)
        else:
            hopeless = work.refusals >= MAX_STARTS
        if hopeless:
            self.give_up(one.model, why)

    def give_up(self, model: str, why: str) -> None:
        """Stop asking a model."""
        work = self.models[model]
        if work.broken is None:
            work.broken = why
            self.wanting.pop(model, None)
            self.given_up.append((model, why))
            self.room_changed = True

    def stop_asking(self, model: str, why: str) -> None:
        """Hand out no more of a model; what its replicas have in hand ends by itself."""
        self.models[model].broken = why
        self.wanting.pop(model, None)
        self.room_changed = True

    def stop(self, replica: str) -> None:
        """Forget a replica that is unloaded; what it has in hand waits again."""
        self.died(replica, blame=False)

    def recorded(self, model: str, piece: Chunk) -> None:
        """Count a condemned piece as recorded in the store."""
        self.models[model].requests -= piece.size

    # --- machines that are cleared

    def time_left(self) -> float:
        """Return how long everything that waits would take if no GPU ever idled, in seconds."""
        if not self.nodes.gpus:
            return math.inf
        wanting = (self.models[name] for name in self.wanting)
        return sum(work.work_s * work.spec.need.gpus for work in wanting) / self.nodes.gpus

    def clear(self, node: str, model: str, retiring: Iterable[str]) -> None:
        """Keep a machine for a model; `retiring` get no more work there."""
        self.clearing[node] = model
        for replica in retiring:
            one = self.replicas[replica]
            self.models[one.model].retiring[replica] = None
            self._hunger(one)

    def keep(self, node: str) -> None:
        """Stop clearing a machine; what is still there goes on."""
        if self.clearing.pop(node, None) is not None:
            for replica in self.on_node.get(node, {}):
                one = self.replicas[replica]
                if self.models[one.model].retiring.pop(replica, "") is None:
                    self._hunger(one)

    def not_for(self, model: str) -> NotFor:
        """Return the machines that a replica of a model must not go to."""
        return NotFor(model, self.models[model].avoid, self.clearing)

    # --- within

    def _wait(self, work: ModelWork, piece: Chunk, *, front: bool = False) -> None:
        queue = work.suspects if piece.suspect else work.waiting
        (queue.appendleft if front else queue.append)(piece)
        work.tokens += piece.tokens
        if work.broken is None:
            self.wanting[work.spec.name] = self.to_feed[work.spec.name] = None
            self.room_changed = True

    def _drop(self, piece: Chunk, work: ModelWork, by: str) -> None:
        holders = work.holders.pop(piece)
        work.single.pop(piece, None)
        work.requests -= piece.size
        for name in holders:
            one = self.replicas[name]
            del one.hand[piece]
            one.finished += piece.size
            one.alone = False
            if name != by:
                self.surplus.append((name, piece))
            if not one.hand:
                self._rest(one, work)
            self._hunger(one)

    def _rest(self, one: ReplicaState, work: ModelWork) -> None:
        self.clearable.give_back(one.places)
        work.idle[one.name] = self.resting[one.model] = self.to_feed[one.model] = None
        self.room_changed = True

    def _unrest(self, one: ReplicaState, work: ModelWork) -> None:
        if one.name not in work.idle:
            return
        del work.idle[one.name]
        self.clearable.take(one.places)
        if not work.idle:
            self.resting.pop(one.model, None)

    def _learn_pace(self, one: ReplicaState, now: float) -> None:
        if one.ready_at is not None and now > one.ready_at:
            one.pace = max(one.finished, one.settled) / (now - one.ready_at)

    def _hunger(self, one: ReplicaState) -> None:
        hungry = self.models[one.model].hungry
        full = one.alone or one.outstanding >= self.appetite(one)
        if one.ready_at is not None and not full and one.name not in self._retiring(one):
            if one.name not in hungry:
                hungry[one.name] = None
                self.to_feed[one.model] = None
        else:
            hungry.pop(one.name, None)

    def _retiring(self, one: ReplicaState) -> dict[str, None]:
        return self.models[one.model].retiring

    def appetite(self, one: ReplicaState) -> float:
        """Return how many requests a replica should have in hand to never wait for the next."""
        at_once = self.models[one.model].spec.in_flight
        return max(FEED * at_once, at_once + LOOKAHEAD_S * one.pace)

    def _forget(self, replica: str) -> ReplicaState:
        one = self.replicas.pop(replica)
        work = self.models[one.model]
        del work.replicas[replica]
        work.hungry.pop(replica, None)
        work.retiring.pop(replica, None)
        self._unrest(one, work)
        work.ready -= one.ready_at is not None
        self.nodes.give_back(one.places)
        self.clearable.give_back(one.places)
        for place in one.places:
            self.on_node.get(place.node, {}).pop(replica, None)
        self.room_changed = True
        return one
