"""Decisions of the scheduling policy, by example and after random events."""

from __future__ import annotations

from collections.abc import Iterable

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from culture_ray.sweep.plan.resources import Resources
from culture_ray.sweep.schedule.actions import (
    AbandonModel,
    Action,
    Cancel,
    Dispatch,
    MarkPoisoned,
    Start,
    Stop,
)
from culture_ray.sweep.schedule.chunks import Chunk
from culture_ray.sweep.schedule.policy import LATE, decide
from culture_ray.sweep.schedule.records import ModelSpec
from culture_ray.sweep.schedule.state import MAX_DEATHS, State

SIZE = 4


def spec(name: str, **changes: object) -> ModelSpec:
    standard = {"need": Resources(gpus=1, cpus=1), "in_flight": 8, "load_s": 60.0}
    return ModelSpec(name, **{"tokens_per_s": 100.0, **standard, **changes})  # type: ignore[arg-type]


def chunks(model: str, count: int, tokens: float = 100.0) -> list[Chunk]:
    return [Chunk(f"{model}/{i}", 0, SIZE, tokens) for i in range(count)]


class Cluster:
    """State with a clock, and all actions so far."""

    def __init__(self, *nodes: Resources, max_replicas: float = float("inf")) -> None:
        self.state = State(max_replicas)
        self.now = 0.0
        self.loading: list[str] = []
        self.said: list[Action] = []
        for index, node in enumerate(nodes):
            self.state.node_joined(f"n{index}", node)

    def work(self, model: ModelSpec, count: int, tokens: float = 100.0) -> None:
        self.state.add_model(model)
        self.state.add_chunks(model.name, chunks(model.name, count, tokens))

    def decide(self, after: float = 0.0) -> list[Action]:
        self.now += after
        actions = decide(self.state, self.now)
        self.loading += [a.replica for a in actions if isinstance(a, Start)]
        self.said += actions
        return actions

    def ready(self, *replicas: str) -> None:
        for replica in replicas:
            self.state.replica_ready(replica, self.now)

    def start(self, after: float = 60.0) -> list[str]:
        """Decide, and let everything that is loading be ready."""
        before = len(self.loading)
        self.decide()
        self.now += after
        self.ready(*(name for name in self.loading[before:] if name in self.state.replicas))
        return self.loading[before:]

    def finish(self, replica: str, dispatches: Iterable[Action]) -> None:
        for action in dispatches:
            if isinstance(action, Dispatch) and action.replica == replica:
                self.state.chunk_done(replica, action.chunk, self.now)


def kinds(actions: Iterable[Action]) -> list[str]:
    return [type(action).__name__ for action in actions]


GPU = Resources(gpus=1, cpus=8)


def test_an_idle_replica_of_a_finished_model_goes_when_another_needs_its_place() -> None:
    cluster = Cluster(GPU)
    cluster.work(spec("a"), 2)
    (first,) = cluster.start()
    dispatches = cluster.decide()
    cluster.finish(first, dispatches)
    cluster.work(spec("b"), 2)
    actions = cluster.decide()
    assert actions[0] == Stop(first)
    assert isinstance(actions[1], Start)
    assert actions[1].model == "b"


def test_an_idle_replica_stays_when_the_other_fits_beside_it_or_nothing_has_work() -> None:
    cluster = Cluster(Resources(gpus=2, cpus=8))
    cluster.work(spec("a"), 2)
    (first,) = cluster.start()
    cluster.finish(first, cluster.decide())
    assert cluster.decide() == []
    cluster.work(spec("b"), 2)
    assert kinds(cluster.decide()) == ["Start"]


def test_an_idle_replica_stays_when_its_place_would_not_be_enough() -> None:
    cluster = Cluster(Resources(gpus=2, cpus=8), Resources(gpus=2, cpus=8))
    cluster.work(spec("a"), 1)
    (first,) = cluster.start()
    cluster.finish(first, cluster.decide())
    cluster.work(spec("large", need=Resources(gpus=5, cpus=5)), 2)
    assert cluster.decide() == []


def test_only_replicas_that_free_what_is_missing_are_stopped() -> None:
    cluster = Cluster(Resources(gpus=1, cpus=8, memory_gib=5))
    cluster.work(spec("on_cpu", need=Resources(cpus=2, memory_gib=5)), 1)
    cluster.work(spec("on_gpu"), 1)
    both = cluster.start()
    dispatches = cluster.decide()
    for replica in both:
        cluster.finish(replica, dispatches)
    cluster.work(spec("next"), 1)
    assert [a.replica for a in cluster.decide() if isinstance(a, Stop)] == [
        name for name in both if name.startswith("on_gpu")
    ]


def test_as_many_idle_replicas_of_one_machine_go_as_a_large_model_needs() -> None:
    cluster = Cluster(*[Resources(gpus=4, cpus=16)] * 2)
    cluster.work(spec("a", load_s=0.1), 200)
    replicas = cluster.start()
    assert len(replicas) == 8
    while dispatches := cluster.decide(10.0):
        for replica in replicas:
            cluster.finish(replica, dispatches)
    cluster.work(spec("large", need=Resources(gpus=3, cpus=3)), 1)
    actions = cluster.decide()
    assert kinds(actions) == ["Stop"] * 3 + ["Start"]
    stopped = {action.replica for action in actions if isinstance(action, Stop)}
    (start,) = (action for action in actions if isinstance(action, Start))
    assert len(start.places) == 1, "on one machine"
    assert stopped <= set(replicas)


def test_what_no_machine_holds_is_spread_over_few() -> None:
    cluster = Cluster(*[Resources(gpus=8, cpus=64)] * 4)
    cluster.work(spec("huge", need=Resources(gpus=16, cpus=16)), 1)
    (start,) = cluster.decide()
    assert isinstance(start, Start)
    assert sorted(place.takes.gpus for place in start.places) == [8, 8]


def test_a_limit_on_replicas_holds_and_an_idle_one_gives_its_place() -> None:
    cluster = Cluster(Resources(gpus=8, cpus=8), max_replicas=2)
    for name in "abc":
        cluster.work(spec(name), 50, 1e5)
    replicas = cluster.start()
    assert len(replicas) == 2
    cluster = Cluster(Resources(gpus=8, cpus=8), max_replicas=1)
    cluster.work(spec("a"), 1)
    (first,) = cluster.start()
    cluster.finish(first, cluster.decide())
    cluster.work(spec("b"), 1)
    assert kinds(cluster.decide()) == ["Stop", "Start"]


def test_free_gpus_are_shared_by_the_time_that_is_left() -> None:
    cluster = Cluster(Resources(gpus=4, cpus=8))
    cluster.work(spec("long"), 90, 9e4)
    cluster.work(spec("short"), 30, 9e4)
    started = [a.model for a in cluster.decide() if isinstance(a, Start)]
    assert sorted(started) == ["long", "long", "long", "short"]


def test_loading_counts_as_remaining_time() -> None:
    cluster = Cluster(GPU)
    cluster.work(spec("quick", load_s=1.0), 2, 1000.0)
    cluster.work(spec("slow", load_s=100.0), 2, 500.0)
    (start,) = cluster.decide()
    assert isinstance(start, Start)
    assert start.model == "slow"


def test_no_more_replicas_are_loaded_than_end_the_work_sooner() -> None:
    for tokens, replicas in ((20.0, 1), (2400.0, 2), (1e6, 4)):
        cluster = Cluster(Resources(gpus=8, cpus=8))
        cluster.work(spec("a"), 4, tokens)
        assert len(cluster.decide()) == replicas


def test_an_engine_has_in_hand_more_than_it_runs_at_once_and_work_is_shared_evenly() -> None:
    cluster = Cluster(Resources(gpus=2, cpus=8))
    cluster.work(spec("a"), 100, 1e4)
    one, other = cluster.start()
    cluster.decide()
    assert [cluster.state.replicas[r].outstanding for r in (one, other)] == [12, 12]
    cluster = Cluster(Resources(gpus=2, cpus=8))
    cluster.work(spec("a"), 4, 1e5)
    one, other = cluster.start()
    cluster.decide()
    assert [cluster.state.replicas[r].outstanding for r in (one, other)] == [8, 8]


def test_requests_that_are_done_make_room_before_their_unit_is() -> None:
    cluster = Cluster(GPU)
    cluster.state.add_model(spec("a", in_flight=100))
    cluster.state.add_chunks("a", [Chunk(f"a/{i}", 0, 200, 1e4) for i in range(9)])
    (one,) = cluster.start()
    assert kinds(cluster.decide()) == ["Dispatch"], "200 requests are enough for an engine of 100"
    cluster.state.requests_settled(one, 60, cluster.now + 30)
    assert kinds(cluster.decide(30.0)) == ["Dispatch"], "140 left are too few"


def test_a_fast_engine_has_seconds_of_its_pace_in_hand() -> None:
    cluster = Cluster(GPU)
    cluster.work(spec("a"), 1000)
    (one,) = cluster.start()
    cluster.finish(one, cluster.decide(0.1))
    cluster.decide()
    rate = cluster.state.replicas[one].requests_per_s
    assert rate > 50
    assert cluster.state.replicas[one].outstanding >= 8 + 2 * rate


def test_a_late_chunk_goes_to_an_idle_replica_too_and_the_first_commit_ends_the_other() -> None:
    cluster = Cluster(Resources(gpus=2, cpus=8))
    cluster.work(spec("a"), 4, 1e5)
    quick, slow = cluster.start()
    dispatches = [action for action in cluster.decide() if isinstance(action, Dispatch)]
    cluster.now += 10.0
    cluster.finish(quick, dispatches)
    late = next(dispatch.chunk for dispatch in dispatches if dispatch.replica == slow)
    assert cluster.decide(LATE * 10.0 - 11.0) == []
    copy, *_ = cluster.decide(2.0)
    assert copy == Dispatch(quick, late, copy=True)
    cluster.state.chunk_done(quick, late, cluster.now)
    assert Cancel(slow, late) in cluster.decide()
    assert late not in cluster.state.replicas[slow].assigned


def test_a_copy_on_a_replica_that_is_gone_is_not_cancelled() -> None:
    cluster = Cluster(Resources(gpus=2, cpus=8))
    cluster.work(spec("a"), 4, 1e5)
    quick, slow = cluster.start()
    dispatches = [action for action in cluster.decide() if isinstance(action, Dispatch)]
    cluster.now += 10.0
    cluster.finish(quick, dispatches)
    copy = cluster.decide(30.0)[0]
    assert isinstance(copy, Dispatch)
    cluster.state.chunk_done(quick, copy.chunk, cluster.now)
    cluster.state.replica_died(slow)
    assert not [action for action in cluster.decide() if isinstance(action, Cancel)]


def test_places_are_looked_for_again_only_when_something_changed() -> None:
    cluster = Cluster(GPU)
    cluster.work(spec("a"), 5)
    assert cluster.state.capacity_changed
    cluster.decide()
    assert not cluster.state.capacity_changed


def test_no_chunk_is_late_within_5_s_or_at_its_very_time() -> None:
    for usual, in_time, late in ((1.0, 5.0, 5.6), (10.0, 20.0, 20.6)):
        cluster = Cluster(Resources(gpus=2, cpus=8))
        cluster.work(spec("a"), 2, 1e5)
        quick, slow = cluster.start()
        dispatches = cluster.decide()
        assert {a.replica for a in dispatches if isinstance(a, Dispatch)} == {quick, slow}
        began = cluster.now
        cluster.now += usual
        cluster.finish(quick, dispatches)
        cluster.decide()
        cluster.now = began + in_time
        assert cluster.decide() == []
        cluster.now = began + late
        assert kinds(cluster.decide()) == ["Dispatch"]


def test_lateness_is_looked_at_every_half_second() -> None:
    cluster = Cluster(GPU)
    for now, checked in ((0.0, 0.0), (0.4, 0.0), (0.5, 0.5), (0.9, 0.5)):
        cluster.now = now
        cluster.decide()
        assert cluster.state.late_checked_at == checked


def test_a_replica_that_is_retiring_gets_no_copy_and_no_suspect() -> None:
    cluster = Cluster(Resources(gpus=2, cpus=8))
    cluster.work(spec("a"), 2, 1e5)
    quick, _ = cluster.start()
    dispatches = cluster.decide()
    cluster.now += 1.0
    cluster.finish(quick, dispatches)
    cluster.state.models["a"].retiring[quick] = None
    assert not [a for a in cluster.decide(100.0) if isinstance(a, Dispatch)]
    suspect = Chunk("a/9", 0, SIZE, 1.0, deaths=2)
    cluster.state.add_chunks("a", [suspect])
    assert not [a for a in cluster.decide() if isinstance(a, Dispatch)]
    del cluster.state.models["a"].retiring[quick]
    cluster.state.to_dispatch["a"] = None
    assert cluster.decide() == [Dispatch(quick, suspect)]


def test_what_costs_money_is_never_given_to_two() -> None:
    cluster = Cluster(Resources(gpus=2, cpus=8))
    cluster.work(spec("a", copies=False), 4, 1e5)
    quick, _ = cluster.start()
    dispatches = cluster.decide()
    cluster.now += 10.0
    cluster.finish(quick, dispatches)
    assert cluster.decide(1e4) == []


def test_a_poison_request_is_found_and_nothing_else_is_poisoned() -> None:
    cluster = Cluster(GPU)
    cluster.work(spec("a"), 5)
    poison, done, deaths = ("a/3", 2), [], 0
    for _ in range(200):
        cluster.start()
        cluster.decide()
        if cluster.state.finished:
            break
        (one,) = cluster.state.replicas.values()
        guilty = [
            p for p in one.assigned if p.unit == poison[0] and p.start <= 2 < p.start + p.size
        ]
        if guilty:
            deaths += 1
            cluster.state.replica_died(one.name)
        else:
            done += list(one.assigned)
            for chunk in list(one.assigned):
                cluster.state.chunk_done(one.name, chunk, cluster.now)
    poisoned = [a.chunk for a in cluster.said if isinstance(a, MarkPoisoned)]
    assert [(chunk.unit, chunk.start, chunk.size) for chunk in poisoned] == [(*poison, 1)]
    assert sorted((p.unit, p.start + i) for p in done for i in range(p.size)) == sorted(
        {(f"a/{u}", row) for u in range(5) for row in range(SIZE)} - {poison}
    )
    assert deaths <= 7


def test_a_suspect_runs_alone() -> None:
    cluster = Cluster(GPU)
    cluster.work(spec("a"), 2)
    for _ in range(2):
        (one,) = cluster.start()
        cluster.decide()
        cluster.state.replica_died(one)
    (one,) = cluster.start()
    assert len(cluster.decide()) == 0 or len(cluster.state.replicas[one].assigned) == 1
    assert len(cluster.state.replicas[one].assigned) == 1


def test_a_machine_that_leaves_blames_nobody() -> None:
    cluster = Cluster(GPU)
    cluster.work(spec("a"), 2)
    for number in range(1, 8):
        cluster.start()
        cluster.decide()
        cluster.state.node_left(f"n{number - 1}")
        cluster.state.node_joined(f"n{number}", GPU)
    cluster.start()
    assert len(cluster.decide()) + len(next(iter(cluster.state.replicas.values())).assigned) >= 2
    assert cluster.state.models["a"].deaths == 0
    assert not cluster.state.models["a"].suspects


def test_a_model_whose_replicas_only_die_is_abandoned() -> None:
    cluster = Cluster(GPU)
    cluster.work(spec("a"), 50)
    for _ in range(MAX_DEATHS):
        (one,) = cluster.start()
        cluster.decide()
        cluster.state.replica_died(one)
    assert kinds(cluster.decide()) == ["AbandonModel"]
    assert cluster.state.finished


def test_an_engine_that_cannot_start_is_tried_twice_and_others_go_on() -> None:
    cluster = Cluster(GPU)
    cluster.work(spec("bad", load_s=99.0), 5)
    cluster.work(spec("good"), 1)
    for _ in range(2):
        start = cluster.decide()[-1]
        assert isinstance(start, Start)
        assert start.model == "bad"
        cluster.state.start_failed(start.replica, "not for me")
    actions = cluster.decide()
    assert actions[0] == AbandonModel("bad", "not for me")
    assert isinstance(actions[1], Start)
    assert actions[1].model == "good"


def test_a_machine_where_a_proven_engine_cannot_start_is_avoided() -> None:
    cluster = Cluster(GPU, GPU)
    cluster.work(spec("a"), 50, 1e4)
    one, other = (a for a in cluster.decide() if isinstance(a, Start))
    cluster.ready(one.replica)
    cluster.state.start_failed(other.replica, "memory is taken")
    again = [a for a in cluster.decide(10.0) if isinstance(a, Start | AbandonModel)]
    assert again == []
    cluster.state.replica_died(one.replica)
    (start,) = (a for a in cluster.decide(10.0) if isinstance(a, Start))
    assert start.places[0].node == one.places[0].node


def test_a_machine_is_cleared_for_a_large_model_that_is_behind() -> None:
    cluster = Cluster(*[Resources(gpus=4, cpus=16)] * 2)
    cluster.work(spec("small", load_s=1.0), 400, 1e3)
    replicas = cluster.start(after=1.0)
    assert len(replicas) == 8
    cluster.decide()
    cluster.work(spec("large", need=Resources(gpus=4, cpus=4)), 40, 1e5)
    assert not any(isinstance(a, Start) for a in cluster.decide())
    for _ in range(20):
        for one in [cluster.state.replicas[r] for r in replicas if r in cluster.state.replicas]:
            for chunk in list(one.assigned):
                cluster.state.chunk_done(one.name, chunk, cluster.now + 1)
        starts = [a for a in cluster.decide(1.0) if isinstance(a, Start)]
        if starts:
            break
    assert starts[0].model == "large"
    assert starts[0].places[0].node not in cluster.state.preempted
    assert cluster.state.models["small"].waiting, "it did not wait for the small one's end"


def test_a_sweep_that_is_drained_starts_and_hands_out_nothing() -> None:
    cluster = Cluster(GPU)
    cluster.work(spec("a"), 5)
    cluster.start()
    cluster.state.stopping = True
    assert cluster.decide() == []


class AnyEvents(RuleBasedStateMachine):
    """Whatever happens in whatever order, nothing is lost, doubled, overloaded or left idle."""

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
