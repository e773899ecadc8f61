"""Outcome of one row of a batch's results: settlement, and a response or another attempt."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from culture_ray.engines.interface import Request, Response, Sampling
from culture_ray.engines.openai.answers.error_status import status_of as status_of_code
from culture_ray.engines.openai.batch.journal import BatchRequest
from culture_ray.engines.openai.batch.results import Row, body_of, error_of, status_of
from culture_ray.engines.openai.evidence import is_control
from culture_ray.engines.openai.parsing import (
    ParsedAnswer,
    failed_response,
    parse_body,
    to_response,
)
from culture_ray.engines.openai.problems import LOST_UNBILLED, Decision, Problem, decide
from culture_ray.engines.openai.retry_hint import retry_hint_s
from culture_ray.engines.thoughts.marks import ThoughtMarks
from culture_ray.spending.account import Account
from culture_ray.spending.breaker import PassingFault

Results = Mapping[str, tuple[BatchRequest, Row | None]]
"""By request id: each request of a batch and its row in the result files, if it has one."""

LOST_AT_MOST = 3
"""Times that a request is sent whose answers are lost: each of them may have been paid for."""

FEWEST_ALIKE, FEWEST_WITH_CONTROL = 3, 2
"""Requests that have to fail alike before their failure is taken for that of the model, and the
number where one of them is a control request."""

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
    outcome: ParsedAnswer | Problem,
    attempts: int,
    is_own: Callable[[int], bool],
    *,
    outage: bool = False,
    in_files: bool = True,
) -> Response | BatchRequest:
    """Return the response to a request, or it with new counts if it has to be sent again.

    `attempts` is the number of times that it may fail, fewer if it is not `in_files`; `is_own` says
    of so many passing faults whether they are its own. In an `outage`, and where it was never
    executed, none counts.
    """
    if isinstance(outcome, ParsedAnswer):
        if not outcome.well_formed and sent.unread == 0 and attempts > 1:
            return replace(sent, unread=1)
        return replace(to_response(request, outcome, 0.0, None), attempts=sent.attempt)
    decision = decide(outcome)
    if decision.act in ("wait", "retry"):
        if outage or outcome.code in LOST_UNBILLED:
            return sent
        if sent.faults + 1 < attempts or not is_own(sent.faults + 1):
            return replace(sent, faults=sent.faults + 1)
    most = attempts if in_files else min(attempts, LOST_AT_MOST)
    if decision.act == "repair" and sent.lost + 1 < most:
        return replace(sent, lost=sent.lost + 1)
    count = f" (sent {sent.attempt} times)" if sent.attempt > 1 else ""
    response = failed_response(request, decision.reason + count)
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
    if status is None and error.code not in LOST_UNBILLED:
        if not (error.code or error.message):
            return Problem("body", "the batch has no answer to this request: its row is empty")
        status = error.status or status_of_code(error.code, error.message)
    wait_s = retry_hint_s(error.message)
    return Problem("status", error.message, status, error.code, error.param, wait_s)


def shared_refusal(results: Results) -> Decision | None:
    """Return the decision on a batch's requests if all were refused for one and the same reason.

    None if one of them was answered, may be sent again or was billed, or if there are too few.
    """
    outcomes = [outcome_of(row, ANY_REQUEST) for _, row in results.values()]
    problems = [outcome for outcome in outcomes if isinstance(outcome, Problem)]
    fewest = FEWEST_WITH_CONTROL if any(map(is_control, results)) else FEWEST_ALIKE
    if len(problems) < max(fewest, len(outcomes)):
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


def passing_faults(results: Results) -> list[tuple[BatchRequest, PassingFault]]:
    """Return the requests of a batch that failed by faults that may pass."""
    problems = [
        (request, outcome)
        for request, row in results.values()
        if isinstance(outcome := outcome_of(row, ANY_REQUEST), Problem)
    ]
    return [
        (request, PassingFault(decision.reason, problem.retry_after_s, decision.act == "wait"))
        for request, problem in problems
        if (decision := decide(problem)).act in ("wait", "retry")
    ]


def were_cancelled(rows: Iterable[Row | None], *, cancelled: bool) -> list[bool]:
    """Return, by row, True if the request was not executed because its batch was cancelled."""
    return [cancelled if row is None else error_of(row).code == "batch_cancelled" for row in rows]
