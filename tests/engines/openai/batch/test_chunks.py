"""Batches keep within every limit, whatever the rows are."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from culture_ray.engines.api_settings import BatchSettings
from culture_ray.engines.openai.batch.chunks import BatchRow, first_chunk, row_of

ROWS = st.lists(
    st.builds(
        lambda size, tokens: BatchRow("x", size, tokens), st.integers(1, 60), st.integers(1, 40)
    ),
    max_size=30,
)


@given(
    rows=ROWS,
    most_requests=st.integers(1, 10),
    most_bytes=st.integers(30, 200),
    room=st.integers(0, 200),
)
def test_the_first_chunk_is_the_longest_that_fits(rows, most_requests, most_bytes, room):
    limits = BatchSettings(most_requests=most_requests, most_bytes=most_bytes)

    def fits(count):
        chunk = rows[:count]
        small = count <= 1 or sum(row.size for row in chunk) <= most_bytes
        return small and count <= most_requests and sum(row.tokens for row in chunk) <= room

    count = first_chunk(rows, limits, room)
    assert fits(count)
    assert count == len(rows) or not fits(count + 1)


@given(st.text(max_size=50))
def test_a_row_knows_its_size_in_the_file(text):
    row = row_of("id", "/v1/chat/completions", {"model": "m", "messages": [{"content": text}]})
    assert row.size == len(f"{row.text}\n".encode())
    assert "\n" not in row.text
    assert json.loads(row.text)["body"]["messages"][0]["content"] == text
