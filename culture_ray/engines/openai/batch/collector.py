"""Collector of a model's batches: polls them, downloads, settles and delivers their results."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

from culture_ray.engines.openai.batch.condition import ModelCondition
from culture_ray.engines.openai.batch.index import BatchIndex
from culture_ray.engines.openai.batch.journal import BatchRecord, BatchRequest
from culture_ray.engines.openai.batch.lines import with_counts
from culture_ray.engines.openai.batch.outcomes import (
    LOST_AT_MOST,
    any_answered,
    outcome_of,
    response_to,
    settle,
    shared_refusal,
    were_cancelled,
)
from culture_ray.engines.openai.batch.queue import PendingRequest
from culture_ray.engines.openai.batch.refusals import Refusal, refusal_of
from culture_ray.engines.openai.batch.results import Row, unzipped
from culture_ray.engines.openai.batch.service import BatchService
from culture_ray.engines.openai.batch.states import BatchState, phase_of
from culture_ray.engines.thoughts.marks import ThoughtMarks
from culture_ray.errors import ModelStops
from culture_ray.spending.account import Account

LOOKS = 5
"""Polls of a batch whose results are not there, or not all, until they count as lost."""


class BatchCollector:
    """Collector of the batches in a journal; `pending` holds the requests waited for, by id."""

    def __init__(
        self,
        service: BatchService,
        batches: BatchIndex,
        account: Account,
        pending: dict[str, PendingRequest],
        condition: ModelCondition,
        send_again: Callable[[PendingRequest], None],
        source: str,
        attempts: int,
        marks: Sequence[ThoughtMarks] = (),
    ) -> None:
        self._service, self._batches, self._account = service, batches, account
        self._pending, self._condition, self._send_again = pending, condition, send_again
        self._source, self._attempts, self._marks = source, attempts, marks
        self._looks: Counter[str] = Counter()
        self._inherited: dict[str, asyncio.Task[frozenset[str]]] = {}
        """Requests that another body may save, by the key of a batch of an earlier session."""
        self.has_run = batches.has_ended
        """True if the provider has ever processed a batch of this model."""

    async def poll(self, record: BatchRecord) -> Refusal | None:
        """Collect the results of a batch that is over; return why it was refused, if it was."""
        if record.batch is None:
            return None
        state = await self._service.retrieve(record.batch)
        if state is None:
            if self._looks_again(record):
                return None
            words = f"the provider no longer knows batch {record.batch}"
            return await self._end(record, "lost", words)
        phase = phase_of(state, record.created, time.time())
        self.has_run |= phase in ("running", "ended")
        if phase == "refused":
            return refusal_of(state.errors, len(record.lines))
        if phase != "ended":
            return None
        lost = await self._download(record, state)
        if lost is None:
            return None
        if not state.is_over:
            await self._service.cancel(record.batch)  # nobody waits for the rest any longer
        return await self._end(record, state.status, lost, cancelled=state.was_cancelled)

    async def answer_from_journal(self, pending: PendingRequest, record: BatchRecord) -> None:
        """Answer from a batch that has ended, mostly in an earlier session."""
        results = await self._batches.cached_results(record)
        request, row = results[pending.request.request_id]
        if record.key not in self._inherited:
            finding = self._condition.note_earlier(record, results)
            self._inherited[record.key] = asyncio.create_task(finding)
        adapted = await self._inherited[record.key]
        cost = await settle(self._account, request, row)
        self._pending.pop(request.request_id, None)
        if request.request_id in adapted:
            self._again(pending, request)
        else:
            lost = _loss(record.why)
            self._deliver(pending, request, row, cost, lost, outage=not record.answered)

    async def _download(self, record: BatchRecord, state: BatchState) -> str | None:
        """Write the result files; return what is lost of them in words, None to look again."""
        gone = []
        for kind, file in (("output", state.output_file), ("errors", state.error_file)):
            if file is None:
                continue
            content = await self._service.download(file)
            if content is None:
                gone.append(f"its file {file} is gone")
            else:
                await self._batches.write_results(record, kind, unzipped(content))
        rows = [row for _, row in (await self._batches.read_results(record)).values()]
        found = sum(row is not None for row in rows)
        incomplete = found < min(state.answered, len(rows)) or not (found or gone)
        if (gone or incomplete) and self._looks_again(record):
            return None
        if not gone and found < len(rows):
            gone.append(f"its files have {found} of {len(rows)} requests")
        return "; ".join(gone)

    def _looks_again(self, record: BatchRecord) -> bool:
        self._looks[record.key] += 1
        return self._looks[record.key] < LOOKS

    async def _end(
        self, record: BatchRecord, status: str, lost: str, *, cancelled: bool = False
    ) -> Refusal | None:
        """Settle a batch, record its end, and deliver its answers.

        Returns a refusal instead if all its requests were refused for one reason.
        """
        results = await self._batches.read_results(record)
        adapted = await self._condition.adapted(record, results)
        alike = None if adapted else shared_refusal(results)
        if alike is not None and (alike.act == "stop" or not self._batches.has_answered):
            return Refusal("stop", f"{alike.reason} (all {len(results)} requests of a batch)")
        answered = any_answered(results)
        is_outage = await self._condition.note(record, results, cancelled=cancelled)
        dollars = await asyncio.gather(
            *(settle(self._account, request, row) for request, row in results.values())
        )
        why = f"{status}: {lost}" if lost else status
        await self._batches.end(record, why, answered=answered)
        if lost:
            await self._account.notice(
                f"batch {record.batch}: {lost}; what has no answer is sent again, at most "
                f"{LOST_AT_MOST} times in all"
            )
        dropped = were_cancelled((row for _, row in results.values()), cancelled=cancelled)
        for (request, row), cost, was_dropped in zip(
            results.values(), dollars, dropped, strict=True
        ):
            pending = self._pending.pop(request.request_id, None)
            if pending is None:
                continue
            if was_dropped:
                words = f"batch {record.batch} was cancelled; run the same command to send the rest"
                pending.fail(ModelStops(f"{self._source}: {words}"))
            elif request.request_id in adapted:
                self._again(pending, request)
            else:
                self._deliver(pending, request, row, cost, lost, outage=is_outage)
        return None

    def _deliver(
        self,
        pending: PendingRequest,
        request: BatchRequest,
        row: Row | None,
        cost: float | None,
        lost: str,
        *,
        outage: bool,
    ) -> None:
        """Deliver the response, or send the request again where that may help."""
        outcome = outcome_of(row, pending.request, lost, self._marks)
        found = response_to(
            pending.request,
            request,
            outcome,
            self._attempts,
            partial(self._condition.is_own, request.request_id),
            outage=outage,
            in_files=row is not None,
        )
        if isinstance(found, BatchRequest):
            self._again(pending, found)
        else:
            pending.resolve(found, time.monotonic(), cost)

    def _again(self, pending: PendingRequest, request: BatchRequest) -> None:
        """Send a request again, with the counts of its failures so far."""
        again = with_counts(pending, request)
        self._send_again(replace(again, attempt=request.attempt + 1))


def _loss(why: str | None) -> str:
    """Return the loss that the record of a batch states, empty for none."""
    return (why or "").partition(": ")[2]
