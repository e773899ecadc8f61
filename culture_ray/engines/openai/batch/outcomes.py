"""What a row of a batch's results comes to: money, and a response or another try."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from culture_ray.engines.interface import Request, Response, Sampling
from culture_ray.engines.openai.batch.journal import BatchRequest
from culture_ray.engines.openai.parsing import ParsedAnswer, nothing, read_body, response_of
from culture_ray.engines.openai.problems import Problem, decide
from culture_ray.spending.account import Account

Row = Mapping[str, Any]
"""One line of an output or error file, decoded; known by its custom_id."""

_ANYTHING = Request("", "", Sampling())


async def settle(account: Account, line: BatchRequest, row: Row | None) -> float | None:
    """Settle one request of a batch; return its dollars, None where nothing was reported."""
    outcome = outcome_of(row, _ANYTHING)
    if isinstance(outcome, ParsedAnswer) and outcome.usage is not None:
        return await account.settle(line.ticket, outcome.usage)
    if isinstance(outcome, Problem) and decide(outcome).billed == "nothing":
        await account.void(line.ticket, decide(outcome).why)
    else:
        await account.give_up(line.ticket, "the batch does not say what was used")
    return None


def answer_of(
    request: Request, line: BatchRequest, row: Row | None, attempts: int
) -> Response | None:
    """Return the response that a row is, None where the request has to be sent again.

    `attempts` is how often it may be sent in all.
    """
    outcome = outcome_of(row, request)
    if isinstance(outcome, ParsedAnswer):
        again = not outcome.well_formed and line.unread == 0
    else:
        again = decide(outcome).act not in ("record", "stop")
    if again and line.attempt < attempts:
        return None
    if isinstance(outcome, ParsedAnswer):
        return replace(response_of(request, outcome, 0.0, None), attempts=line.attempt)
    sent = f" (sent {line.attempt} times)" if line.attempt > 1 else ""
    response = nothing(request, decide(outcome).why + sent)
    return replace(response, attempts=line.attempt)


def outcome_of(row: Row | None, request: Request) -> ParsedAnswer | Problem:
    """Return the reading of a row, or its problem; None is a row that neither file has."""
    if row is None:
        return Problem("body", "the batch's files lack this request")
    response = row.get("response")
    if response is None:
        error = row.get("error") or {}
        return Problem("status", str(error.get("message") or ""), None, error.get("code"))
    if response["status_code"] == 200:
        return read_body(response["body"], request, "batch")
    said = (response["body"] or {}).get("error") or {}
    words = str(said.get("message") or "")
    return Problem("status", words, response["status_code"], said.get("code"))


def was_cancelled(row: Row | None) -> bool:
    """Return whether a request was not executed because its batch was cancelled."""
    return row is not None and (row.get("error") or {}).get("code") == "batch_cancelled"
