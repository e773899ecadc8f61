"""Real `vllm serve` is a base_url like any other, structured output and probabilities included."""

from __future__ import annotations

import asyncio
import contextlib
import json
import math
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

import pytest

from culture_ray.engines import embedded
from culture_ray.engines.api_settings import ApiSettings
from culture_ray.engines.interface import Request, Sampling
from culture_ray.engines.model import Model
from culture_ray.engines.openai.engine import OpenAiEngine
from tests.engines.accounts import RecordingAccount

pytestmark = [pytest.mark.engine, pytest.mark.slow]

TEMPLATE = "{{ bos_token }}{% for message in messages %}{{ message['content'] }}\n{% endfor %}"
SCHEMA = json.dumps(
    {
        "type": "object",
        "properties": {"stance": {"type": "string", "enum": ["pro", "con", "neutral"]}},
        "required": ["stance"],
        "additionalProperties": False,
    }
)


@pytest.fixture(scope="module")
def base_url(embedded_model, tmp_path_factory):
    """A vLLM server with the embedded model, on a free port."""
    scratch = tmp_path_factory.mktemp("serve")
    (scratch / "chat.jinja").write_text(TEMPLATE)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    words = [
        # What `vllm serve` runs: the CPU build's own `vllm` command does not find its version.
        sys.executable, "-m", "vllm.entrypoints.openai.api_server",
        "--model", embedded.GEMMA.folder,
        "--served-model-name", "gemma", "--host", "127.0.0.1", "--port", port,
        "--chat-template", scratch / "chat.jinja", "--dtype", "bfloat16", "--enforce-eager",
        "--max-model-len", 512, "--max-num-seqs", 8, "--kv-cache-memory-bytes", 2**29,
        "--no-enable-chunked-prefill", "--max-num-batched-tokens", 1024,
    ]  # fmt: skip
    with (scratch / "log").open("wb") as log:
        server = subprocess.Popen(
            [str(word) for word in words], stdout=log, stderr=log, start_new_session=True,
            # The engine runs the model itself: on a CPU vLLM would start another process for it.
            env=os.environ | {"VLLM_ENABLE_V1_MULTIPROCESSING": "0"},
        )  # fmt: skip
    try:
        _wait_for(port, server, scratch / "log")
        yield f"http://127.0.0.1:{port}/v1"
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(server.pid, signal.SIGKILL)
        server.wait()


def _wait_for(port, server, log):
    deadline = time.monotonic() + 300
    while True:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=5).close()
        except (urllib.error.URLError, OSError):
            said = log.read_text(errors="replace")[-3000:]
            assert server.poll() is None, said
            assert time.monotonic() < deadline, said
            time.sleep(0.5)
        else:
            return


@pytest.mark.parametrize("form", ["chat", "responses"])
def test_vllm_serve_works_as_a_base_url(base_url, tmp_path, form):
    warm = Sampling(temperature=0.9, top_p=0.95, max_tokens=24)
    greedy = Sampling(temperature=0.0, top_p=1.0, max_tokens=16)
    requests = [
        Request("counts", "1, 2, 3, 4, 5,", greedy),
        Request("structured", "The stance as JSON:", warm, schema=SCHEMA, system="Answer in JSON."),
        Request("options", "1, 2, 3,", warm, options=("4", "5")),
        Request("too long", "word " * 2000, greedy),
    ]
    account = RecordingAccount()
    api = ApiSettings(form=form, base_url=base_url, key_variable=None, timeout_s=120)

    async def ask():
        engine = OpenAiEngine(Model("openai", "gemma_3", "gemma", api=api), account, tmp_path)
        await engine.start()
        try:
            return await asyncio.gather(*(engine.generate(request) for request in requests))
        finally:
            await engine.close()

    counts, structured, options, too_long = asyncio.run(ask())
    assert "6, 7" in counts.text
    assert counts.finish_reason == "length"
    assert json.loads(structured.text)["stance"] in {"pro", "con", "neutral"}
    assert structured.finish_reason == "stop"
    if form == "chat":  # the Responses API of this server tells no probabilities of so short a text
        assert math.fsum(options.probabilities) <= 1
        assert options.probabilities[0] > 0
    assert too_long.text is None
    assert too_long.failure.startswith("HTTP 400")
    ended = {account.asks[t].request_id: how for t, (how, _) in account.ends.items()}
    assert ended["counts"] == ended["structured"] == "settled"
    assert ended["too long"] == "void"
    assert account.asks["t0"].input_tokens >= counts.prompt_tokens > 0
