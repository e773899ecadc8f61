"""A request that is asked again is not answered from the journal of an earlier batch."""

from __future__ import annotations

import asyncio
from pathlib import Path

from culture_ray.engines.openai.batch.asked_again import ask_again, asked_again
from culture_ray.engines.openai.batch.index import BatchIndex
from culture_ray.engines.openai.batch.journal import BatchRequest

LATER = 4e9
"""Seconds since 1970, beyond every batch of these tests."""


async def send(folder: Path, *names: str) -> None:
    """Journal a batch that has ended."""
    index = BatchIndex(folder)
    await index.open()
    lines = [BatchRequest(name, 1, f"t-{name}", 0) for name in names]
    await index.end(await index.add(lines, ["{}"] * len(lines), 1, ()), "completed")
    index.close()


async def known(folder: Path, *names: str) -> list[str]:
    """Return the requests that the journal answers."""
    index = BatchIndex(folder)
    await index.open()
    found = [name for name in names if index.find(name) is not None]
    index.close()
    return found


def test_an_earlier_batch_answers_only_what_is_not_asked_again(tmp_path: Path) -> None:
    async def act() -> list[str]:
        await send(tmp_path, "a", "b")
        ask_again(tmp_path, ["a"], LATER)
        return await known(tmp_path, "a", "b")

    assert asyncio.run(act()) == ["b"]


def test_a_later_batch_answers_it(tmp_path: Path) -> None:
    async def act() -> list[str]:
        ask_again(tmp_path, ["a"], 1.0)
        await send(tmp_path, "a")
        return await known(tmp_path, "a")

    assert asyncio.run(act()) == ["a"]


def test_a_model_without_batches_gets_no_file(tmp_path: Path) -> None:
    ask_again(tmp_path / "none", ["a"], LATER)
    assert asked_again(tmp_path / "none") == {}
    assert not (tmp_path / "none").exists()
