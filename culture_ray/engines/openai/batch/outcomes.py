"""Outcome of one row of a batch's results: settlement, and a response or another attempt."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from culture_ray.engines.interface import Request, Response, Sampling
from culture_ray.engines.openai.answers.error_status import known_status
from culture_ray.engines.openai.batch.journal import BatchRequest
from culture_ray.engines.openai.batch.results import Row, body_of, error_of, status_of
from culture_ray.engines.openai.parsing import (
    ParsedAnswer,
    failed_response,
    parse_body,
    to_response,
)
from culture_ray.engines.openai.problems import LOST_UNBILLED, Decision, Problem, decide
from culture_ray.engines.thoughts.marks import ThoughtMarks
from culture_ray.spending.account import Account

Results = Mapping[str, tuple[BatchRequest, Row | None]]
"""By request id: each request of a batch and its row in the result files, if it has one."""

LOST_AT_MOST = 3
"""Times that a request is sent whose answers are lost: each of them may have been paid for."""

FEWEST_ALIKE = 3
"""Requests that have to fail alike before their failure is taken for that of the model."""

ANY_REQUEST = Request("", "", Sampling())
"""Request without a schema: the usage does not depend on it."""


async def settle(account: Account, sent: BatchRequest, row: Row | None) -> float | None:
    """Settle one request of a batch; return its cost in dollars, None if no usage is reported."""
    outcome = outcome_of(row, ANY_REQUEST)
    if outcome.usage is not None:
        return await account.settle(sent.ticket, outcome.usage)
    if isinstance(outcome, Problem) and decide(outcome).billed == "nothing":
        await account.void(sent.ticket, decide(outcome).reason)
    else:
        await account.mark_unresolved(sent.ticket, "the batch does not say what was used")
    return None


def response_to(
    request: Request,
    sent: BatchRequest,
    row: Row | None,
    attempts: int,
    lost: str = "",
    marks: Sequence[ThoughtMarks] = (),
) -> Response | None:
    """Return the response in a row, None if the request has to be sent again.

    `attempts` is the total number of times that it may be sent; `lost` says why the result files
    may lack it.
    """
    outcome = outcome_of(row, request, lost, marks)
    if isinstance(outcome, ParsedAnswer):
        again = not outcome.well_formed and sent.unread == 0
    else:
        again = decide(outcome).act not in ("record", "stop")
    most = attempts if row is not None else min(attempts, LOST_AT_MOST)
    if again and sent.attempt < most:
        return None
    if isinstance(outcome, ParsedAnswer):
        return replace(to_response(request, outcome, 0.0, None), attempts=sent.attempt)
    count = f" (sent {sent.attempt} times)" if sent.attempt > 1 else ""
    response = failed_response(request, decide(outcome).reason + count)
    return replace(response, attempts=sent.attempt)


def outcome_of(
    row: Row | None, request: Request, lost: str = "", marks: Sequence[ThoughtMarks] = ()
) -> ParsedAnswer | Problem:
    """Return the parsed answer of a row, or its problem; None is a row that neither file has.

    `marks` are those of the model's thoughts beside the known ones.
    """
    if row is None:
        words = "the batch's files lack this request"
        return Problem("body", f"{words}: {lost}" if lost else words)
    status = status_of(row)
    if status == 200:
        return parse_body(body_of(row), request, "batch", marks=marks)
    error = error_of(row)
    if status is None:
        status = error.status or known_status(error.code)
    if status is None and error.code not in LOST_UNBILLED:
        words = ": ".join(filter(None, (error.code, error.message))) or "its row is empty"
        return Problem("body", f"the batch has no answer to this request: {words}")
    return Problem("status", error.message, status, error.code, error.param)


def shared_refusal(results: Results) -> Decision | None:
    """Return the decision on a batch's requests if all were refused for one and the same reason.

    None if one of them was answered, may be sent again or was billed, or if there are too few.
    """
    outcomes = [outcome_of(row, ANY_REQUEST) for _, row in results.values()]
    problems = [outcome for outcome in outcomes if isinstance(outcome, Problem)]
    if len(problems) < max(FEWEST_ALIKE, len(outcomes)):
        return None
    decisions = [decide(problem) for problem in problems]
    if any(
        d.act not in ("record", "stop") or d.billed != "nothing" or d.certain for d in decisions
    ):
        return None
    alike = len({(problem.status, problem.code) for problem in problems}) == 1
    return decisions[0] if alike else None


def any_answered(results: Results) -> bool:
    """Return True if the model has answered one of a batch's requests, however well."""
    return any(
        isinstance(outcome_of(row, ANY_REQUEST), ParsedAnswer) for _, row in results.values()
    )


def were_cancelled(rows: Iterable[Row | None], *, cancelled: bool) -> list[bool]:
    """Return, by row, True if the request was not executed because its batch was cancelled."""
    return [cancelled if row is None else error_of(row).code == "batch_cancelled" for row in rows]
