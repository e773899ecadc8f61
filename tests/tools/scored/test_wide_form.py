"""Tables with a column per topic become a row per response."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from culture_ray.errors import BadTable
from tests.tools.scored.reading import KNOWN, read

TOPICS = replace(KNOWN, topics={"f120": "f120", "d059": "d059"})


def test_a_column_per_topic_gives_a_response_per_row_and_topic(tmp_path: Path) -> None:
    file = tmp_path / "wide.csv"
    file.write_text("model,language,F120,d059,note\ng,da,.2,.9,x\ng,en,,.4,y\n", encoding="utf-8")
    found = read(file, known=TOPICS)
    rows = found.rows.sort_values(["language", "topic"])
    assert rows[["language", "topic", "value_polarity"]].to_numpy().tolist() == [
        ["da", "d059", 0.9], ["da", "f120", 0.2], ["en", "d059", 0.4],
    ]  # fmt: skip
    assert found.notes == (
        "one response per row and topic, from the columns F120, d059", "columns not used: note",
    )  # fmt: skip


def test_its_cells_may_be_answer_codes_or_stances(tmp_path: Path) -> None:
    file = tmp_path / "codes.csv"
    file.write_text("model,language,f120,d059\ng,da,1,1\n", encoding="utf-8")
    found = read(file, known=TOPICS, columns={"answer": "answer"}).rows.set_index("topic")
    assert found["value_polarity"].to_dict() == {"f120": 0.0, "d059": 1.0}
    file.write_text("model,language,f120,d059\ng,da,pro;con,pro\n", encoding="utf-8")
    stances = read(file, known=TOPICS).rows.set_index("topic")
    assert stances["value_polarity"].to_dict() == {"f120": 0.5, "d059": 1.0}


@pytest.mark.parametrize("head", ["model,language,f120,other", "model,language,x,y"])
def test_fewer_than_two_topics_are_no_such_table(head: str, tmp_path: Path) -> None:
    file = tmp_path / "narrow.csv"
    file.write_text(f"{head}\ng,da,.2,.3\n", encoding="utf-8")
    with pytest.raises(BadTable, match=r"no column for columns.topic=topic"):
        read(file, known=TOPICS)
