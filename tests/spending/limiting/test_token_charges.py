"""Tokens are charged as the provider counts them."""

from __future__ import annotations

import pytest

from culture_ray.spending.account import TokenUsage, UsageBound
from culture_ray.spending.limiter import Limiter
from culture_ray.spending.limits import Limits
from tests.spending.builders import text_bound


def _charged(limiter: Limiter, bound: UsageBound) -> float:
    return limiter.charge(bound, 0.0).tokens.amount


@pytest.mark.parametrize(
    ("bound", "tokens"),
    [
        (text_bound(100, 600, 4000), 1000),
        (text_bound(100, 1600, 4000), 1600),
        (text_bound(4000, 600), 1000),
    ],
)
def test_providers_that_take_the_larger_one_charge_max_tokens_or_a_quarter_of_the_characters(
    bound: UsageBound, tokens: float
) -> None:
    limiter = Limiter(Limits(None, 1e9, "max"), 0.0)
    sent = limiter.charge(bound, 0.0)
    assert sent.tokens.amount == tokens
    limiter.settle(sent, TokenUsage(1, 1))
    assert sent.tokens.amount == tokens, "what the answer was does not matter"


def test_before_any_answer_text_is_charged_by_half_its_bytes_and_exact_counts_in_full() -> None:
    limiter = Limiter(Limits(None, 1e9), 0.0)
    assert _charged(limiter, text_bound(1000, 100, 900)) == 600
    assert _charged(limiter, text_bound(1000, 100)) == 1100


def _answered(limiter: Limiter, share: float, times: int) -> None:
    for _ in range(times):
        limiter.settle(limiter.charge(text_bound(1000), 0.0), TokenUsage(int(1000 * share), 1))


def test_after_8_answers_input_is_charged_by_their_mean_share_and_its_deviation() -> None:
    limiter = Limiter(Limits(None, 1e9), 0.0)
    _answered(limiter, 0.25, 7)
    assert _charged(limiter, text_bound(1000)) == 1100
    _answered(limiter, 0.25, 1)
    assert _charged(limiter, text_bound(1000)) == pytest.approx(250 + 1000 * 0.25 / 8 + 100)
    _answered(limiter, 0.25, 192)
    deviation = 0.25 / 50 * 0.98**150
    assert _charged(limiter, text_bound(1000)) == pytest.approx(250 + 1000 * deviation + 100)
    _answered(limiter, 0.75, 1)
    deviation += 0.02 * (0.5 - deviation)
    assert _charged(limiter, text_bound(1000)) == pytest.approx(260 + 1000 * deviation + 100)
    _answered(limiter, 3.0, 100)
    assert _charged(limiter, text_bound(1000)) == 1100, "never more than the bound"


def test_answers_to_requests_without_input_teach_nothing() -> None:
    limiter = Limiter(Limits(None, 1e9), 0.0)
    for _ in range(20):
        limiter.settle(limiter.charge(text_bound(0), 0.0), TokenUsage(0, 1))
    assert _charged(limiter, text_bound(1000, 100, 900)) == 600


@pytest.mark.parametrize(("charge", "tokens"), [("sum", 140), ("actual", 47)])
def test_an_answer_corrects_the_charge_as_the_provider_does(charge: str, tokens: float) -> None:
    limiter = Limiter(Limits(None, 1e9, charge), 0.0)  # type: ignore[arg-type]
    sent = limiter.charge(text_bound(50), 0.0)
    limiter.settle(sent, TokenUsage(40, 7))
    assert sent.tokens.amount == tokens
