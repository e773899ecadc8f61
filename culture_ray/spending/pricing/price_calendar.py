"""Prices that change with the date and the time of day, as a table by period; pure."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any, Generic, TypeVar

DAY_S = 86_400.0

T = TypeVar("T")


@dataclass(frozen=True)
class Calendar(Generic[T]):
    """Values by period: between two dates, and between two times of the day, in UTC."""

    dates: tuple[float, ...]
    """Starts of new prices, in seconds since 1970, ascending."""
    times: tuple[float, ...]
    """Seconds of the day at which prices change, ascending."""
    values: Mapping[tuple[int, int], T]
    """By the number of dates and of times that have passed."""

    def at(self, moment: float) -> T:
        """Return the value at a time in seconds since 1970."""
        return self.values[
            bisect_right(self.dates, moment), bisect_right(self.times, moment % DAY_S)
        ]

    def between(self, start: float, end: float) -> list[T]:
        """Return the values from `start` to `end`, both included."""
        moments, day = {start, end}, start - start % DAY_S
        while day <= end:
            moments |= {day, *(day + change for change in self.times)}
            day += DAY_S
        return [self.at(moment) for moment in sorted(moments) if start <= moment <= end]


def price_calendar(prices: Any, value_at: Callable[[datetime], T]) -> Calendar[T] | None:
    """Return the calendar of the prices of a genai-prices model; None if they never change.

    `value_at` looks a value up at one time. Raises what that raises.
    """
    conditions = prices if isinstance(prices, list) else []
    constraints = [c.constraint for c in conditions if c.constraint is not None]
    if not constraints:
        return None
    dates = sorted({c.start_date for c in constraints if hasattr(c, "start_date")})
    times = sorted(
        {
            _utc_seconds(moment)
            for c in constraints
            if hasattr(c, "start_time")
            for moment in (c.start_time, c.end_time)
        }
    )
    days = [datetime.combine(date, time(), UTC) for date in dates]
    first = days[0] - timedelta(days=1) if days else datetime(2000, 1, 1, tzinfo=UTC)
    return Calendar(
        tuple(day.timestamp() for day in days),
        tuple(times),
        {
            (i, j): value_at(day + timedelta(seconds=moment))
            for i, day in enumerate([first, *days])
            for j, moment in enumerate(_starts(times))
        },
    )


def _starts(times: Sequence[float]) -> list[float]:
    """Return a second of the day in each period, the one before the first change included."""
    return [0.0, *times] if not times or times[0] > 0 else [DAY_S - 1, *times]


def _utc_seconds(moment: time) -> float:
    aware = moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
    day = datetime.combine(datetime(2000, 1, 1), aware).astimezone(UTC)
    return float(day.hour * 3600 + day.minute * 60 + day.second)
