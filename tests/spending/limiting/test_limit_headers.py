from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from culture_ray.spending.limiting.limit_headers import StatedLimit, is_limit_header, stated_limits

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC).timestamp()
DAY = 86_400.0


def _stated(**headers: str) -> list[tuple[str, float | None, float | None, float | None]]:
    """Return (kind, limit, remaining, window) of headers, whose names have _ for -."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return [(s.kind, s.limit, s.remaining, s.window_s) for s in stated_limits(named, NOW)]


def test_limits_remaining_and_kind_are_read_whatever_the_case_of_the_name() -> None:
    found = stated_limits(
        {"X-RateLimit-Limit-Requests": "500", "x-ratelimit-remaining-requests": "499",
         "x-ratelimit-remaining-tokens": " 7 "}, NOW,
    )  # fmt: skip
    requests = StatedLimit("requests", 500, 499, has_reset=False)
    assert found == [requests, StatedLimit("tokens", None, 7)]
    assert found[0].per_minute == 500
    assert found[1].per_minute is None


@pytest.mark.parametrize(
    ("remaining", "reset", "window"),
    [
        ("14370", "2m59.56s", 86_189),  # Groq: a bucket of a day, 30 used
        ("14399", "6s", DAY),  # the same, 1 used: fits a day exactly
        ("14399", "6.4s", None),  # 6.6 % off
        ("14399", "250ms", 3600),
        ("14399", "4ms", None),  # a minute: 57 s
        ("14000", "86400", 30 * DAY),
        ("0", "86400", DAY),
        ("0", "60", None),
        ("0", "66", None),
        ("0", "66.1", 66.1),
        ("14400", "120", 3600),
        ("14400", "5000", 5000),
        ("14400", "1m", None),
        ("14340", "15", 3600),
        ("0", "1h", 3600),
        ("0", "1d", DAY),
        ("7200", "2026-11-02T00:00:00Z", DAY),
        ("7200", "2026-11-01T12:00:30+00:00", None),
        ("7200", "2026-11-01T12:00:30", None),
        ("7200", str(NOW + 43_200), DAY),
        ("7200", str(1000 * (NOW + 43_200)), DAY),
        ("7200", str(NOW - 5), None),
        ("7200", "soon", None),
        ("7200", "-1", None),
    ],
)
def test_the_window_follows_from_the_time_until_the_limit_is_whole_again(
    remaining: str, reset: str, window: float | None
) -> None:
    [(_, limit, left, found)] = _stated(
        x_ratelimit_limit_requests="14400",
        x_ratelimit_remaining_requests=remaining,
        x_ratelimit_reset_requests=reset,
    )
    assert (limit, left) == (14_400, float(remaining))
    assert found == (None if window is None else pytest.approx(window, rel=0.001))


@pytest.mark.parametrize(("reset", "longer"), [("66", False), ("67", True), ("x", False)])
def test_only_a_reset_beyond_a_minute_rules_a_minute_out_for_good(reset: str, longer: bool) -> None:
    [stated] = stated_limits(
        {"x-ratelimit-limit-requests": "100", "x-ratelimit-reset-requests": reset}, NOW
    )
    assert stated.shows_longer_window is longer
    assert stated.is_longer_than_a_minute is longer
    assert stated.per_minute == (None if longer else 100)


@pytest.mark.parametrize(
    ("name", "kind", "window"),
    [
        ("x-ratelimit-limit-tokens-minute", "tokens", 60),
        ("x-ratelimit-limit-requests-day", "requests", DAY),
        ("x-ratelimit-limit-requests-per-day", "requests", DAY),
        ("x-ratelimit-limit-req-minute", "requests", 60),
        ("x-ratelimit-limit-requests-hour", "requests", 3600),
        ("x-ratelimit-limit-requests-second", "requests", 1),
        ("x-ratelimit-limit-tokens-month", "tokens", 30 * DAY),
        ("anthropic-ratelimit-requests-limit", "requests", None),
        ("anthropic-ratelimit-tokens-limit", "tokens", None),
        ("x-ratelimit-limit", "requests", None),
        ("ratelimit-limit", "requests", None),
    ],
)
def test_the_names_of_many_providers_are_known(name: str, kind: str, window: float | None) -> None:
    [stated] = stated_limits({name: "600"}, NOW)
    assert (stated.kind, stated.limit, stated.window_s) == (kind, 600, window)
    assert not stated.shows_longer_window
    assert is_limit_header(name.upper())


@pytest.mark.parametrize(
    "name",
    ["x-ratelimit-limit-input-tokens", "x-ratelimit-limit-images", "retry-after",
     "x-ratelimit-over", "my-ratelimit-limit-requests"],
)  # fmt: skip
def test_other_names_state_no_limit(name: str) -> None:
    assert stated_limits({name: "600"}, NOW) == []
    assert not is_limit_header("retry-after")


def test_a_limit_per_second_is_converted_to_one_per_minute() -> None:
    [stated] = stated_limits({"x-ratelimit-limit-requests-second": "5"}, NOW)
    assert stated.per_minute == 300


def test_the_fields_of_the_ietf_draft_state_limits_with_their_windows() -> None:
    found = stated_limits(
        {
            "RateLimit-Policy": '"burst";q=100;w=60,"daily";q=1000;w=86400,'
            '"bytes";q=9;qu="content-bytes"',
            "RateLimit": '"burst";r=50;t=30',
        },
        NOW,
    )
    assert found == [StatedLimit("requests", 100, 50, 60), StatedLimit("requests", 1000, None, DAY)]
    assert [stated.per_minute for stated in found] == [100, None]
    assert _stated(ratelimit_limit="10, 10;w=1", ratelimit_remaining="9") == [
        ("requests", 10, 9, 1)
    ]
    assert _stated(ratelimit_limit="100;w=3600") == [("requests", 100, None, 3600)]


@pytest.mark.parametrize("nonsense", ["", "many", "nan", "inf", "-1", "0"])
def test_a_limit_that_is_no_positive_number_says_nothing(nonsense: str) -> None:
    assert _stated(x_ratelimit_limit_requests=nonsense) == []
    assert stated_limits({"ratelimit-policy": f'"a";q={nonsense}'}, NOW) == []


@given(
    st.dictionaries(
        st.sampled_from(
            [f"x-ratelimit-{field}-{kind}" for field in ("limit", "remaining", "reset")
             for kind in ("requests", "tokens-day")]
            + ["ratelimit", "ratelimit-policy", "ratelimit-limit", "ratelimit-reset"]
        ),
        st.text() | st.from_regex(r"[\d.:;,wqrt=\" hmsd-]{0,20}", fullmatch=True)
        | st.floats().map(str),
    ),
    st.floats(0, 1e10),
)  # fmt: skip
def test_no_headers_raise_and_what_they_state_is_positive(
    headers: dict[str, str], now: float
) -> None:
    for stated in stated_limits(headers, now):
        assert stated.limit is None or stated.limit > 0
        assert stated.remaining is None or stated.remaining >= 0
        assert stated.window_s is None or stated.window_s > 0
        assert stated.per_minute is None or stated.per_minute > 0


def test_a_limit_without_a_reset_says_nothing_of_its_window():
    (stated,) = stated_limits({"x-ratelimit-limit-requests": "14400"}, 0.0)
    assert not stated.has_reset
    (stated,) = stated_limits(
        {"x-ratelimit-limit-requests": "500", "x-ratelimit-reset-requests": "2s"}, 0.0
    )
    assert stated.has_reset
