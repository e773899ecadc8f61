"""Requests of a batch that were refused for a parameter, and are saved by another body."""

from __future__ import annotations

from collections.abc import Sequence

from culture_ray.engines.openai.batch.index import BatchIndex
from culture_ray.engines.openai.batch.journal import BatchRecord
from culture_ray.engines.openai.batch.outcomes import ANY_REQUEST, Results, outcome_of
from culture_ray.engines.openai.batch.states import BatchError
from culture_ray.engines.openai.model_bodies import ModelBodies
from culture_ray.engines.openai.problems import Problem


async def adapted_requests(
    bodies: ModelBodies, batches: BatchIndex, record: BatchRecord, results: Results
) -> frozenset[str]:
    """Return the ids of the refused requests that a change of their bodies may save.

    The changes hold for all further requests of the model.
    """
    outcomes = {name: outcome_of(row, ANY_REQUEST) for name, (_, row) in results.items()}
    problems = {
        name: outcome
        for name, outcome in outcomes.items()
        if isinstance(outcome, Problem) and outcome.kind == "status"
    }
    if not problems:
        return frozenset()
    sent = await batches.sent_bodies(record, problems.keys())
    return frozenset(
        [name for name, body in sent.items() if await bodies.adapt(problems[name], body)]
    )


async def is_adapted(
    bodies: ModelBodies, batches: BatchIndex, record: BatchRecord, errors: Sequence[BatchError]
) -> bool:
    """Return True if a change of the bodies may save a batch that failed its validation."""
    if not errors:
        return False
    named = [record.lines[_place(error, record)].request_id for error in errors]
    sent = await batches.sent_bodies(record, frozenset(named))
    problems = [_problem(error) for error in errors]
    adapted = [
        await bodies.adapt(problem, sent[name])
        for name, problem in zip(named, problems, strict=True)
        if name in sent
    ]
    return any(adapted)


def _problem(error: BatchError) -> Problem:
    """Return a line's error as a single request would have it; its field is `body.NAME`."""
    param = error.param and error.param.removeprefix("body.")
    return Problem("status", error.message, 400, error.code or None, param)


def _place(error: BatchError, record: BatchRecord) -> int:
    """Return the place of the line that an error names, else that of the first."""
    return error.line - 1 if error.line is not None and error.line <= len(record.lines) else 0
