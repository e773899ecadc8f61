"""Batches: what happens to files, lines and the batch itself."""

from __future__ import annotations

from typing import Any

from tests.providers.behaviour import (
    BATCH,
    REQUESTS,
    Behaviour,
    Expect,
    answered,
    fails,
    retried,
    stops,
)
from tests.providers.behaviour import BATCHES as BOTH
from tests.providers.exchange import Ask, Reply
from tests.providers.vocabulary import (
    answer,
    cut,
    drop,
    during,
    ending_batch,
    error,
    every,
    failing_batch,
    first,
    good,
    html,
    item,
    line_error,
    nth,
    of_request,
    padded,
    rows,
    status,
)

_Rows = list[dict[str, Any]]
_GUIDE = "OpenAI: platform.openai.com/docs/guides/batch"
_NOT_YET = error("Cannot find file file-0001, or project proj_x does not have access to it.", None, "invalid_request_error")  # fmt: skip
_ENQUEUED = "Enqueued token limit reached for gpt-4o-mini in organization org-x. Limit: 2,000,000 enqueued tokens. Please try again once some in_progress batches have been completed."  # fmt: skip
_TEMPERATURE = error("Unsupported value: 'temperature'", "unsupported_value", param="temperature")
_OVERLOAD = error("The engine is currently overloaded, please try again later", "overloaded")
_SERVER = error("The server had an error while processing your request", "server_error")
_RATE = error("Rate limit reached", "rate_limit_exceeded")


def _strangers(lines: _Rows) -> list[object]:
    """Add a line without custom_id, one that is no object and one of another batch."""
    response = {"status_code": 200, "body": {}}
    return [
        {"id": "r", "response": response},
        "[1]",
        "null",
        {**lines[0], "custom_id": "x"},
        *lines,
    ]


def _cut(ask: Ask) -> Reply:
    reply = ask.good()
    whole = reply.body.count(b"\n") + 1 < REQUESTS
    return reply if whole else Reply(body=reply.body[: len(reply.body) * 2 // 3])


def _blank_lines(ask: Ask) -> Reply:
    return Reply(body=b"\xef\xbb\xbf\r\n" + ask.good().body.replace(b"\n", b"\r\n\r\n") + b"\r\n")


def _without_body(lines: _Rows) -> list[object]:
    """Let every second answer be null, absent or a string."""
    odd: list[object] = [None, [], "text", 17]
    return [
        row | {"response": {"status_code": 200, "body": odd[n // 2 % 4]}} if n % 2 else row
        for n, row in enumerate(lines)
    ]


def _spoilt(document: dict[str, Any]) -> None:
    document.update(metadata=None, request_counts=None, errors=[], error_file_id="")


BATCHES = (
    Behaviour("the uploaded file is not there yet", "OpenAI: community.openai.com/t/batch-api-cannot-find-file", first(1, status(400, _NOT_YET)), Expect(repeats=(0, 0), charge="tokens"), BOTH, at="create"),
    Behaviour("the output file is gone", "OpenAI: github.com/openai/openai-cookbook/issues/1564", status(404, error("No such File object: file-0002")), Expect(texts=(0, 8), failed=(0, 8), charge="any"), BOTH, at="output"),
    Behaviour("the output file is not there yet", "aibrix: github.com/vllm-project/aibrix/pull/2409", first(2, status(404, error("No such File object: file-0002"))), answered(), BOTH, at="output"),
    Behaviour("one line is not JSON", "OpenAI: github.com/stdapi-ai/stdapi.ai/issues/240", failing_batch("invalid_json_line", "This line is not parseable as valid JSON.", of="r2"), Expect(failed=(1, 1), repeats=(-1, 0), charge="tokens", reason="not parseable"), BOTH, at="create"),
    Behaviour("billing refuses the batch", "OpenAI: platform.openai.com/docs/guides/error-codes", failing_batch("billing_hard_limit_reached", "Billing hard limit has been reached"), stops("Billing hard limit", charge="nothing"), BOTH, at="create"),
    Behaviour("no room among the enqueued tokens", "OpenAI: github.com/openai/openai-python/issues/2084", first(2, failing_batch("token_limit_exceeded", _ENQUEUED)), answered(), BOTH, at="create", slow=True),
    Behaviour("every batch fails for the same reason", _GUIDE, failing_batch("model_not_found", "The provided model 'model-1' is not supported by the Batch API."), stops("not supported", charge="nothing"), BATCH, at="create"),
    Behaviour("a batch expires half done", _GUIDE, nth(1, ending_batch(0.5, "expired", "batch_expired")), answered(), BOTH, at="create"),
    Behaviour("a batch is cancelled half done", _GUIDE, nth(1, ending_batch(0.5, "cancelled", "batch_cancelled")), Expect(texts=(4, 8), unasked=True, says="cancelled", charge="tokens"), BATCH, at="create"),
    Behaviour("lines without custom_id and of others", "LiteLLM: github.com/BerriAI/litellm/pull/37457", rows(_strangers), answered(), BOTH, at="output"),
    Behaviour("every fourth line is missing", "Mistral: github.com/mistralai/client-python/issues/159", rows(lambda lines: lines[1::2] if len(lines) == REQUESTS else lines), retried("maximum"), BATCH, at="output"),
    Behaviour("every line comes twice", _GUIDE, rows(lambda lines: [*lines, *lines]), answered(), BATCH, at="output"),
    Behaviour("answers without a body", "LiteLLM: github.com/BerriAI/litellm/pull/37457", nth(1, rows(_without_body)), retried("maximum"), BOTH, at="output"),
    Behaviour("a cut output file", "LiteLLM: github.com/BerriAI/litellm/pull/37457", _cut, retried("maximum"), BATCH, at="output"),
    Behaviour("blank lines, carriage returns and a byte order mark", "LiteLLM: github.com/BerriAI/litellm/pull/37457", _blank_lines, answered(), BATCH, at="output"),
    Behaviour("a download that ends early, once", "Cloudflare: github.com/earendil-works/pi/issues/9627", first(1, cut), answered(), BATCH, at="output"),
    Behaviour("every line is refused for rate", _GUIDE, first(8, status(429, _RATE)), retried("nothing"), BATCH),
    Behaviour("every line fails with an error and no response", "OpenAI: github.com/567-labs/instructor/pull/2657", first(8, line_error("server_error", "The server had an error.")), retried(), BATCH),
    Behaviour("every line is refused for overload for half an hour", "OpenAI: status.openai.com/history", during(1800, status(503, _OVERLOAD)), retried("nothing", waits_s=1800), BOTH),
    Behaviour("every line fails inside the server for half an hour", "OpenAI: status.openai.com/history", during(1800, status(500, _SERVER)), retried("maximum", waits_s=1800), BATCH),
    Behaviour("every line is refused for rate for half an hour", "Azure: learn.microsoft.com/azure/ai-foundry/openai/how-to/batch", during(1800, status(429, _RATE)), retried("nothing", waits_s=1800), BATCH),
    Behaviour("every line is refused for overload for ever", "OpenAI: status.openai.com/history", status(503, _OVERLOAD), stops("given up after 900 s (api.give_up_after_s)", failed=0, charge="nothing"), BATCH, api={"give_up_after_s": 900.0}),
    Behaviour("every other line is refused for overload", "OpenAI: status.openai.com/history", every(2, status(503, _OVERLOAD)), retried("nothing"), BATCH),
    Behaviour("batches expire untouched for three days", _GUIDE, first(3, ending_batch(0.0, "expired", "batch_expired")), Expect(repeats=(1, 1), charge="tokens"), BATCH, at="create"),
    Behaviour("one request of a batch always fails inside the server", "SGLang: github.com/sgl-project/sglang/issues/4147", of_request("r3", status(500, _SERVER)), fails("500", 1), BATCH),
    Behaviour("the batch service is down for an hour while one is created", "nginx: nginx.org/en/docs/http/ngx_http_proxy_module.html", during(3600, html(502, "502 Bad Gateway")), Expect(repeats=(0, 0), charge="tokens", waits_s=3600), BATCH, at="create"),
    Behaviour("the batch service is down for an hour while one runs", "OpenAI: status.openai.com/history", during(3600, status(503, _OVERLOAD)), answered(), BATCH, at="retrieve"),
    Behaviour("the batch service is down for ever", "OpenAI: status.openai.com/history", status(503, _OVERLOAD), stops("no answer for 0.25 h", failed=0, charge="any"), BATCH, at="upload", api={"give_up_after_s": 900.0}),
    Behaviour("one line is refused", "OpenAI: github.com/ProjectTech4DevAI/kaapi-backend/issues/723", of_request("r3", status(400, error("prompt is too odd", "invalid_value"))), fails("prompt is too odd", 1, charge="nothing"), BATCH),
    Behaviour("every line is refused alike", "OpenAI: github.com/ProjectTech4DevAI/kaapi-backend/issues/723", status(400, error("This model is only supported in v1/responses.", "invalid_value")), stops("only supported", failed=0, charge="nothing"), BATCH),
    Behaviour("a line refused with a string", "Ollama: github.com/ollama/ollama/issues/15934", of_request("r3", status(400, {"error": "prompt is too odd"})), fails("prompt is too odd", 1, charge="nothing"), BATCH),
    Behaviour("a line refused without a body", "LiteLLM: github.com/BerriAI/litellm/pull/37457", of_request("r3", status(400, None)), fails("400", 1, charge="nothing"), BATCH),
    Behaviour("status codes as strings", "LiteLLM: github.com/BerriAI/litellm/pull/37457", rows(lambda lines: [row | {"response": row["response"] | {"status_code": "200"}} for row in lines]), answered(), BATCH, at="output"),
    Behaviour("the batch is unknown for a moment", _GUIDE, first(2, status(404, error("No batch found with id 'batch_0001'."))), answered(), BATCH, at="retrieve"),
    Behaviour("the batch cannot be looked up for 2 minutes", "OpenAI: github.com/openai/openai-python/issues/414", first(4, status(503, error("overloaded"))), answered(), BATCH, at="retrieve"),
    Behaviour("the batch is described oddly", "OpenAI: github.com/tobert/kaibo/pull/93", item(_spoilt), answered(), BATCH, at="retrieve"),
    Behaviour("a page in place of the batch, once", "nginx: nginx.org/en/docs/http/ngx_http_proxy_module.html", first(1, html(502, "502 Bad Gateway")), answered(), BATCH, at="retrieve"),
    Behaviour("an unknown state for a while", "Mistral: docs.mistral.ai/capabilities/batch", first(3, item(lambda document: document.update(status="queued"))), answered(), BATCH, at="retrieve"),
    Behaviour("creation is refused for rate, twice", _GUIDE, first(2, status(429, _RATE, retry_after="5")), answered(), BATCH, at="create"),
    Behaviour("the answer to a creation is lost", "Cloudflare: github.com/earendil-works/pi/issues/9627", first(1, drop), answered(), BATCH, at="create"),
    Behaviour("an upload is lost", "Cloudflare: github.com/earendil-works/pi/issues/9627", first(1, drop), answered(), BATCH, at="upload"),
    Behaviour("an upload is refused for a while", "OpenAI: github.com/openai/openai-python/issues/414", first(3, status(500, error("The server had an error"))), answered(), BATCH, at="upload"),
    Behaviour("batches are not offered", "DeepSeek: api-docs.deepseek.com", status(404, {"detail": "Not Found"}), stops("404", failed=0), BATCH, at="upload"),
    Behaviour("nobody listens at the port, in batches", "llama.cpp: github.com/continuedev/continue/issues/11012", good, stops("could not connect", failed=0), BATCH, at="nowhere", api={"give_up_after_s": 300.0, "base_url": "http://127.0.0.1:9/v1"}),
    Behaviour("temperature is fixed for some lines", "OpenAI: github.com/QwenLM/qwen-code/issues/921", nth(2, status(400, _TEMPERATURE)), Expect(failed=(0, 1), charge="nothing"), BATCH),
    Behaviour("blank text around the description", "DeepSeek: api-docs.deepseek.com/quick_start/rate_limit", padded(b"\n\n"), answered(), BATCH, at="retrieve"),
    Behaviour("an odd usage in every line", "Vertex: github.com/BerriAI/litellm/pull/37208", answer(usage={"total_tokens": None, "prompt_tokens_details": None}), answered(), BATCH),
)  # fmt: skip
