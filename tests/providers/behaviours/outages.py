"""Passing faults: waited out, asked again, and not charged where nothing was billed."""

from __future__ import annotations

from tests.providers.behaviour import (
    EVERYWHERE,
    ONLINE,
    Behaviour,
    fails,
    retried,
    stops,
)
from tests.providers.vocabulary import (
    body,
    cut,
    drop,
    during,
    error,
    every,
    first,
    html,
    of_request,
    raw,
    slow,
    status,
)

_OVERLOADED = error("That model is currently overloaded with other requests.", "overloaded", "server_error")  # fmt: skip
_GEMINI = [{"error": {"code": 503, "message": "The model is overloaded. Please try again later.", "status": "UNAVAILABLE"}}]  # fmt: skip
_LOADING = {"error": {"code": 503, "message": "Loading model", "type": "unavailable_error"}}
_ANTHROPIC = {"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}

OUTAGES = (
    Behaviour("503 for 45 s", "OpenAI: github.com/openai/openai-python/issues/414", during(45, status(503, _OVERLOADED)), retried("nothing", waits_s=45), ONLINE),
    Behaviour("503 for 90 s from the fifth on", "OpenAI: github.com/waylaidwanderer/node-chatgpt-api/issues/34", during(90, status(503, _OVERLOADED), since=0.5), retried("nothing", waits_s=90), ONLINE),
    Behaviour("503 for 4 minutes, while judging", "OpenAI: github.com/openai/openai-python/issues/414", during(240, status(503, _OVERLOADED)), retried("nothing", waits_s=240), ("chat judge",)),
    Behaviour("503 in a list, for 60 s", "Gemini: github.com/google-gemini/gemini-cli/issues/5191", during(60, status(503, _GEMINI)), retried("nothing", waits_s=60), ONLINE),
    Behaviour("503 as a string, for 60 s", "Ollama: github.com/ollama/ollama/issues/15934", during(60, status(503, {"error": "Server overloaded, please retry shortly"})), retried("nothing", waits_s=60), ONLINE),
    Behaviour("503 with Retry-After", "OpenAI: platform.openai.com/docs/guides/error-codes", during(40, status(503, _OVERLOADED, retry_after="30")), retried("nothing", at_most=12, waits_s=40), ONLINE),
    Behaviour("a model that is loading, for 2 minutes", "llama.cpp: github.com/mostlygeek/llama-swap/issues/146", during(120, status(503, _LOADING)), retried("nothing", waits_s=120), ONLINE),
    Behaviour("529 for 60 s", "Anthropic: github.com/anthropics/claude-code/issues/63051", during(60, status(529, _ANTHROPIC)), retried("nothing", waits_s=60), ONLINE),
    Behaviour("498 for 60 s", "Groq: console.groq.com/docs/flex-processing", during(60, status(498, error("Flex tier capacity exceeded", "capacity_exceeded"))), retried("nothing", waits_s=60), ONLINE),
    Behaviour("500 once", "DeepSeek: api-docs.deepseek.com/quick_start/error_codes", first(1, status(500, error("The server had an error", kind="server_error"))), retried(), EVERYWHERE),
    Behaviour("500 for one request, always", "OpenAI: platform.openai.com/docs/guides/error-codes", of_request("r3", status(500, error("The server had an error", kind="server_error"))), fails("server had an error", 1), EVERYWHERE),
    Behaviour("500 for every fourth", "Together: github.com/cline/cline/issues/440", every(4, status(500, error("Internal server error"))), retried(), EVERYWHERE),
    Behaviour("a page with 502 for 30 s", "nginx: nginx.org/en/docs/http/ngx_http_proxy_module.html", during(30, html(502, "502 Bad Gateway")), retried(waits_s=30), ONLINE),
    Behaviour("504 once", "nginx: nginx.org/en/docs/http/ngx_http_proxy_module.html", first(1, html(504, "504 Gateway Time-out")), retried("maximum"), ONLINE),
    Behaviour("520 without a body, once", "Cloudflare: github.com/earendil-works/pi/issues/9627", first(1, raw(b"", "text/html", 520)), retried(), ONLINE),
    Behaviour("522 for 30 s", "Cloudflare: github.com/notatallshaw/nab/pull/579", during(30, html(522, "Connection timed out")), retried(waits_s=30), ONLINE),
    Behaviour("524 once", "Cloudflare: github.com/anthropics/claude-code/issues/16737", first(1, html(524, "A timeout occurred")), retried("maximum"), ONLINE),
    Behaviour("524 in a proxy's words", "new-api: github.com/QuantumNous/new-api/issues/556", first(1, status(524, error("", "bad_response_status_code", "upstream_error", "524"))), retried(), ONLINE),
    Behaviour("408 once", "OpenRouter: openrouter.ai/docs/errors", first(1, status(408, {"error": {"code": 408, "message": "Request timed out"}})), retried(), EVERYWHERE),
    Behaviour("409 once", "OpenAI: platform.openai.com/docs/guides/error-codes", first(1, status(409, error("The resource was updated", "conflict"))), retried("nothing"), EVERYWHERE),
    Behaviour("424 once", "TGI: huggingface.co/docs/text-generation-inference", first(1, status(424, {"error": "Request failed during generation", "error_type": "generation"})), retried(), ONLINE),
    Behaviour("the connection ends without an answer, once", "vLLM: docs.vllm.ai/en/latest/serving/openai_compatible_server.html", first(1, drop), retried("maximum"), ONLINE),
    Behaviour("the connection ends within the answer, once", "Cloudflare: github.com/earendil-works/pi/issues/9627", first(1, cut), retried("maximum"), ONLINE),
    Behaviour("every third connection ends, while judging", "vLLM: docs.vllm.ai/en/latest/serving/openai_compatible_server.html", every(3, drop), retried("maximum"), ("chat judge", "responses judge")),
    Behaviour("one answer is late", "OpenAI: platform.openai.com/docs/guides/error-codes", first(1, slow(300)), retried("maximum"), ONLINE),
    Behaviour("every first byte is later than timeout_s", "Cloudflare: github.com/anthropics/claude-code/issues/16737", slow(300), stops("timeout_s"), ONLINE, api={"give_up_after_s": 300.0}),
    Behaviour("an outage within a 200, for 60 s", "OpenRouter: openrouter.ai/docs/errors", during(60, body({"error": {"code": 503, "message": "No instances available"}})), retried(waits_s=60), ONLINE),
    Behaviour("an outage that does not end", "OpenAI: github.com/openai/openai-python/issues/414", status(503, _OVERLOADED), stops("503", failed=0, charge="nothing"), ONLINE, api={"give_up_after_s": 300.0}),
    Behaviour("an outage of the judge that does not end", "OpenAI: github.com/openai/openai-python/issues/414", status(503, _OVERLOADED), stops("503", failed=0, charge="nothing"), ("chat judge",), api={"give_up_after_s": 300.0}),
    Behaviour("a name that does not resolve", "a node without internet: github.com/continuedev/continue/issues/11012", lambda ask: ask.good(), stops("could not connect", failed=0, charge="nothing"), ONLINE, at="nowhere", api={"give_up_after_s": 300.0, "base_url": "http://culture-ray.invalid/v1"}, slow=True),
    Behaviour("nobody listens at the port", "llama.cpp: github.com/continuedev/continue/issues/11012", lambda ask: ask.good(), stops("could not connect", failed=0, charge="nothing"), ("chat elicit", "chat judge"), at="nowhere", api={"give_up_after_s": 300.0, "base_url": "http://127.0.0.1:9/v1"}),
    Behaviour("a certificate that does not verify", "a proxy of a company: github.com/openai/openai-python/issues/414", lambda ask: ask.good(), stops("certificate", failed=0, charge="nothing"), ("chat elicit",), at="tls"),
)  # fmt: skip
