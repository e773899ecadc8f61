from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, timezone

import pytest
from genai_prices.data_snapshot import get_snapshot
from genai_prices.types import (
    ConditionalPrice,
    ModelPrice,
    StartDateConstraint,
    TimeOfDateConstraint,
)
from hypothesis import given
from hypothesis import strategies as st

from culture_ray.spending.account import TokenUsage, UsageBound
from culture_ray.spending.prices import price_of
from culture_ray.spending.pricing.price_calendar import DAY_S, Calendar, price_calendar

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def _when(day: int, hour: float) -> float:
    return datetime(2026, 3, day, tzinfo=UTC).timestamp() + hour * 3600


def test_a_calendar_has_a_value_for_each_period_of_the_day_and_of_the_date() -> None:
    calendar = Calendar(
        (_when(2, 0),),
        (3600.0, 7200.0),
        {(i, j): f"{i}{j}" for i in range(2) for j in range(3)},
    )
    assert [calendar.at(_when(1, hour)) for hour in (0, 0.99, 1, 1.99, 2, 23.9)] == [
        "00", "00", "01", "01", "02", "02",
    ]  # fmt: skip
    assert calendar.at(_when(2, 0)) == "10"
    assert calendar.between(_when(1, 0.5), _when(1, 0.9)) == ["00", "00"]
    assert calendar.between(_when(1, 0.5), _when(1, 1)) == ["00", "01"]
    assert set(calendar.between(_when(1, 1.5), _when(2, 0.5))) == {"01", "02", "10"}
    assert calendar.between(_when(1, 5), _when(1, 5)) == ["02"]


def test_prices_without_conditions_have_no_calendar() -> None:
    assert price_calendar(ModelPrice(), lambda moment: 1) is None
    assert price_calendar([ConditionalPrice(prices=ModelPrice())], lambda moment: 1) is None


CONSTRAINTS = st.lists(
    st.builds(StartDateConstraint, st.dates(date(2026, 1, 2), date(2026, 12, 30)))
    | st.builds(
        lambda start, end, hours: TimeOfDateConstraint(
            start.replace(tzinfo=timezone(timedelta(hours=hours))),
            end.replace(tzinfo=timezone(timedelta(hours=hours))),
        ),
        st.times().map(lambda t: t.replace(microsecond=0)),
        st.times().map(lambda t: t.replace(microsecond=0)),
        st.integers(-11, 11),
    ),
    min_size=1,
    max_size=4,
)


@given(CONSTRAINTS, st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31)))
def test_a_calendar_says_at_any_time_what_the_conditions_say(
    constraints: list[StartDateConstraint | TimeOfDateConstraint], moment: datetime
) -> None:
    moment = moment.replace(tzinfo=UTC, microsecond=0)

    def active(at: datetime) -> tuple[bool, ...]:
        return tuple(constraint.active(at) for constraint in constraints)

    conditions = [ConditionalPrice(constraint=c, prices=ModelPrice()) for c in constraints]
    calendar = price_calendar(conditions, active)
    assert calendar is not None
    assert calendar.at(moment.timestamp()) == active(moment)
    later = moment + timedelta(hours=5)
    assert calendar.at(later.timestamp()) in calendar.between(
        moment.timestamp(), moment.timestamp() + DAY_S / 4
    )


def test_a_model_with_prices_by_the_hour_is_priced_at_the_time_of_the_attempt() -> None:
    _, model = get_snapshot().find_provider_model("deepseek-chat", None, "deepseek", None)
    price = price_of("d", "deepseek-chat", "https://api.deepseek.com")
    usage = TokenUsage(1_000_000, 1_000_000)
    bound = UsageBound("r", "elicit", 1_000_000, 1_000_000)
    for hour in range(24):
        moment = NOON.replace(hour=hour)
        now = model.get_prices(moment, None)
        expected = round(1e9 * float(now.input_mtok + now.output_mtok))
        at = moment.timestamp()
        assert price.cost(usage, at) == pytest.approx(expected, abs=2)
        assert price.maximum_cost(bound, at) >= price.cost(usage, at, at + 900)
    costs = {price.cost(usage, NOON.timestamp() + 3600 * hour) for hour in range(24)}
    assert len(costs) > 1
    assert price.cost(usage, NOON.timestamp(), NOON.timestamp() + DAY_S) == max(costs)
    batch = UsageBound("r", "elicit", 1_000_000, 1_000_000, tier="batch")
    assert len({price.maximum_cost(batch, NOON.timestamp() + 3600 * h) for h in range(24)}) == 1


def test_a_period_may_begin_at_midnight() -> None:
    calendar = price_calendar(
        [ConditionalPrice(constraint=TimeOfDateConstraint(time(0), time(6)), prices=ModelPrice())],
        lambda moment: moment.hour < 6,
    )
    assert calendar is not None
    assert [calendar.at(_when(1, hour)) for hour in (0, 5.99, 6, 23)] == [True, True, False, False]
