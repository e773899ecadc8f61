from __future__ import annotations

from culture_ray.labels.by_response import label_by_response


def row(response: str, status: str, topic: str) -> dict[str, str]:
    return {"response_id": response, "status": status, "topic": topic}


def test_the_first_label_that_is_unusable_stands_for_a_battery() -> None:
    rows = [
        row("r", "labelled", "a"), row("r", "unparsable", "b"), row("r", "labelled", "c"),
        row("s", "labelled", "a"), row("s", "labelled", "b"),
    ]  # fmt: skip
    found = label_by_response(rows)
    assert {name: one["status"] for name, one in found.items()} == {
        "r": "unparsable", "s": "labelled",
    }  # fmt: skip
    assert found["r"]["topic"] == "b"
