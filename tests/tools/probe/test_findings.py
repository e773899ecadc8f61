"""Findings about a provider from the outcomes of probes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from culture_ray.spending.account import TokenUsage
from culture_ray.tools.probe.findings import findings_of, stated_dollars
from culture_ray.tools.probe.outcome import ProbeOutcome

GOOD = ProbeOutcome(
    answered=True,
    text="Blue.",
    usage=TokenUsage(10, 5),
    dollars=0.001,
    document={"usage": {"prompt_tokens": 10, "completion_tokens": 5}},
    limit_name="max_tokens",
    max_tokens=16,
)
REFUSED = ProbeOutcome(answered=False, reason="HTTP 400: unknown field")
SILENT = replace(GOOD, text=None, reason="the limit of tokens was used up before any text")
NAMES = (
    "answers", "output limit", "temperature", "top_p", "temperature and top_p", "seed",
    "seed again", "stop", "system message", "structured output", "log probabilities",
)  # fmt: skip


def found(**changed: ProbeOutcome) -> dict[str, tuple[str, str]]:
    """Return verdict and detail of each finding, given outcomes other than GOOD."""
    named = {name.replace("_", " ").replace("top p", "top_p"): o for name, o in changed.items()}
    outcomes = dict.fromkeys(NAMES, GOOD) | named
    return {f.what: (f.verdict, f.detail) for f in findings_of(outcomes, 0.0)}


@pytest.mark.parametrize(
    ("name", "outcome", "verdict"),
    [
        ("temperature", GOOD, "yes"),
        ("temperature", REFUSED, "no"),
        ("temperature", SILENT, "unclear"),
        ("seed", GOOD, "yes"),
        ("seed", replace(GOOD, text="Red."), "ignored"),
        ("seed", SILENT, "unclear"),
        ("seed", REFUSED, "no"),
        ("stop", replace(GOOD, text="Monday, Tuesday, "), "yes"),
        ("stop", replace(GOOD, text="Monday, Tuesday, Wednesday"), "ignored"),
        ("system_message", replace(GOOD, text="Marmalade"), "yes"),
        ("system_message", replace(GOOD, text="Bread"), "ignored"),
        ("structured_output", replace(GOOD, text='{"colour": "green"}'), "yes"),
        ("structured_output", replace(GOOD, text='{"colour": "beige"}'), "ignored"),
        ("structured_output", replace(GOOD, text="[1]"), "ignored"),
        ("structured_output", replace(GOOD, text="Green!"), "ignored"),
        ("structured_output", SILENT, "unclear"),
        ("log_probabilities", replace(GOOD, probabilities=(0.9, 0.1)), "yes"),
        ("log_probabilities", GOOD, "no"),
        ("output_limit", GOOD, "yes"),
        ("output_limit", replace(GOOD, usage=TokenUsage(10, 300)), "ignored"),
        ("output_limit", replace(GOOD, usage=None), "unclear"),
        ("output_limit", REFUSED, "no"),
    ],
)
def test_a_verdict_follows_from_the_answer(name: str, outcome: ProbeOutcome, verdict: str) -> None:
    assert found(**{name: outcome})[name.replace("_", " ")][0] == verdict


def test_a_refusal_is_told_in_the_providers_words() -> None:
    assert found(stop=REFUSED)["stop"] == ("no", "HTTP 400: unknown field")


@pytest.mark.parametrize(
    ("usage", "dollars"),
    [
        ({"cost": 0.5}, 0.5),
        ({"cost": {"total_cost": 0.25, "request_cost": 0.2}}, 0.25),
        ({"cost_in_usd_ticks": 5_000_000_000}, 0.5),
        ({"cost": "much"}, None),
        ({"cost": True}, None),
        ([], None),
        (None, None),
    ],
)
def test_what_an_answer_costs_is_read_where_providers_state_it(
    usage: object, dollars: float | None
) -> None:
    assert stated_dollars({"usage": usage}) == dollars


def test_the_price_is_compared_with_what_the_provider_says() -> None:
    stated = {"usage": {"cost": 0.001}}
    assert found(answers=replace(GOOD, document=stated))["price"][0] == "yes"
    assert found(answers=replace(GOOD, document={"usage": {"cost": 0.002}}))["price"][0] == "no"
    assert found()["price"][0] == "unclear"


def test_usage_and_thoughts_are_told_by_their_fields() -> None:
    message = {"content": [{"type": "thinking"}], "reasoning": "Hm."}
    usage = {"prompt_tokens": 1, "prompt_tokens_details": {"cached_tokens": 0}, "note": "x"}
    thinking = replace(
        GOOD,
        document={"choices": [{"message": message}], "usage": usage},
        usage=TokenUsage(10, 5, reasoning_tokens=1200),
    )
    lines = found(answers=thinking)
    assert "prompt_tokens, prompt_tokens_details.cached_tokens" in lines["usage"][1]
    assert lines["thoughts"][1].startswith("text in content and reasoning, 1,200 tokens")
    none = {name: replace(GOOD, usage=None, document={}) for name in ("answers",)}
    assert "missing in 1 answers" in found(**none)["usage"][1]


def test_limits_are_told_per_minute_and_longer() -> None:
    headers = {
        "x-ratelimit-limit-requests": "14400",
        "x-ratelimit-remaining-requests": "14399",
        "x-ratelimit-reset-requests": "6s",
        "x-ratelimit-limit-tokens": "30000",
    }
    verdict, detail = found(log_probabilities=replace(GOOD, headers=headers))["limits in headers"]
    assert verdict == "yes"
    assert "30,000 tokens per minute" in detail
    assert "14,400 requests per 24 hours" in detail
    assert found()["limits in headers"] == ("no", "")
