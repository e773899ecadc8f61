"""Cutting requests into batches under the provider's limits: pure."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from culture_ray.engines.api_settings import Batching


@dataclass(frozen=True)
class BatchRow:
    """One line of a batch's input file."""

    text: str
    size: int
    """Bytes, its line's end included."""
    tokens: int
    """Input tokens, estimated, that it counts for while it waits."""


def row_of(custom_id: str, path: str, body: dict[str, Any]) -> BatchRow:
    """Return a request's line."""
    text = json.dumps(
        {"custom_id": custom_id, "method": "POST", "url": path, "body": body}, ensure_ascii=False
    )
    size = len(text.encode()) + 1
    return BatchRow(text, size, math.ceil(len(json.dumps(body, ensure_ascii=False).encode()) / 3))


def first_chunk(rows: Iterable[BatchRow], limits: Batching, room: float = math.inf) -> int:
    """Return how many of the first rows make one batch; `room` is in tokens.

    None fits where there is no room; a row that is over another limit goes alone, for the provider
    to refuse.
    """
    count = size = tokens = 0
    for row in rows:
        size, tokens = size + row.size, tokens + row.tokens
        over = count >= limits.most_requests or (count and size > limits.most_bytes)
        if over or tokens > room:
            break
        count += 1
    return count
