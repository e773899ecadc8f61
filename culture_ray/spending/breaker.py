"""Circuit breaker of one model: holds its requests while the provider does not answer.

Pure: clock and chance are passed in. It is closed once the model has answered: requests go out.
Passing faults in a row (server errors, timeouts, lost connections, 429s for a long time) open it:
requests wait, and one probe goes out at growing intervals, until any request is answered. It begins
like an open one, with a probe at once: before thousands of requests, one shows that the model
answers. After a settable time without an answer it gives up for good.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

FAULTS_TO_OPEN = 5
"""Faults in a row, of at least two requests, that open the breaker."""

FAULT_SPAN_S, REFUSAL_SPAN_S = 15.0, 60.0
"""Three faults in a row over this time open it too; a rate limit may last for a minute."""

FIRST_PROBE_S, LONGEST_PROBE_S = 1.0, 60.0
"""First and longest interval between probes; each is up to half shorter by chance."""

PROBE_SHARE = 0.2
"""Interval as a share of the outage so far: its end is noticed after a fifth more at most."""

LONGEST_HEEDED_S = 600.0
"""A longer Retry-After is cut to this: providers name a day, and answer sooner."""

PROBE_PATIENCE_S = 60.0
"""A probe without an answer holds back the next one for this long."""

_CONTROL_S = 0.5
"""Time after a refused probe in which only its control request may be sent."""

_SHOWN_AFTER_S = 3.0
_SPAN_FAULTS = 3


@dataclass(frozen=True)
class PassingFault:
    """Passing fault of one attempt."""

    reason: str
    retry_after_s: float | None = None
    refused: bool = False
    """True for a 429: the provider is there, but answers nothing yet."""


@dataclass(frozen=True)
class Outage:
    """Time during which the provider has answered nothing, and its last words."""

    since: float
    """Time of the first fault, seconds since 1970."""
    reason: str

    @property
    def clock_time(self) -> str:
        """Return the local time at which it began, such as 01:02."""
        return f"{datetime.fromtimestamp(self.since):%H:%M}"


class CircuitBreaker:
    """State of one model. Times are monotonic seconds since 1970, and never run back."""

    def __init__(self, give_up_after_s: float, chance: Callable[[], float]) -> None:
        """Make a breaker; `chance` returns numbers in 0..1."""
        self._give_up_after_s, self._chance = give_up_after_s, chance
        self._closed = False
        self._probe: str | None = None
        self._probe_sent_at = self._next_probe_at = 0.0
        self._refused_at = -_CONTROL_S
        self._since: float | None = None
        """Time of the first fault since the last answer."""
        self._last = PassingFault("")
        self._faults = 0
        """Faults in a row, without 429s."""
        self._refusals = 0
        self._requests: set[str] = set()
        """Requests that these faults are of."""
        self._stopped: str | None = None

    @property
    def state(self) -> Literal["closed", "open", "probing"]:
        """Return the state; it is `probing` while a probe is in flight."""
        if self._closed:
            return "closed"
        return "open" if self._probe is None else "probing"

    def permits(self, now: float, *, urgent: bool = False) -> bool:
        """Return True if the next request may be sent now.

        An urgent one need not wait for a control of the last probe, as it is that itself.
        """
        if self._closed:
            return True
        patient = self._probe is not None and now < self._probe_sent_at + PROBE_PATIENCE_S
        due = now >= self._next_probe_at and (urgent or now >= self._refused_at + _CONTROL_S)
        return not patient and due

    def sent(self, ticket: str, at: float) -> None:
        """Note an attempt that was permitted and is sent at `at`."""
        if not self._closed:
            self._probe, self._probe_sent_at = ticket, at

    def withdrawn(self, ticket: str, now: float) -> None:
        """Note that an attempt has ended without an answer or a passing fault."""
        if self._probe == ticket:
            self._probe, self._refused_at = None, now

    def answered(self) -> None:
        """Close: the model has answered a request."""
        self._closed, self._probe, self._since = True, None, None
        self._next_probe_at = 0.0
        self._faults = self._refusals = 0
        self._requests.clear()

    def failed(self, ticket: str, fault: PassingFault, now: float) -> None:
        """Take in a passing fault of an attempt."""
        self._last = fault
        if self._since is None:
            self._since = now
        if not self._closed:
            if self._probe == ticket:  # others were in flight when it opened
                self._schedule_probe(fault, now, now - self._since)
            return
        if fault.refused:
            self._refusals += 1
        else:
            self._faults += 1
            self._requests.add(ticket.rpartition("/")[0])
        if self._opens(fault, now - self._since):
            self._closed = False
            self._schedule_probe(fault, now, now - self._since)

    def stop(self, reason: str) -> None:
        """Refuse all further requests for a reason."""
        self._stopped = self._stopped or reason

    def outage(self, now: float) -> Outage | None:
        """Return the outage that requests wait for; None if they do not, or only just began to."""
        if self._closed or self._since is None or now < self._since + _SHOWN_AFTER_S:
            return None
        return Outage(self._since, self._last.reason)

    def refusal(self, now: float) -> str | None:
        """Return why no further request is sent at all; None while some may be."""
        if self._stopped is None and not self._closed and self._since is not None:
            outage = Outage(self._since, self._last.reason)
            if now >= outage.since + self._give_up_after_s:
                self._stopped = (
                    f"the provider has answered nothing since {outage.clock_time} "
                    f"({outage.reason}): given up after {self._give_up_after_s:,.0f} s "
                    f"(api.give_up_after_s); what is left was not asked, and the same command "
                    f"asks it again"
                )
        return self._stopped

    def _opens(self, fault: PassingFault, lasting_s: float) -> bool:
        if (fault.retry_after_s or 0.0) >= REFUSAL_SPAN_S:
            return True
        if self._faults >= FAULTS_TO_OPEN and len(self._requests) > 1:
            return True
        span = FAULT_SPAN_S if self._faults else REFUSAL_SPAN_S
        return self._faults + self._refusals >= _SPAN_FAULTS and lasting_s >= span

    def _schedule_probe(self, fault: PassingFault, now: float, lasting_s: float) -> None:
        delay = probe_interval_s(lasting_s, self._chance())
        heeded = min(fault.retry_after_s or 0.0, LONGEST_HEEDED_S)
        self._probe, self._next_probe_at = None, now + max(delay, heeded)


def probe_interval_s(lasting_s: float, chance: float) -> float:
    """Return the seconds until the next probe of an outage so far; `chance` is in 0..1."""
    interval = min(LONGEST_PROBE_S, max(FIRST_PROBE_S, PROBE_SHARE * lasting_s))
    return interval * (0.5 + 0.5 * chance)
