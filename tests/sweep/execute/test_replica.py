"""A replica sends a chunk, retries, keeps rows that are done, and commits; without Ray."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from culture_ray.engines.interface import Request, Response
from culture_ray.errors import EngineFailed
from culture_ray.store.claims import Presence
from culture_ray.store.parts import keep_part, parts_folder
from culture_ray.sweep.execute.chunk_store import record_failed
from culture_ray.sweep.execute.gpu_memory import GpuMemory
from culture_ray.sweep.execute.replica import MAX_ATTEMPTS, Replica, ReplicaSettings
from culture_ray.sweep.plan.units import Loaded, Unit
from culture_ray.sweep.schedule.chunks import Chunk
from tests.standin import StandInEngine
from tests.sweep.echo import Echo, echo_model, echo_units, ids_of, rows

SIZE = 6


@pytest.fixture
def unit(tmp_path: Path) -> Unit:
    return echo_units(tmp_path, "m", 1, SIZE)[0]


def whole(unit: Unit) -> Chunk:
    return Chunk(str(unit.path), 0, unit.size, unit.tokens)


def part(unit: Unit, start: int, size: int) -> Chunk:
    return replace(whole(unit), start=start, size=size)


def replica(run: Path, engine: Any = None, **plans: Any) -> Replica:
    model = echo_model(seconds=0.001, **plans)
    make: Callable[[], Any] = (lambda: StandInEngine(model)) if engine is None else engine
    return Replica("r", make, ReplicaSettings(run))


def test_a_unit_becomes_its_shard(tmp_path: Path, unit: Unit) -> None:
    end = asyncio.run(replica(tmp_path).run(unit, whole(unit), Echo(), 1))
    assert (end.rows, end.failed, end.complete, end.claimed_elsewhere) == (SIZE, 0, True, False)
    assert list(rows(tmp_path)) == ids_of(unit)
    assert not (tmp_path / "parts").exists()


def test_answers_are_counted_until_they_are_stored(tmp_path: Path, unit: Unit) -> None:
    ready, seen = asyncio.Event(), []

    class Gated(Always):
        """Engine that holds the last request back until the gate opens."""

        async def generate(self, request: Request) -> Response:
            if request.request_id == ids_of(unit)[-1]:
                await ready.wait()
            return await super().generate(request)

    async def watched() -> None:
        engine = Gated(lambda request: Response(request.request_id, "yes", "stop"))
        one = replica(tmp_path, lambda: engine)
        running = asyncio.create_task(one.run(unit, whole(unit), Echo(), 1))
        for _ in range(100_000):  # the loop has to run the replica's own tasks
            if (await one.counters()).unstored == SIZE - 1:
                break
            await asyncio.sleep(0)
        seen.append((await one.counters()).unstored)
        ready.set()
        await running
        seen.append((await one.counters()).unstored)

    asyncio.run(asyncio.wait_for(watched(), 60))
    assert seen == [SIZE - 1, 0]


def test_a_failure_that_may_pass_is_sent_again_and_another_is_recorded(
    tmp_path: Path, unit: Unit
) -> None:
    ids = ids_of(unit)
    one = replica(tmp_path, transient=ids[1], bad=ids[2])
    end = asyncio.run(one.run(unit, whole(unit), Echo(), 1))
    assert (end.failed, end.failures) == (1, {"prompt too long": 1})
    found = rows(tmp_path)
    assert found[ids[1]]["text"] is not None
    assert found[ids[1]]["attempts"] == 2
    assert found[ids[2]]["failure"] == "ValueError: the prompt is too long"
    assert found[ids[2]]["attempts"] == 1


class Always:
    """Engine whose responses are all the same."""

    in_flight = 4

    def __init__(self, answer: Callable[[Request], Response]) -> None:
        self._answer = answer

    async def generate(self, request: Request) -> Response:
        return self._answer(request)


def test_a_failure_that_never_passes_is_recorded_in_the_end(tmp_path: Path, unit: Unit) -> None:
    def busy(request: Request) -> Response:
        return Response(request.request_id, None, "error", failure="busy", transient=True)

    one = replica(tmp_path, lambda: Always(busy))
    assert asyncio.run(one.run(unit, whole(unit), Echo(), 1)).failed == SIZE
    assert {row["attempts"] for row in rows(tmp_path).values()} == {MAX_ATTEMPTS}
    assert {row["failure"] for row in rows(tmp_path).values()} == {"busy"}


class Unread(Echo):
    """A judge's task: its rows record which responses could be parsed."""

    def table(
        self, loaded: Loaded, responses: Sequence[Response | None], replica: str, attempts: int
    ) -> pa.Table:
        made = super().table(loaded, responses, replica, attempts)
        status = ["unparsable" if row % 2 else "labelled" for row in range(made.num_rows)]
        return made.append_column("status", pa.array(status))


def test_answers_that_could_not_be_read_are_counted_and_are_no_failures(
    tmp_path: Path, unit: Unit
) -> None:
    end = asyncio.run(replica(tmp_path).run(unit, whole(unit), Unread(), 1))
    assert (end.failures, end.unparsable) == ({}, SIZE // 2)


def test_chunks_become_one_shard_whatever_their_order(tmp_path: Path, unit: Unit) -> None:
    async def act() -> None:
        one = replica(tmp_path)
        await one.run(unit, part(unit, 4, 2), Echo(), 1)
        await one.run(unit, part(unit, 0, 2), Echo(), 1)
        assert not unit.path.exists()
        await one.run(unit, part(unit, 2, 2), Echo(), 1)

    asyncio.run(act())
    assert list(rows(tmp_path)) == ids_of(unit)
    assert not parts_folder(tmp_path, unit.path).exists()


def test_rows_that_are_kept_are_not_asked_again(tmp_path: Path, unit: Unit) -> None:
    task = Echo()
    loaded = task.load(unit)
    kept = [Response(i, "kept", "stop") for i in ids_of(unit)[:4]]
    folder = parts_folder(tmp_path, unit.path)
    keep_part(folder, task.table(loaded.subset(range(4)), kept, "before", 1), range(4))
    end = asyncio.run(replica(tmp_path).run(unit, whole(unit), task, 2))
    assert end.rows == 2
    assert [row["replica"] for row in rows(tmp_path).values()] == ["before"] * 4 + ["r"] * 2


def test_stopping_keeps_what_is_answered_and_the_rest_is_asked_later(
    tmp_path: Path, unit: Unit
) -> None:
    ids = ids_of(unit)

    async def act() -> None:
        one = replica(tmp_path, hangs=ids[5])
        running = asyncio.create_task(one.run(unit, whole(unit), Echo(), 1))
        while (await one.counters()).unstored < 4:  # noqa: ASYNC110
            await asyncio.sleep(0.001)
        await one.commit_answered()
        end = await running
        assert not end.complete
        assert end.rows >= 4
        assert not unit.path.exists()

    asyncio.run(act())
    end = asyncio.run(replica(tmp_path).run(unit, whole(unit), Echo(), 2))
    assert end.complete
    assert list(rows(tmp_path)) == ids
    assert [row["attempts"] for row in rows(tmp_path).values()][:4] == [1] * 4


def test_a_chunk_that_is_cancelled_leaves_nothing(tmp_path: Path, unit: Unit) -> None:
    async def act() -> None:
        one = replica(tmp_path, hangs=ids_of(unit)[5])
        running = asyncio.create_task(one.run(unit, whole(unit), Echo(), 1))
        while (await one.counters()).requests < 3:  # noqa: ASYNC110
            await asyncio.sleep(0.001)
        await one.cancel(whole(unit))
        assert not (await running).complete
        counters = await one.counters()
        assert counters.in_flight == 0
        assert counters.settled == SIZE

    asyncio.run(act())
    assert not list(tmp_path.rglob("*.arrow"))


def test_what_is_answered_before_the_engine_dies_is_kept(tmp_path: Path, unit: Unit) -> None:
    answered: list[str] = []

    def dying(request: Request) -> Response:
        if len(answered) == 4:
            raise EngineFailed("EngineDeadError: gone")
        answered.append(request.request_id)
        return Response(request.request_id, "before", "stop")

    one = replica(tmp_path, lambda: Always(dying))
    with pytest.raises(EngineFailed, match="gone"):
        asyncio.run(one.run(unit, whole(unit), Echo(), 1))
    assert asyncio.run(replica(tmp_path).run(unit, whole(unit), Echo(), 2)).rows == 2
    texts = [row["text"] == "before" for row in rows(tmp_path).values()]
    assert texts == [True] * 4 + [False] * 2


def test_a_unit_of_another_driver_is_left_alone(tmp_path: Path, unit: Unit) -> None:
    with Presence(tmp_path / "claims", "other") as other, Presence(tmp_path / "claims", "me") as me:
        one = Replica(
            "r", lambda: StandInEngine(echo_model(seconds=0)), ReplicaSettings(tmp_path, claims=me)
        )
        assert other.take(str(unit.path))
        assert asyncio.run(one.run(unit, whole(unit), Echo(), 1)).claimed_elsewhere
        assert not unit.path.exists()
        other.release(str(unit.path))
        assert asyncio.run(one.run(unit, whole(unit), Echo(), 1)).complete
        assert other.take(str(unit.path)), "it is given back when it is done"
        assert asyncio.run(one.run(unit, whole(unit), Echo(), 1)).claimed_elsewhere, "it is done"


def test_a_poisoned_request_is_a_row_with_its_reason(tmp_path: Path, unit: Unit) -> None:
    asyncio.run(replica(tmp_path).run(unit, part(unit, 0, 3), Echo(), 1))
    end = record_failed(tmp_path, unit, part(unit, 3, 1), Echo(), 7, "it kills engines")
    assert end.failed == 1
    assert not unit.path.exists()
    asyncio.run(replica(tmp_path).run(unit, part(unit, 4, 2), Echo(), 1))
    found = list(rows(tmp_path).values())
    assert [row["failure"] for row in found] == [None] * 3 + ["it kills engines"] + [None] * 2
    assert found[3]["attempts"] == 7


def test_no_more_is_in_the_engine_than_it_wants_and_no_less(tmp_path: Path) -> None:
    seen: list[int] = []

    class Counting:
        in_flight = 5
        now = 0

        async def generate(self, request: Request) -> Response:
            self.now += 1
            seen.append(self.now)
            await asyncio.sleep(0)
            await asyncio.sleep(0)
            self.now -= 1
            return Response(request.request_id, "x", "stop")

    units = echo_units(tmp_path, "m", 4, SIZE)

    async def act() -> None:
        one = replica(tmp_path, Counting)
        await asyncio.gather(*(one.run(u, whole(u), Echo(), 1) for u in units))

    asyncio.run(act())
    assert max(seen) == 5
    assert len(rows(tmp_path)) == 4 * SIZE


@pytest.mark.slow
def test_an_engine_waits_until_its_gpus_memory_is_free(tmp_path: Path) -> None:
    free = iter((10, 10, 95, 95))
    reader = lambda: [GpuMemory("0", next(free), 100)]  # noqa: E731
    settings = ReplicaSettings(tmp_path, gpu_share=0.9, gpu_free_wait_s=60.0, gpu_reader=reader)
    one = Replica("r", lambda: StandInEngine(echo_model()), settings)
    assert asyncio.run(one.start()) is None
    assert next(free) == 95, "it looked until it was free, and no longer"


def test_a_gpu_that_another_process_keeps_is_named(tmp_path: Path) -> None:
    reader = lambda: [GpuMemory("3", 10 * 2**30, 80 * 2**30)]  # noqa: E731
    settings = ReplicaSettings(tmp_path, gpu_share=0.9, gpu_free_wait_s=0.0, gpu_reader=reader)
    one = Replica("r", lambda: StandInEngine(echo_model()), settings)
    why = asyncio.run(one.start())
    assert why == (
        "GPU 3 has 10.0 of 80.0 GiB free after 0 s, the engine needs 72.0 GiB: another process "
        "is using the memory"
    )
