"""Limits of rate: waited for as the provider says, and followed where headers state them."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

from culture_ray.spending.limits import Limits
from tests.providers.behaviour import EVERYWHERE, JUDGE, ONLINE, Behaviour, Expect, retried
from tests.providers.exchange import Ask, Reply
from tests.providers.vocabulary import during, error, every, first, html, status, with_headers

_RATE = error("Rate limit reached for requests", "rate_limit_exceeded", "requests")
_DAILY = error("Rate limit reached for requests per day (RPD): Limit 200, Used 200. Please try again in 2m30s.", "rate_limit_exceeded", "requests")  # fmt: skip
_AZURE = error("Requests to the ChatCompletions_Create Operation have exceeded token rate limit of your current OpenAI S0 pricing tier. Please retry after 40 seconds.", "429")  # fmt: skip
_RETRY_INFO = [{"error": {"code": 429, "message": "You exceeded your current quota. Please retry in 34.07s.", "status": "RESOURCE_EXHAUSTED", "details": [{"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "34s"}]}}]  # fmt: skip
_COOLING = error("No deployments available for selected model, Try again in 60 seconds. Passed model=model-1.", "429", "None")  # fmt: skip


def _in_a_moment(seconds: float) -> str:
    return format_datetime(datetime.now(UTC) + timedelta(seconds=seconds), usegmt=True)


def _until_a_date(ask: Ask) -> Reply:
    return status(429, _RATE, retry_after=_in_a_moment(30))(ask)


def _since_1970(ask: Ask) -> Reply:
    return status(429, _RATE, retry_after=f"{time.time() + 20:.0f}")(ask)


def _nothing_until(ask: Ask) -> Reply:
    """State in RFC 3339 when requests are allowed again, as Anthropic does."""
    moment = datetime.fromtimestamp(time.time() + 5, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    named = {"anthropic_ratelimit_requests_limit": "60", "anthropic_ratelimit_requests_remaining": "0", "anthropic_ratelimit_requests_reset": moment}  # fmt: skip
    return with_headers(lambda a: a.good(), **named)(ask)


def _with_daily_headers(ask: Ask) -> Reply:
    named = {"x_ratelimit_limit_requests": "14400", "x_ratelimit_remaining_requests": "14000", "x_ratelimit_limit_tokens": "600000", "x_ratelimit_remaining_tokens": "590000"}  # fmt: skip
    return with_headers(lambda a: a.good(), **named)(ask)


def _with_daily_resets(ask: Ask) -> Reply:
    named = {"x_ratelimit_limit_requests": "14400", "x_ratelimit_remaining_requests": "14000", "x_ratelimit_reset_requests": "40m0s"}  # fmt: skip
    return with_headers(lambda a: a.good(), **named)(ask)


LIMITS = (
    Behaviour("429 with a wait below 0", "Azure: github.com/stuartleeks/aoai-simulated-api/issues/57", first(2, status(429, _RATE, retry_after="-43", x_ratelimit_reset_requests="-43")), retried("nothing", at_most=4), ONLINE),
    Behaviour("429 with a wait of eleven days", "a proxy: github.com/urllib3/urllib3/pull/3743", during(120, status(429, _RATE, retry_after="999999")), retried("nothing", at_most=24, waits_s=120), ONLINE),
    Behaviour("429 with a date in the past", "RFC 9110, 10.2.3", first(2, status(429, _RATE, retry_after="Wed, 21 Oct 2015 07:28:00 GMT")), retried("nothing", at_most=4), ONLINE),
    Behaviour("429 with a unit", "Groq: console.groq.com/docs/rate-limits", during(20, status(429, _RATE, retry_after="20.5s")), retried("nothing", at_most=8, waits_s=20), ONLINE),
    Behaviour("429 with two waits", "a proxy before another: RFC 9110, 5.3", during(20, status(429, _RATE, retry_after="21, 21")), retried("nothing", at_most=8, waits_s=20), ONLINE),
    Behaviour("429 with a time since 1970", "GitHub Models: docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api", during(19, _since_1970), retried("nothing", at_most=8, waits_s=19), ONLINE),
    Behaviour("headers with nothing left until a time", "Anthropic: docs.anthropic.com/en/api/rate-limits", first(1, _nothing_until), Expect(repeats=(0, 0), charge="tokens"), ONLINE),
    Behaviour("429 with seconds", "OpenAI: platform.openai.com/docs/guides/rate-limits", during(20, status(429, _RATE, retry_after="20")), retried("nothing", at_most=8, waits_s=20), ONLINE),
    Behaviour("429 with seconds in words", "Groq: console.groq.com/docs/rate-limits", during(20, status(429, error("Rate limit reached for requests per minute (RPM): Limit 30, Used 30, Requested 1. Please try again in 20s.", "rate_limit_exceeded"))), retried("nothing", at_most=8, waits_s=20), ONLINE),
    Behaviour("429 with milliseconds", "Azure: learn.microsoft.com/azure/ai-services/openai/how-to/quota", during(4, status(429, _RATE, retry_after_ms="5000")), retried("nothing", at_most=8, waits_s=5), ONLINE),
    Behaviour("429 with a date", "RFC 9110, 10.2.3", during(25, _until_a_date), retried("nothing", at_most=10, waits_s=25), ONLINE),
    Behaviour("429 with Retry-After 0 for 10 s", "LiteLLM: github.com/BerriAI/litellm/issues/7669", during(10, status(429, _RATE, retry_after="0")), retried("nothing", at_most=24, waits_s=10), ONLINE),
    Behaviour("429 with a wait that is no number", "RFC 9110, 10.2.3", first(1, status(429, _RATE, retry_after="soon")), retried("nothing", at_most=4), ONLINE),
    Behaviour("429 for a day's limit, the wait in words", "Groq: console.groq.com/docs/rate-limits", during(150, status(429, _DAILY), since=0.3), retried("nothing", at_most=80, waits_s=150), ONLINE),
    Behaviour("429 for a day's limit, while judging", "Groq: console.groq.com/docs/rate-limits", during(150, status(429, _DAILY)), retried("nothing", at_most=40, waits_s=150), ("chat judge",)),
    Behaviour("429 with the wait in words", "Azure: github.com/alex-wolf-ps/dbchatprov2/issues/2", during(40, status(429, _AZURE)), retried("nothing", at_most=24, waits_s=40), ONLINE),
    Behaviour("429 with the wait in a list of details", "Gemini: ai.google.dev/gemini-api/docs/troubleshooting", during(34, status(429, _RETRY_INFO)), retried("nothing", at_most=24, waits_s=34), ONLINE),
    Behaviour("429 of a proxy whose servers rest", "LiteLLM: github.com/BerriAI/litellm/issues/5177", during(60, status(429, _COOLING)), retried("nothing", at_most=24, waits_s=60), ONLINE),
    Behaviour("429 as a page", "Cloudflare: developers.cloudflare.com/support/troubleshooting/http-status-codes/4xx-client-error", during(15, html(429, "Too Many Requests")), retried("nothing", at_most=24, waits_s=15), ONLINE),
    Behaviour("429 as a string", "TGI: github.com/huggingface/text-generation-inference/issues/439", during(15, status(429, {"error": "Model is overloaded", "error_type": "overloaded"})), retried("nothing", at_most=24, waits_s=15), ONLINE),
    Behaviour("429 for lack of flex capacity", "OpenAI: platform.openai.com/docs/guides/flex-processing", during(30, status(429, error("Resource unavailable", "resource_unavailable"))), retried("nothing", at_most=24, waits_s=30), ONLINE),
    Behaviour("429 now and then, without a reason", "LiteLLM: github.com/BerriAI/litellm/issues/20867", every(4, status(429, _RATE)), retried("nothing", at_most=8), EVERYWHERE),
    Behaviour("429 while judging", "OpenAI: platform.openai.com/docs/guides/rate-limits", first(2, status(429, _RATE, retry_after="9")), retried("nothing", at_most=8, waits_s=9), JUDGE),
    Behaviour("headers with a limit per day", "Groq: console.groq.com/docs/rate-limits", _with_daily_headers, Expect(repeats=(0, 0), waits_s=5, charge="tokens"), ONLINE, limits=Limits(60.0, 1e6)),
    Behaviour("headers with a limit per day and its reset", "Groq: console.groq.com/docs/rate-limits", _with_daily_resets, Expect(repeats=(0, 0), waits_s=5, charge="tokens"), ONLINE, limits=Limits(60.0, 1e6)),
    Behaviour("headers that are no numbers", "OpenRouter: openrouter.ai/docs/api-reference/limits", with_headers(lambda ask: ask.good(), x_ratelimit_limit_requests="many", x_ratelimit_remaining_requests="-1", x_ratelimit_limit_tokens="", x_ratelimit_reset_tokens="NaN"), Expect(repeats=(0, 0), charge="tokens"), ONLINE),
    Behaviour("headers with nothing left", "OpenAI: platform.openai.com/docs/guides/rate-limits", first(1, with_headers(lambda ask: ask.good(), x_ratelimit_limit_requests="60", x_ratelimit_remaining_requests="0", x_ratelimit_reset_requests="1s")), Expect(repeats=(0, 0), charge="tokens"), ONLINE),
)  # fmt: skip
