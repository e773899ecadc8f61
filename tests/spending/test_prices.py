from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from genai_prices import Usage as TableUsage
from genai_prices import calc_price
from hypothesis import given, settings
from hypothesis import strategies as st

from culture_ray.errors import UnknownPrice
from culture_ray.spending.account import Tier, TokenUsage, UsageBound
from culture_ray.spending.money import nano_of
from culture_ray.spending.prices import DollarsPerMillion, Prices, price_of

TOKENS = st.integers(0, 400_000)


def _context(tier: Tier) -> dict[str, str] | None:
    known: dict[Tier, dict[str, str]] = {
        "flex": {"service_tier": "flex"},
        "batch": {"processing": "batch"},
    }
    return known.get(tier)


@settings(deadline=None)
@given(
    source=st.sampled_from(["gpt-4o-2024-11-20", "gpt-3.5-turbo-0125", "gpt-5.4", "gpt-5-mini"]),
    tier=st.sampled_from(["standard", "flex", "batch"]),
    tokens=TOKENS,
    cached=st.floats(0, 1),
    output=TOKENS,
)
def test_costs_equal_the_price_table_to_a_nanodollar(
    source: str, tier: Tier, tokens: int, cached: float, output: int
) -> None:
    read = int(tokens * cached)
    usage = TokenUsage(tokens, output, cached_tokens=read, tier=tier)
    table = calc_price(
        TableUsage(input_tokens=tokens, cache_read_tokens=read, output_tokens=output),
        source,
        provider_id="openai",
        price_context=_context(tier),
    ).total_price
    found = Decimal(price_of("m", source).cost(usage)) / 10**9
    assert table <= found < table + Decimal("1e-9")


@settings(deadline=None)
@given(
    source=st.sampled_from(["gpt-4o", "gpt-5.4", "gpt-5.6-luna"]),
    tier=st.sampled_from(["standard", "flex", "batch", "priority"]),
    bound=TOKENS,
    limit=TOKENS,
    data=st.data(),
)
def test_no_usage_within_a_bound_costs_more_than_its_maximum(
    source: str, tier: Tier, bound: int, limit: int, data: st.DataObject
) -> None:
    price = price_of("m", source)
    tokens = data.draw(st.integers(0, bound))
    read = data.draw(st.integers(0, tokens))
    written = data.draw(st.integers(0, tokens - read))
    usage = TokenUsage(tokens, data.draw(st.integers(0, limit)), read, written, tier=tier)
    upper = UsageBound("r", "elicit", bound, limit, tier=tier)
    assert price.cost(usage) <= price.maximum_cost(upper)


def test_half_price_batches_cost_half() -> None:
    price = price_of("gpt_4o", "gpt-4o-2024-11-20")
    plain, batch = (price.cost(TokenUsage(1000, 1000, tier=tier)) for tier in ("standard", "batch"))
    assert 2 * batch == plain


def test_an_unknown_model_is_refused_with_the_line_to_add() -> None:
    with pytest.raises(UnknownPrice, match=r"conf/model/mine\.yaml.*prices: \{input"):
        price_of("mine", "a-model-nobody-lists")


def test_a_known_model_on_an_unknown_server_is_refused() -> None:
    with pytest.raises(UnknownPrice, match="localhost"):
        price_of("mine", "gpt-4o", "http://localhost:8000/v1")


def test_an_image_model_is_refused_rather_than_free() -> None:
    with pytest.raises(UnknownPrice):
        price_of("voice", "whisper-1")


def test_own_prices_win_over_the_table() -> None:
    own = Prices(1.0, 4.0, batch=DollarsPerMillion(0.5, 2.0))
    price = price_of("gpt_4o", "gpt-4o-2024-11-20", own=own)
    assert price.cost(TokenUsage(1_000_000, 1_000_000)) == nano_of(5.0)
    assert price.cost(TokenUsage(1_000_000, 1_000_000, tier="batch")) == nano_of(2.5)
    assert price.cost(TokenUsage(1_000_000, 1_000_000, tier="flex")) == nano_of(5.0)


@pytest.mark.parametrize(
    ("source", "dollars_per_request"), [("sonar", 0.012), ("sonar-pro", 0.014)]
)
def test_a_price_per_request_of_the_table_is_reserved_and_settled(
    source: str, dollars_per_request: float
) -> None:
    price = price_of("m", source, "https://api.perplexity.ai")
    assert price.charges_requests
    fee = nano_of(dollars_per_request)
    usage, bound = TokenUsage(1, 1), UsageBound("r", "elicit", 1, 1)
    for cost in (price.cost(usage), price.maximum_cost(bound)):
        assert fee < cost < fee + nano_of(0.0001)


def test_a_price_per_request_may_be_stated_beside_those_of_tokens() -> None:
    price = price_of("m", "m", own=Prices(1.0, 4.0, request=0.005))
    assert price.cost(TokenUsage(1000, 1000)) == nano_of(0.005 + 0.005)
    assert price.maximum_cost(UsageBound("r", "elicit", 1000, 1000)) == nano_of(0.010)
    assert price.charges_requests
    assert not price_of("m", "m", own=Prices(1.0, 4.0)).charges_requests


def test_output_beyond_the_limit_costs_like_other_output() -> None:
    price = price_of("m", "m", own=Prices(0.0, 1.0))
    bound = UsageBound("r", "elicit", 0, 600, reasoning_tokens=400)
    assert price.maximum_cost(bound) == 1_000_000
    assert replace(price, extra_output_tokens=1000).maximum_cost(bound) == 2_000_000


def test_input_beyond_the_texts_costs_like_other_input() -> None:
    price = price_of("m", "m", own=Prices(1.0, 0.0))
    bound = UsageBound("r", "elicit", 1000, 600)
    assert price.maximum_cost(bound) == 1_000_000
    assert replace(price, extra_input_tokens=500).maximum_cost(bound) == 1_500_000


def test_a_stated_cost_is_charged_where_it_is_above_that_of_the_tokens() -> None:
    price = price_of("m", "m", own=Prices(1.0, 1.0))
    assert price.cost(TokenUsage(600, 400, stated_nano=1_000_001)) == 1_000_001
    assert price.cost(TokenUsage(600, 400, stated_nano=999_999)) == 1_000_000
    unheeded = replace(price, heeds_stated_costs=False)
    assert unheeded.cost(TokenUsage(600, 400, stated_nano=1_000_001)) == 1_000_000
    free = price_of("m", "m", own=Prices(0.0, 0.0))
    assert free.cost(TokenUsage(600, 400, stated_nano=5)) == 5


@given(
    counts=st.lists(st.integers(-100, 100) | st.floats(-100, 100), min_size=5, max_size=5),
)
def test_no_usage_is_worth_money_and_parts_of_tokens_are_rounded_up(counts: list[float]) -> None:
    price = price_of("m", "m", own=Prices(2.0, 8.0, cached_input=0.5))
    usage = TokenUsage(*counts)  # type: ignore[arg-type]
    assert price.cost(usage) >= 0
    found = (usage.input_tokens, usage.output_tokens, usage.cached_tokens,
             usage.cache_write_tokens, usage.reasoning_tokens)  # fmt: skip
    for stated, kept in zip(counts, found, strict=True):
        assert isinstance(kept, int)
        assert kept == max(0, -int(-stated // 1))
    assert usage.is_empty == (usage.input_tokens == usage.output_tokens == 0)
