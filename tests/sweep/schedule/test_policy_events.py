"""The policy loses and doubles nothing, under any events in any order."""

from __future__ import annotations

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from culture_ray.sweep.plan.resources import Resources
from culture_ray.sweep.schedule.actions import (
    Dispatch,
    MarkPoisoned,
    Start,
)
from culture_ray.sweep.schedule.chunks import Chunk
from culture_ray.sweep.schedule.policy import decide
from culture_ray.sweep.schedule.state import State
from tests.sweep.schedule.cluster_steps import SIZE, Cluster, spec


class AnyEvents(RuleBasedStateMachine):
    """Any events in any order: nothing is lost, doubled, overloaded or left idle."""

    @initialize(
        nodes=st.lists(st.sampled_from((1, 2, 4)), min_size=1, max_size=3),
        needs=st.lists(st.sampled_from((1, 1, 2, 4)), min_size=1, max_size=3),
        most=st.sampled_from((1, 3, float("inf"))),
    )
    def begin(self, nodes: list[int], needs: list[int], most: float) -> None:
        machines = [Resources(gpus, 2.0 * gpus) for gpus in nodes]
        self.cluster = Cluster(*machines, max_replicas=most)
        self.total = {f"n{i}": machine for i, machine in enumerate(machines)}
        self.joined = len(machines)
        self.rows: dict[tuple[str, int], str] = {}
        self.needs = {f"m{i}": gpus for i, gpus in enumerate(needs)}
        for name, gpus in self.needs.items():
            self.cluster.state.add_model(spec(name, need=Resources(gpus, gpus), load_s=5.0))
        self.units = 0

    @property
    def state(self) -> State:
        return self.cluster.state

    @rule(which=st.integers(0, 2), count=st.integers(1, 12), tokens=st.sampled_from((1.0, 1e4)))
    def more_work(self, which: int, count: int, tokens: float) -> None:
        name = f"m{which % len(self.needs)}"
        new = [Chunk(f"{name}/{self.units + i}", 0, SIZE, tokens) for i in range(count)]
        self.units += count
        self.rows |= {(p.unit, row): "open" for p in new for row in range(SIZE)}
        self.state.add_chunks(name, new)

    @rule(after=st.sampled_from((0.0, 1.0, 30.0)))
    def look(self, after: float) -> None:
        for action in self.cluster.decide(after):
            if isinstance(action, MarkPoisoned):
                assert self.rows[action.chunk.unit, action.chunk.start] == "open"
                self.rows[action.chunk.unit, action.chunk.start] = "poisoned"
                self.state.poisoned_recorded(action.model, action.chunk)
            if isinstance(action, Dispatch):
                assert not self.state.models[self.state.replicas[action.replica].model].abandoned

    @precondition(lambda self: any(r.ready_at is None for r in self.state.replicas.values()))
    @rule(which=st.integers(0, 9), fails=st.integers(0, 9))
    def loaded(self, which: int, fails: int) -> None:
        names = [r.name for r in self.state.replicas.values() if r.ready_at is None]
        if fails:
            self.state.replica_ready(names[which % len(names)], self.cluster.now)
        else:
            self.state.start_failed(names[which % len(names)], "no")

    @precondition(lambda self: any(r.assigned for r in self.state.replicas.values()))
    @rule(which=st.integers(0, 99), dies=st.integers(0, 4))
    def answered(self, which: int, dies: int) -> None:
        busy = [r for r in self.state.replicas.values() if r.assigned]
        one = busy[which % len(busy)]
        if not dies:
            self.state.replica_died(one.name)
            return
        chunk = list(one.assigned)[which % len(one.assigned)]
        for row in range(chunk.start, chunk.start + chunk.size):
            assert self.rows[chunk.unit, row] == "open"
            self.rows[chunk.unit, row] = "done"
        self.state.chunk_done(one.name, chunk, self.cluster.now)

    @precondition(lambda self: len(self.total) > 1)
    @rule()
    def machine_leaves(self) -> None:
        node = next(iter(self.total))
        del self.total[node]
        self.state.node_left(node)

    @rule(gpus=st.sampled_from((1, 4)))
    def machine_joins(self, gpus: int) -> None:
        node = f"n{self.joined}"
        self.joined += 1
        self.total[node] = Resources(gpus, 2.0 * gpus)
        self.state.node_joined(node, self.total[node])

    @invariant()
    def no_machine_holds_more_than_it_has(self) -> None:
        for node, total in self.total.items():
            left = total
            for one in self.state.replicas.values():
                for place in one.places:
                    assert place.node in self.total
                    left = left.minus(place.takes) if place.node == node else left
            assert left == self.state.nodes.free(node)
            assert left.holds(Resources())

    @invariant()
    def every_open_row_waits_or_is_in_hand(self) -> None:
        found: list[tuple[str, int]] = []
        for work in self.state.models.values():
            for chunk in [*work.waiting, *work.suspects, *work.holders]:
                found += [(chunk.unit, chunk.start + i) for i in range(chunk.size)]
        found += [(chunk.unit, chunk.start) for _, chunk in self.state.new_poisoned]
        assert sorted(found) == sorted(key for key, end in self.rows.items() if end == "open")

    @invariant()
    def suspects_are_alone_and_indexes_agree(self) -> None:
        for one in self.state.replicas.values():
            if any(chunk.suspect for chunk in one.assigned):
                assert len(one.assigned) == 1
            work = self.state.models[one.model]
            assert (one.name in work.idle) == (one.ready_at is not None and not one.assigned)
            for chunk in one.assigned:
                assert one.name in work.holders[chunk]

    @invariant()
    def after_a_decision_nothing_rests_that_could_work(self) -> None:
        state = self.state
        decide_again = decide(state, self.cluster.now)
        self.cluster.loading += [a.replica for a in decide_again if isinstance(a, Start)]
        for action in decide_again:
            if isinstance(action, MarkPoisoned):
                self.rows[action.chunk.unit, action.chunk.start] = "poisoned"
                state.poisoned_recorded(action.model, action.chunk)
        for work in state.models.values():
            if work.waiting and work.abandoned is None:
                rested = [r for r in work.idle if r not in work.retiring]
                assert not rested, "work waits beside an idle replica"
            loadable = state.nodes.find(work.spec.need, state.barred_nodes(work.spec.name))
            if work.has_waiting and not work.replicas and loadable:
                assert len(state.replicas) >= state.max_replicas, "a free place is not used"


AnyEvents.TestCase.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
test_any_events = AnyEvents.TestCase
