"""Result files of batches in other forms, and batches that never say that they are over."""

from __future__ import annotations

import gzip
import json
from typing import Any

from tests.providers.behaviour import BATCH, Behaviour, Expect, answered, retried
from tests.providers.behaviour import BATCHES as BOTH
from tests.providers.exchange import Ask, Reply, Script
from tests.providers.vocabulary import answer, first, html, item, nth, raw, rows

_Rows = list[dict[str, Any]]
_GUIDE = "OpenAI: platform.openai.com/docs/guides/batch"
_LOST = {"code": "server_error", "message": "The server had an error."}


def _zipped(ask: Ask) -> Reply:
    return Reply(body=gzip.compress(ask.good().body))


def _half_zipped(ask: Ask) -> Reply:
    content = gzip.compress(ask.good().body)
    return Reply(body=content[: len(content) * 2 // 3])


def _in_an_array(ask: Ask) -> Reply:
    lines = [json.loads(line) for line in ask.good().body.splitlines()]
    return Reply(body=json.dumps(lines).encode())


def _without_status(lines: _Rows) -> list[object]:
    return [row | {"response": {"body": row["response"]["body"]}} for row in lines]


def _answers_alone(lines: _Rows) -> list[object]:
    return [{"custom_id": row["custom_id"], "response": row["response"]["body"]} for row in lines]


def _in_texts(lines: _Rows) -> list[object]:
    return [
        row | {"response": row["response"] | {"body": json.dumps(row["response"]["body"])}}
        for row in lines
    ]


def _errors_first(lines: _Rows) -> list[object]:
    """Give each request an error beside its answer."""
    return [*(row | {"response": None, "error": _LOST} for row in lines), *lines]


def _first_batch(**changes: Any) -> Script:
    """Describe the first batch with other fields, as often as it is looked up."""

    def describe(document: dict[str, Any]) -> None:
        if document["id"] == "batch_0001":
            document.update(changes)

    return item(describe)


def _for_ever(status: str) -> Script:
    """Let the first batch stay in a state, though its time is over."""

    def describe(document: dict[str, Any]) -> None:
        if document["id"] == "batch_0001":
            begun = document["created_at"]
            document.update(status=status, output_file_id=None, expires_at=begun + 60)
            document["cancelling_at"] = begun + 30 if status == "cancelling" else None

    return item(describe)


def _at_work(document: dict[str, Any]) -> None:
    counts = document["request_counts"]
    done = {"total": counts["total"], "completed": counts["total"], "failed": 0}
    document.update(status="in_progress", request_counts=done, output_file_id=None)


_AGAIN = retried("maximum", waits_s=7200.0)

BATCH_FILES = (
    Behaviour("a compressed output file", "Google Cloud Storage: cloud.google.com/storage/docs/transcoding", _zipped, answered("1. Citizen 1"), BATCH, at="output"),
    Behaviour("a compressed output file that is cut", "Google Cloud Storage: cloud.google.com/storage/docs/transcoding", nth(1, _half_zipped), answered(), BATCH, at="output"),
    Behaviour("an output file of one array", "ollama-batch: github.com/emi420/ollama-batch/issues/1", _in_an_array, answered(), BATCH, at="output"),
    Behaviour("answers without a status code", "vLLM: github.com/vllm-project/vllm/pull/4794", rows(_without_status), answered(), BOTH, at="output"),
    Behaviour("answers alone in place of responses", "Fireworks: docs.fireworks.ai/guides/batch-inference", rows(_answers_alone), answered(), BATCH, at="output"),
    Behaviour("answers as JSON in texts", "LiteLLM: github.com/BerriAI/litellm/pull/37457", rows(_in_texts), answered(), BATCH, at="output"),
    Behaviour("an error beside every answer", _GUIDE, rows(_errors_first), answered(), BATCH, at="output"),
    Behaviour("a page in place of the output file, once", "nginx: nginx.org/en/docs/http/ngx_http_proxy_module.html", first(1, html(200, "One moment, please")), answered(), BATCH, at="output"),
    Behaviour("an empty output file, once", "aibrix: github.com/vllm-project/aibrix/pull/2409", first(1, raw(b"")), answered(), BATCH, at="output"),
    Behaviour("a batch is over and names no file", "OpenAI: github.com/openai/openai-cookbook/issues/1564", _first_batch(output_file_id=None), retried("maximum"), BATCH, at="retrieve"),
    Behaviour("a batch is at work with all requests done, for a while", "curator: github.com/bespokelabsai/curator/issues/287", first(4, item(_at_work)), answered(), BATCH, at="retrieve"),
    Behaviour("a batch is at work for ever", "curator: github.com/bespokelabsai/curator/issues/287", _for_ever("in_progress"), _AGAIN, BATCH, at="retrieve", slow=True),
    Behaviour("a batch is validated for ever", "Gemini: github.com/googleapis/python-genai/issues/1482", _for_ever("validating"), _AGAIN, BATCH, at="retrieve", slow=True),
    Behaviour("a batch is being cancelled for ever", _GUIDE, _for_ever("cancelling"), Expect(texts=(0, 0), unasked=True, says="cancelled", charge="maximum"), BATCH, at="retrieve", slow=True),
    Behaviour("a batch without counts, times and files' names in order", "Mistral: docs.mistral.ai/capabilities/batch", _first_batch(request_counts=None, created_at=None, expires_at="soon", completed_at=0, metadata=[]), answered(), BATCH, at="retrieve"),
    Behaviour("usage as texts in every line", "new-api: github.com/QuantumNous/new-api/pull/936", answer(usage={"prompt_tokens": str, "completion_tokens": str, "total_tokens": str}), answered(), BATCH),
)  # fmt: skip
