"""Lines of a batch's result files, matched to its requests; pure.

Nothing that a line holds raises: what is no line of a request is counted and left out.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from culture_ray.engines.openai.answers.error_body import ProviderError, error_in

Row = Mapping[str, Any]
"""One decoded line of an output or error file, identified by its custom_id."""


def rows_by_request(lines: Iterable[str], request_ids: Iterable[str]) -> dict[str, Row]:
    """Return the row of each request that has one.

    Of several rows of a request the first counts, but an answer before any error.
    """
    rows: dict[str, Row] = {}
    known = set(request_ids)
    for line in lines:
        row = _decoded(line)
        name = row.get("custom_id")
        if not isinstance(name, str) or name not in known:
            continue
        if name not in rows or (is_answer(row) and not is_answer(rows[name])):
            rows[name] = row
    return rows


def is_answer(row: Row) -> bool:
    """Return True for a row with the provider's answer, False for one with an error."""
    return status_of(row) == 200


def status_of(row: Row) -> int | None:
    """Return the HTTP status in a row, None without one."""
    response = row.get("response")
    status = response.get("status_code") if isinstance(response, Mapping) else None
    try:
        return None if status is None or isinstance(status, bool) else int(status)
    except (TypeError, ValueError, OverflowError):
        return None


def body_of(row: Row) -> Any:
    """Return the body of the answer in a row, None without one."""
    response = row.get("response")
    return response.get("body") if isinstance(response, Mapping) else None


def error_of(row: Row) -> ProviderError:
    """Return the error in a row, from the row itself or from its body; empty without one."""
    for value in (row.get("error"), body_of(row)):
        if value and (found := error_in(value)) is not None:
            return found
    return ProviderError("")


def _decoded(line: str) -> Row:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError):
        return {}
    return row if isinstance(row, Mapping) else {}
