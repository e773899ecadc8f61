"""The governor of an account: who may send what, when, for how much; one turn at a time.

It knows the clock only from its caller: seconds since 1970 that never go back. A turn holds the
ledger, reads what others wrote, takes in what workers told, grants what fits the caps and is due
soon, and writes all of it down before anyone hears of it: one wait for the disk, however many
requests.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from culture_ray.errors import CapReached, CultureRayError
from culture_ray.spending.account import Ask
from culture_ray.spending.balances import Balances, Caps
from culture_ray.spending.billing import ModelBilling
from culture_ray.spending.ledger import Ledger
from culture_ray.spending.limiter import Limiter, Sent
from culture_ray.spending.messages import (
    Flying,
    Heard,
    Hold,
    MarkUnresolved,
    Message,
    Overloaded,
    Reserve,
    Settle,
    Verdict,
    Void,
)
from culture_ray.spending.records import Record, Reserved, Settled, Unresolved, Voided

AHEAD_S = 0.5
"""How far ahead of its time a request is granted."""

PLAN_EVERY_S = 0.2
"""How often that is done: grants then travel in batches."""

LONGEST_S = 900.0
"""A request that is under way for longer is not waited for when the cap is near."""

DEAD_AFTER_S = 30.0
"""A worker that was silent for so long is not coming back; nothing is hoped of its requests."""


@dataclass(frozen=True)
class _Waiting:
    worker: str
    message: Reserve
    terms: ModelBilling


class Governor:
    """The state behind one or more accounts."""

    def __init__(
        self, ledger: Ledger, run: str, terms: Mapping[str, ModelBilling], caps: Caps, now: float
    ) -> None:
        """Read the ledger; raises BadLedger. `terms` are by the name that workers use."""
        self._ledger, self._run, self._terms, self._caps = ledger, run, terms, caps
        self.books = Balances()
        self._limiters = {t.pool: Limiter(t.limits, now) for t in terms.values()}
        self._queues: dict[str, deque[_Waiting]] = defaultdict(deque)
        self._queued: set[str] = set()
        self._told: list[Record] = []
        self._sent: dict[str, tuple[Limiter, Sent]] = {}
        self._live: dict[str, str] = {}
        """The worker of each ticket that is under way."""
        self._seen: dict[str, float] = {}
        self._planned = -1e18
        with ledger.locked() as news:
            self._read(news)

    @property
    def waiting(self) -> int:
        """Return how many requests wait for their turn."""
        return len(self._queued)

    @property
    def left(self) -> list[tuple[str, str]]:
        """Return (worker, ticket) of every request that waits for its turn."""
        return [(w.worker, w.message.ticket) for queue in self._queues.values() for w in queue]

    def hear(self, worker: str, message: Message, now: float) -> list[Verdict]:
        """Take in what a worker says; return what can be answered without a turn."""
        self._seen[worker] = now
        match message:
            case Reserve():
                return self._asked(worker, message)
            case Settle():
                self._settle(message, now)
            case Void():
                self._void(message, now)
            case MarkUnresolved():
                self._forget(message.ticket)
                self._told.append(Unresolved(message.ticket, message.why, now))
                self._ended(message.ticket)
            case Heard():
                if (sent := self._sent.get(message.ticket)) is not None:
                    sent[0].heard(sent[1], message.headers, now)
            case Hold():
                self._limiter(message.model).hold(message.seconds, now)
            case Overloaded():
                self._limiter(message.model).overloaded(now)
            case Flying():
                self._live.update(
                    {t: worker for t in message.tickets if t in self.books.open}
                )  # fmt: skip
        return []

    def alive(self, worker: str, now: float) -> None:
        """Note that a worker is there, though it says nothing."""
        self._seen[worker] = now

    def turn(self, now: float) -> list[tuple[str, Verdict]]:
        """Return (worker, verdict) for every request that is decided; all is on disk by then.

        Raises BadLedger and DiskProblem; nothing of the turn counts then, and the governor is of
        no more use.
        """
        self._bury(now)
        with self._ledger.locked() as news:
            self._read(news)
            records, self._told = self._told, []
            for record in records:
                self.books.apply(record)
            verdicts = []
            for worker, verdict, reserved in self._decided(now):
                verdicts.append((worker, verdict))
                if reserved is not None:
                    records.append(reserved)
            self._ledger.append(records)
        return verdicts

    def close(self) -> None:
        """Let the ledger go."""
        self._ledger.close()

    # --- deciding

    def _decided(self, now: float) -> Iterator[tuple[str, Verdict, Reserved | None]]:
        ahead = 0.0
        if now >= self._planned + PLAN_EVERY_S:
            self._planned, ahead = now, AHEAD_S
        for queue in self._queues.values():
            while queue:
                waiting = queue[0]
                cost = waiting.terms.price.most(waiting.message.ask)
                refused, patience = self._refusal(waiting, cost, now)
                if refused is not None and patience:
                    break
                if refused is None:
                    at = self._at(waiting, now)
                    if at > now + ahead:
                        break
                    yield self._grant(waiting, cost, at, now)
                else:
                    yield waiting.worker, Verdict(waiting.message.ticket, refused=refused), None
                queue.popleft()
                self._queued.discard(waiting.message.ticket)

    def _refusal(
        self, waiting: _Waiting, cost: int, now: float
    ) -> tuple[CultureRayError | None, bool]:
        """Return why a request does not fit, and whether it may once what is under way is done."""
        stage, model = waiting.message.ask.stage, waiting.terms.model
        why = self.books.refusal(self._caps, stage, model, cost)
        if why is None:
            return None, False
        hoped = [
            record
            for ticket in self._live
            if (record := self.books.open.get(ticket)) and record.at > now - LONGEST_S
        ]
        after = self.books.refusal(self._caps, stage, model, cost, hoped)
        return CapReached(why), after is None

    def _at(self, waiting: _Waiting, now: float) -> float:
        ask = waiting.message.ask
        return self._limiters[waiting.terms.pool].ready(ask, now) if ask.limited else now

    def _grant(
        self, waiting: _Waiting, cost: int, at: float, now: float
    ) -> tuple[str, Verdict, Reserved]:
        ask, ticket, pool = waiting.message.ask, waiting.message.ticket, waiting.terms.pool
        tokens = 0.0
        if ask.limited:
            limiter = self._limiters[pool]
            sent = limiter.take(ask, at)
            self._sent[ticket] = (limiter, sent)
            self._live[ticket] = waiting.worker
            tokens = sent.tokens.amount
        record = Reserved(
            ticket,
            self._run,
            ask.stage,
            waiting.terms.model,
            ask.tier,
            ask.input_tokens,
            ask.output_tokens,
            cost,
            pool if ask.limited else "",
            round(tokens, 1),
            round(at, 3),
        )
        self.books.apply(record)
        return waiting.worker, Verdict(ticket, max(0.0, at - now)), record

    # --- hearing

    def _asked(self, worker: str, message: Reserve) -> list[Verdict]:
        if message.ticket in self.books.open:
            return [Verdict(message.ticket)]  # granted before, and the answer was lost
        if message.ticket not in self._queued:
            terms = self._terms[message.model]
            self._queued.add(message.ticket)
            self._queues[terms.pool].append(_Waiting(worker, message, terms))
        return []

    def _settle(self, message: Settle, now: float) -> None:
        usage = message.usage
        tokens = 0.0
        if (sent := self._sent.get(message.ticket)) is not None:
            sent[0].settled(sent[1], usage)
            tokens = sent[1].tokens.amount
        self._told.append(
            Settled(
                message.ticket,
                self._terms[message.model].price.cost(usage),
                usage.input_tokens,
                usage.cached_tokens,
                usage.output_tokens,
                usage.reasoning_tokens,
                usage.tier,
                round(tokens, 1),
                round(now, 3),
            )
        )
        self._forget(message.ticket)
        self._ended(message.ticket)

    def _void(self, message: Void, now: float) -> None:
        if message.ticket in self._queued:
            self._drop([w for q in self._queues.values() for w in q if _is(w, message.ticket)])
            return
        self._forget(message.ticket)
        self._told.append(Voided(message.ticket, message.why, now))
        if (sent := self._sent.pop(message.ticket, None)) is not None:
            limiter, what = sent
            (limiter.ended if message.sent else limiter.unsent)(what)

    def _limiter(self, model: str) -> Limiter:
        return self._limiters[self._terms[model].pool]

    def _forget(self, ticket: str) -> None:
        self._live.pop(ticket, None)

    def _ended(self, ticket: str) -> None:
        if (sent := self._sent.pop(ticket, None)) is not None:
            sent[0].ended(sent[1])

    def _bury(self, now: float) -> None:
        dead = {worker for worker, seen in self._seen.items() if now > seen + DEAD_AFTER_S}
        if not dead:
            return
        for ticket in [t for t, worker in self._live.items() if worker in dead]:
            self._forget(ticket)
            self._ended(ticket)
        self._drop([w for queue in self._queues.values() for w in queue if w.worker in dead])
        for worker in dead:
            del self._seen[worker]

    def _drop(self, gone: list[_Waiting]) -> None:
        for waiting in gone:
            self._queues[waiting.terms.pool].remove(waiting)
            self._queued.discard(waiting.message.ticket)

    def _read(self, news: list[Record]) -> None:
        """Take in what other processes wrote, or this run's earlier sessions: they use limits."""
        for record in news:
            if isinstance(record, Reserved) and record.pool in self._limiters:
                limiter = self._limiters[record.pool]
                ask = Ask(record.ticket, record.stage, record.input_tokens, record.output_tokens)
                self._sent[record.ticket] = limiter, limiter.charged(ask, record.at, record.tokens)
            elif isinstance(record, Settled) and record.ticket in self._sent:
                limiter, sent = self._sent.pop(record.ticket)
                limiter.tokens.correct(sent.tokens, record.tokens)
            elif isinstance(record, Voided | Unresolved):
                self._sent.pop(record.ticket, None)
            self.books.apply(record)


def _is(waiting: _Waiting, ticket: str) -> bool:
    return waiting.message.ticket == ticket
