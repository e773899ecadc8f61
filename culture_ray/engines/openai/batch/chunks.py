"""Division of requests into batches under the provider's limits; pure."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from culture_ray.engines.api_settings import BatchSettings


@dataclass(frozen=True)
class BatchRow:
    """One line of a batch's input file, with its size."""

    text: str
    size: int
    """Bytes, including the newline."""
    tokens: int
    """Estimated input tokens that count as enqueued."""


def row_of(custom_id: str, path: str, body: dict[str, Any]) -> BatchRow:
    """Return the input line of a request."""
    text = json.dumps(
        {"custom_id": custom_id, "method": "POST", "url": path, "body": body}, ensure_ascii=False
    )
    size = len(text.encode()) + 1
    return BatchRow(text, size, math.ceil(len(json.dumps(body, ensure_ascii=False).encode()) / 3))


def first_chunk(rows: Iterable[BatchRow], limits: BatchSettings, room: float = math.inf) -> int:
    """Return the number of leading rows that form one batch; `room` is in tokens.

    0 if there is no room. A row over another limit forms a batch of its own, for the provider to
    refuse.
    """
    count = size = tokens = 0
    for row in rows:
        size, tokens = size + row.size, tokens + row.tokens
        full = count >= limits.most_requests or (count and size > limits.most_bytes)
        if full or tokens > room:
            break
        count += 1
    return count
