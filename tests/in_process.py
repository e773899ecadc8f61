"""The executor's part without Ray: units through an engine in this process, and what it was asked.

For tests of what a stage asks and makes of the answers; how work reaches replicas is tested on Ray.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from culture_ray.engines.interface import Engine, Request, Response
from culture_ray.store.shards import commit
from culture_ray.sweep.plan.units import StageWork, Task, Unit

ASKED: list[tuple[str, Request]] = []
"""Requests sent to engines since the list was emptied, each with its stage."""


class InProcess:
    """Executor without Ray: runs every unit in this process."""

    def __init__(self, cluster, models, make_engine, *_, **__) -> None:  # type: ignore[no-untyped-def]
        self._models, self._make = models, make_engine

    def __enter__(self) -> InProcess:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def expect(self, seconds: Mapping[str, float]) -> None:
        pass

    def run(self, task: Task, units: Sequence[Unit]) -> Mapping[str, str]:
        return self.run_together([StageWork(task, units)])

    def run_together(self, work: Sequence[StageWork]) -> Mapping[str, str]:
        waiting = [(one.task, unit) for one in work for unit in one.units]
        while waiting:
            ready = [all(path.exists() for path in unit.needs) for _, unit in waiting]
            assert any(ready), "units wait for one another"
            self._run([entry for entry, now in zip(waiting, ready, strict=True) if now])
            waiting = [entry for entry, now in zip(waiting, ready, strict=True) if not now]
        return {}

    def _run(self, ready: Sequence[tuple[Task, Unit]]) -> None:
        for task, unit in ready:
            engine = self._make(self._models[unit.engine])
            loaded = task.load(unit).through(unit.adapter)
            said = asyncio.run(_answers(task.stage, engine, loaded.requests))
            assert commit(unit.path, task.table(loaded, said, "in-process", 1))


async def _answers(
    stage: str, engine: Engine, requests: Sequence[Request | None]
) -> list[Response | None]:
    async def answer(request: Request | None) -> Response | None:
        if request is None:
            return None
        ASKED.append((stage, request))
        return await engine.generate(request)

    await engine.start()
    try:
        return list(await asyncio.gather(*map(answer, requests)))
    finally:
        await engine.close()


@pytest.fixture
def in_process(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, Request]]:
    """Replace the executor of every stage that asks models; return what engines are asked."""
    import culture_ray.stages.generate as generate
    import culture_ray.stages.judge.check as judge_check

    for module in (generate, judge_check):
        monkeypatch.setattr(module, "Executor", InProcess)
        monkeypatch.setattr(module, "check_installed", lambda models: None)
    ASKED.clear()
    return ASKED


class Quiet:
    """A progress display that shows nothing."""

    def __getattr__(self, name: str) -> Any:
        return lambda *facts: None
