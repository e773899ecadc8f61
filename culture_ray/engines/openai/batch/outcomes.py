"""Outcome of one row of a batch's results: settlement, and a response or another attempt."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from culture_ray.engines.interface import Request, Response, Sampling
from culture_ray.engines.openai.batch.journal import BatchRequest
from culture_ray.engines.openai.parsing import (
    ParsedAnswer,
    failed_response,
    parse_body,
    to_response,
)
from culture_ray.engines.openai.problems import Problem, decide
from culture_ray.spending.account import Account

Row = Mapping[str, Any]
"""One decoded line of an output or error file, identified by its custom_id."""

_ANY_REQUEST = Request("", "", Sampling())
"""Request without a schema: the usage does not depend on it."""


async def settle(account: Account, sent: BatchRequest, row: Row | None) -> float | None:
    """Settle one request of a batch; return its cost in dollars, None if no usage is reported."""
    outcome = outcome_of(row, _ANY_REQUEST)
    if isinstance(outcome, ParsedAnswer) and outcome.usage is not None:
        return await account.settle(sent.ticket, outcome.usage)
    if isinstance(outcome, Problem) and decide(outcome).billed == "nothing":
        await account.void(sent.ticket, decide(outcome).reason)
    else:
        await account.mark_unresolved(sent.ticket, "the batch does not say what was used")
    return None


def response_to(
    request: Request, sent: BatchRequest, row: Row | None, attempts: int
) -> Response | None:
    """Return the response in a row, None if the request has to be sent again.

    `attempts` is the total number of times that it may be sent.
    """
    outcome = outcome_of(row, request)
    if isinstance(outcome, ParsedAnswer):
        again = not outcome.well_formed and sent.unread == 0
    else:
        again = decide(outcome).act not in ("record", "stop")
    if again and sent.attempt < attempts:
        return None
    if isinstance(outcome, ParsedAnswer):
        return replace(to_response(request, outcome, 0.0, None), attempts=sent.attempt)
    count = f" (sent {sent.attempt} times)" if sent.attempt > 1 else ""
    response = failed_response(request, decide(outcome).reason + count)
    return replace(response, attempts=sent.attempt)


def outcome_of(row: Row | None, request: Request) -> ParsedAnswer | Problem:
    """Return the parsed answer of a row, or its problem; None is a row that neither file has."""
    if row is None:
        return Problem("body", "the batch's files lack this request")
    response = row.get("response")
    if response is None:
        error = row.get("error") or {}
        return Problem("status", str(error.get("message") or ""), None, error.get("code"))
    if response["status_code"] == 200:
        return parse_body(response["body"], request, "batch")
    error = (response["body"] or {}).get("error") or {}
    words = str(error.get("message") or "")
    return Problem("status", words, response["status_code"], error.get("code"))


def was_cancelled(row: Row | None) -> bool:
    """Return True if a request was not executed because its batch was cancelled."""
    return row is not None and (row.get("error") or {}).get("code") == "batch_cancelled"
