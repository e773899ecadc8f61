"""Words that are meant to harm: secrets, escape sequences, endless texts; and caps under fire."""

from __future__ import annotations

from tests.providers.behaviour import (
    CHAT,
    EVERYWHERE,
    ONLINE,
    Behaviour,
    Expect,
    answered,
    fails,
    stops,
)
from tests.providers.exchange import Ask, Reply
from tests.providers.vocabulary import answer, drop, error, of_request, slow, status

_KEY = "sk-conformance-0123456789abcdef"
_QUOTED = 'k"ey\\conformance-0123456789'
_ESCAPES = "\x1b]0;title\x07\x1b[2J\x1b[31mred [red]rich[/red] </script><script>alert(1)</script>\x1b[0m\x00\x9b1m"


def _four(ask: Ask) -> Reply:
    """Bill each of the choices that the body asks for."""
    reply = ask.good()
    paid_out = reply.billed[1]
    count = int(ask.body.get("n", 1))
    return answer(output=paid_out * count, top={"choices": lambda c: c * count})(ask)


HOSTILE = (
    Behaviour("the key in the refusal of all", "OpenAI: platform.openai.com/docs/guides/error-codes", status(401, error(f"Incorrect API key provided: {_KEY}.", "invalid_api_key")), stops("API key"), EVERYWHERE, key=_KEY),
    Behaviour("the key in the refusal of one", "LiteLLM: docs.litellm.ai/docs/proxy/error_reference", of_request("r3", status(400, error(f"Bad header 'Bearer {_KEY}'", "invalid_value"))), fails("Bad header", 1), EVERYWHERE, key=_KEY),
    Behaviour("a key with quotes in the refusal of one", "LiteLLM: docs.litellm.ai/docs/proxy/error_reference", of_request("r3", status(400, error(f"Bad header: {_QUOTED}", "invalid_value"))), fails("Bad header", 1), EVERYWHERE, key=_QUOTED),
    Behaviour("the key in the text of an answer", "a proxy: docs.litellm.ai/docs/proxy/error_reference", of_request("r3", status(422, {"detail": {"headers": {"authorization": f"Bearer {_KEY}"}}})), fails("", 1), EVERYWHERE, key=_KEY),
    Behaviour("escape sequences in the refusal of all", "terminals: github.com/earendil-works/pi/issues/9627", status(401, error(_ESCAPES, "x")), stops("red"), EVERYWHERE),
    Behaviour("escape sequences in the refusal of one", "terminals: github.com/earendil-works/pi/issues/9627", of_request("r3", status(400, error(_ESCAPES, "\x1b[2J"))), fails("red", 1), EVERYWHERE),
    Behaviour("escape sequences in finish_reason and refusal", "terminals: github.com/earendil-works/pi/issues/9627", of_request("r3", answer(None, message={"refusal": _ESCAPES}, choice={"finish_reason": _ESCAPES})), fails("red", 1), CHAT),
    Behaviour("a refusal of 200,000 characters", "Cloudflare: github.com/anthropics/claude-code/issues/3197", of_request("r3", status(400, error("too odd " * 25_000))), fails("too odd", 1), EVERYWHERE),
    Behaviour("half a surrogate pair in a refusal", "Kimi: github.com/MoonshotAI/kimi-cli/issues/994", of_request("r3", status(400, error("too odd \ud83d", "\udc97"))), fails("too odd", 1), EVERYWHERE),
    Behaviour("four answers to one request", "OpenAI: platform.openai.com/docs/api-reference/chat", _four, answered(), CHAT, api={"body": {"n": 4}}),
    Behaviour("a cap for half of the requests", "OpenAI: platform.openai.com/docs/guides/rate-limits", lambda ask: ask.good(), Expect(texts=(1, 7), unasked=True, says="cap", charge="tokens"), EVERYWHERE, cap=0.004),
    Behaviour("a cap, and connections that end", "vLLM: docs.vllm.ai/en/latest/serving/openai_compatible_server.html", drop, Expect(texts=(0, 0), failed=(0, 8), unasked=True, says="cap", charge="maximum"), ONLINE, cap=0.004),
    Behaviour("a cap, and four answers to one request", "OpenAI: platform.openai.com/docs/api-reference/chat", _four, Expect(texts=(1, 7), unasked=True, says="cap", charge="tokens"), CHAT, cap=0.012, api={"body": {"n": 4}}),
    Behaviour("a cap, and thoughts outside completion_tokens", "xAI: github.com/UKGovernmentBEIS/inspect_ai/issues/5528", answer(usage={"total_tokens": lambda n: n + 90, "completion_tokens_details": {"reasoning_tokens": 90}}, unreported=90), Expect(texts=(1, 8), unasked=True, says="cap", charge="tokens"), CHAT, cap=0.006),
    Behaviour("a cap, and slow answers", "OpenAI: platform.openai.com/docs/guides/rate-limits", slow(20), Expect(texts=(1, 7), unasked=True, says="cap", charge="tokens"), ONLINE, cap=0.004),
)  # fmt: skip
