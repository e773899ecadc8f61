from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa

from culture_ray.engines.interface import Turn
from culture_ray.stages.elicit.conversations import Conversations
from culture_ray.store.shards import commit
from culture_ray.tables import RESPONSES


def row(topic: str, after: list[str], text: str | None = "A", sample: int = 0) -> dict[str, Any]:
    return {
        "request_id": f"{topic}{sample}", "model": "m", "language": "en", "protocol": "sequence",
        "template": "t01", "topic": topic, "wording": "q1", "sample": sample, "persona": None,
        "variant": None, "after": after, "prompt": f"{topic}?", "text": text,
    }  # fmt: skip


def stored(folder: Path, name: str, *rows: dict[str, Any]) -> Path:
    path = folder / f"{name}.arrow"
    commit(path, pa.Table.from_pylist(list(rows), schema=RESPONSES))
    return path


def test_the_earlier_exchanges_of_a_conversation_come_in_their_order(tmp_path: Path) -> None:
    shards = [
        stored(tmp_path, "000000-a", row("x", []), row("x", [], "B", sample=1)),
        stored(tmp_path, "000001-b", row("y", ["x"]), row("y", ["x"], "C", sample=1)),
    ]
    found = Conversations.read(shards)
    assert found.before(row("z", ["x", "y"], sample=1)) == (Turn("x?", "B"), Turn("y?", "C"))
    assert found.before(row("x", [])) == ()


def test_a_conversation_without_one_of_its_answers_does_not_go_on(tmp_path: Path) -> None:
    shard = stored(tmp_path, "000000-a", row("x", [], None))
    assert Conversations.read([shard]).before(row("y", ["x"])) is None
    assert Conversations.read([]).before(row("y", ["x"])) is None


def test_a_topic_asked_after_others_belongs_to_another_conversation(tmp_path: Path) -> None:
    shard = stored(tmp_path, "000000-a", row("x", ["w"]))
    assert Conversations.read([shard]).before(row("y", ["x"])) is None
