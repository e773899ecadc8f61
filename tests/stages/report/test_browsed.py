"""Responses of the page's browser: all where they fit, else as many of each cell."""

from __future__ import annotations

from collections import Counter

import pyarrow as pa
import pytest

from culture_ray.labels.read import responses
from culture_ray.settings.run import Settings
from culture_ray.stages.report.browsed import LONGEST, browsed_responses
from culture_ray.store.shards import commit, read
from tests.answered import answer

COLUMNS = ["request_id", "model", "language", "topic", "protocol", "text"]


def test_every_response_is_there_with_its_stances_marked(mixed_run: Settings) -> None:
    found = browsed_responses(mixed_run)
    table = responses(mixed_run.run, mixed_run.models, mixed_run.languages, COLUMNS).to_pylist()
    assert found.complete
    assert len(found.responses) == sum(1 for row in table if row["text"] is not None)
    judged = [one for one in found.responses if one.stances]
    assert judged
    for one in judged:
        assert len(one.marked) <= len(one.stances)
        assert all(0 <= start < end <= len(one.text) for start, end, _ in one.marked)
        in_order = iter(one.stances)
        assert all(stance in in_order for *_, stance in one.marked)
    assert any(one.marked for one in judged)


def test_a_sample_takes_cells_in_turn_and_never_changes(mixed_run: Settings) -> None:
    everything = browsed_responses(mixed_run)
    length = sum(len(one.text) + 60 for one in everything.responses)
    sample = browsed_responses(mixed_run, budget=length // 2)
    assert not sample.complete
    assert sample.responses == everything.responses[: len(sample.responses)]
    cells = Counter((r.model, r.language, r.topic, r.protocol) for r in sample.responses)
    assert max(cells.values()) - min(cells.values()) <= 1


@pytest.mark.slow
def test_a_long_response_is_cut_and_says_how_much_is_left_out(small: Settings) -> None:
    answer(small)
    path = small.run.shards("responses")[0]
    rows = read(path).to_pylist()
    rows[0]["text"] = "\x1b[2J" + "a" * 1_000_000
    table = pa.Table.from_pylist(rows, schema=read(path).schema)
    path.unlink()
    commit(path, table.replace_schema_metadata(None))
    longest = max(browsed_responses(small).responses, key=lambda one: one.left_out)
    assert longest.left_out == 1_000_004 - LONGEST
    assert longest.text.startswith("\\x1b[2J") and "\x1b" not in longest.text


def test_an_import_without_texts_has_none_to_browse(small: Settings) -> None:
    assert browsed_responses(small).responses == ()
