"""Lines of a batch's result files, matched to its requests; pure.

Nothing that a line holds raises: what is no line of a request is counted and left out.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import Any

from culture_ray.engines.openai.answers.error_body import ProviderError, error_in

Row = Mapping[str, Any]
"""One decoded line of an output or error file, identified by its custom_id."""

_GZIP, _PIECE = b"\x1f\x8b", 2**16


def rows_by_request(lines: Iterable[str], request_ids: Iterable[str]) -> dict[str, Row]:
    """Return the row of each request that has one.

    Of several rows of a request the first counts, but an answer before any error.
    """
    rows: dict[str, Row] = {}
    known = set(request_ids)
    for row in (row for line in lines for row in _decoded(line)):
        name = row.get("custom_id")
        if not isinstance(name, str) or name not in known:
            continue
        if name not in rows or (is_answer(row) and not is_answer(rows[name])):
            rows[name] = row
    return rows


def unzipped(content: bytes) -> bytes:
    """Return a file as text: some stores deliver it as gzip without saying so.

    Of one that is cut or damaged, it is what comes before.
    """
    if not content.startswith(_GZIP):
        return content
    unzip = zlib.decompressobj(wbits=31)
    text = b""
    with suppress(zlib.error):
        for start in range(0, len(content), _PIECE):
            text += unzip.decompress(content[start : start + _PIECE])
    return text


def is_answer(row: Row) -> bool:
    """Return True for a row with the provider's answer, False for one with an error."""
    return status_of(row) == 200


def status_of(row: Row) -> int | None:
    """Return the HTTP status in a row, None without one; an answer without a status has 200."""
    response = row.get("response")
    status = response.get("status_code") if isinstance(response, Mapping) else None
    if status is None and _has_answer(body_of(row)):
        return 200
    try:
        return None if status is None or isinstance(status, bool) else int(status)
    except (TypeError, ValueError, OverflowError):
        return None


def body_of(row: Row) -> Any:
    """Return the body of the answer in a row, None without one; some rows have it alone."""
    response = row.get("response")
    if not isinstance(response, Mapping):
        return None
    return response if _has_answer(response) else response.get("body")


def error_of(row: Row) -> ProviderError:
    """Return the error in a row, from the row itself or from its body; empty without one."""
    for value in (row.get("error"), body_of(row)):
        if value and (found := error_in(value)) is not None:
            return found
    return ProviderError("")


def _has_answer(body: object) -> bool:
    return isinstance(body, Mapping) and ("choices" in body or "output" in body)


def _decoded(line: str) -> list[Row]:
    """Return the row in a line, or the rows of an array."""
    try:
        content = json.loads(line)
    except (ValueError, RecursionError):
        return []
    rows = content if isinstance(content, list) else [content]
    return [row for row in rows if isinstance(row, Mapping)]
