"""Label that stands for a response: of a battery, which has several, the first unusable one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any


def label_by_response(rows: Iterable[Mapping[str, Any]]) -> dict[str, Mapping[str, Any]]:
    """Return one row of labels by id of the response; one that is not labelled comes first."""
    found: dict[str, Mapping[str, Any]] = {}
    for row in rows:
        if found.setdefault(row["response_id"], row)["status"] == "labelled":
            found[row["response_id"]] = row
    return found
