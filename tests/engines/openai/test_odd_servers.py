"""The engine against servers that are reached, and that answer, in unusual ways."""

from __future__ import annotations

import asyncio
import json
import ssl
import subprocess
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread

import pytest
from hypothesis import given, settings

from culture_ray.engines.api_settings import ApiSettings
from culture_ray.engines.interface import Request, Sampling
from culture_ray.engines.model import Model
from culture_ray.engines.openai.engine import OpenAiEngine
from culture_ray.engines.openai.evidence import Evidence
from culture_ray.errors import MissingKey, ModelStops
from tests.engines.accounts import RecordingAccount
from tests.engines.openai.any_document import ANSWERS
from tests.engines.openai.loopback import Reply, as_json, ask, completion, loopback

REQUEST = Request("r", "Describe ten citizens.", Sampling(max_tokens=50), system="Be brief.")


def api(base_url, **settings):
    return ApiSettings(**{"base_url": base_url, "key_variable": None, "timeout_s": 5} | settings)


def sent_to(answer, **settings):
    """Ask one request; return its response, the account, and what the server received."""
    with loopback(answer) as server:
        (response,), account = ask(REQUEST, api=api(server.base_url, **settings))
        return response, account, server.received


def test_fields_that_the_client_does_not_know_are_sent():
    body = {"top_k": 20, "chat_template_kwargs": {"enable_thinking": False}, "seed": None}
    for settings_ in (body, {"extra_body": body}):
        response, _, (received,) = sent_to(lambda _: as_json(completion()), body=settings_)
        assert response.text == "text"
        assert received.body["top_k"] == 20
        assert received.body["chat_template_kwargs"] == {"enable_thinking": False}
        assert "seed" not in received.body
        assert "extra_body" not in received.body
        assert received.body["messages"][-1]["content"] == REQUEST.prompt


def test_responses_are_asked_in_their_own_form():
    answer = {"status": "completed", "output": [{"type": "message", "content": "text"}]}
    response, _, (received,) = sent_to(lambda _: as_json(answer), form="responses")
    assert (response.text, received.path) == ("text", "/v1/responses")
    assert received.body["instructions"] == REQUEST.system


def test_a_body_without_an_output_limit_reserves_for_the_sampling():
    limit = {"max_completion_tokens": None}
    _, account, (received,) = sent_to(lambda _: as_json(completion()), body=limit)
    assert "max_completion_tokens" not in received.body
    assert account.asks["t0"].output_tokens == 50
    _, account, _ = sent_to(lambda _: as_json(completion()), body={"max_tokens": 70})
    assert account.asks["t0"].output_tokens == 70


def test_a_query_and_headers_are_on_every_call(monkeypatch):
    monkeypatch.setenv("LAB_API_KEY", "s3cret-of-the-lab")
    headers = {"api-key": "$LAB_API_KEY", "X-Team": "culture"}
    with loopback(lambda _: as_json(completion())) as server:
        base_url = f"{server.base_url}/openai/deployments/d?api-version=2024-10-21"
        (response,), _ = ask(REQUEST, api=api(base_url, headers=headers))
        (received,) = server.received
    assert response.text == "text"
    assert received.path == "/v1/openai/deployments/d/chat/completions?api-version=2024-10-21"
    assert received.headers["api-key"] == "s3cret-of-the-lab"
    assert received.headers["x-team"] == "culture"
    assert "authorization" not in received.headers


def test_a_header_whose_variable_is_not_set_is_named(monkeypatch):
    monkeypatch.delenv("LAB_API_KEY", raising=False)
    with pytest.raises(MissingKey, match="LAB_API_KEY"):
        ask(REQUEST, api=api("http://127.0.0.1:9/v1", headers={"api-key": "$LAB_API_KEY"}))


def test_a_server_without_a_system_role_gets_the_text_before_the_users():
    def gemma(received):
        if received.body["messages"][0]["role"] == "system":
            words = "System role not supported System role not supported"
            return as_json({"error": {"message": words, "type": "BadRequestError"}}, 400)
        return as_json(completion())

    with loopback(gemma) as server:
        responses, account = ask(REQUEST, REQUEST, api=api(server.base_url))
        roles = [[m["role"] for m in received.body["messages"]] for received in server.received]
        content = server.received[-1].body["messages"][0]["content"]
    assert [response.text for response in responses] == ["text", "text"]
    assert roles == [["system", "user"], ["user"], ["user"]]
    assert content == "Be brief.\n\nDescribe ten citizens."
    (notice,) = account.notices
    assert notice.startswith("the system text precedes the user's")
    _, account, (received,) = sent_to(gemma, system_role=False)
    assert len(received.body["messages"]) == 1
    assert account.outcomes == ["settled"]


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_refused_with_the_line_to_change(status):
    def moved(received):
        target = "https://new.example/api/v1/chat/completions?token=s3cret"
        return as_json({}, status, location=target)

    with loopback(moved) as server, pytest.raises(ModelStops) as stopped:
        ask(REQUEST, api=api(server.base_url))
    words = str(stopped.value)
    assert f"HTTP {status}" in words
    assert "set api.base_url to https://new.example/api/v1" in words
    assert "s3cret" not in words


def test_a_certificate_that_does_not_verify_is_said_as_such(tmp_path):
    certificate, key = tmp_path / "c.pem", tmp_path / "k.pem"
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"]
    command += ["-nodes", "-days", "2", "-subj", "/CN=lab", "-keyout", key, "-out", certificate]
    subprocess.run(command, check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    with (
        loopback(lambda _: as_json(completion()), context) as server,
        pytest.raises(ModelStops, match=r"the certificate of 127\.0\.0\.1 does not verify"),
    ):
        ask(REQUEST, api=api(server.base_url))


class _Proxy(BaseHTTPRequestHandler):
    """Proxy that never connects: it answers with the status of its server."""

    def do_CONNECT(self) -> None:
        self.server.asked += 1
        self.send_error(self.server.status)

    def log_message(self, *_):
        """Keep standard error clean."""


@contextmanager
def proxy(status):
    """Run a proxy that answers with a status; yield its server."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Proxy)
    server.status, server.asked = status, 0
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()


def test_a_proxy_that_refuses_to_connect_stops_the_model_and_charges_nothing(monkeypatch):
    monkeypatch.setattr("culture_ray.engines.openai.engine.backoff_s", lambda *_: 0.0)
    account = RecordingAccount()
    with proxy(407) as server, pytest.raises(ModelStops) as stopped:
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{server.server_port}")
        ask(REQUEST, api=api("https://api.example/v1"), account=account)
    assert "the proxy says: 407" in str(stopped.value)
    assert "HTTPS_PROXY" in str(stopped.value)
    assert set(account.outcomes) == {"void"}


def test_a_proxy_that_cannot_connect_just_now_is_waited_for_and_charges_nothing(monkeypatch):
    account, waits = RecordingAccount(), []

    def third_is_enough(*_):
        waits.append(0.0)
        if len(waits) == 3:
            raise asyncio.CancelledError
        return 0.0

    monkeypatch.setattr("culture_ray.engines.openai.engine.backoff_s", third_is_enough)
    with proxy(503) as server, pytest.raises(asyncio.CancelledError):
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{server.server_port}")
        ask(REQUEST, api=api("https://api.example/v1"), account=account)
    assert account.outcomes == ["void"] * 3


HTML = b"<html><head><title>502 Bad Gateway</title></head></html>"


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        (as_json({"detail": "no such thing"}, 400), "HTTP 400: no such thing"),
        (as_json({"error": "no such thing"}, 400), "HTTP 400: no such thing"),
        (as_json(["no such thing"], 422), "HTTP 422: no such thing"),
        (Reply(b"no such thing", 400), "HTTP 400: no such thing"),
        (Reply(HTML, 400), "an HTML page instead of JSON, from a proxy? It says '502 Bad Gateway'"),
        (Reply(b"[" * 100_000, 400), "HTTP 400: [[["),
    ],
)
def test_the_reason_of_a_refusal_has_the_providers_own_words(reply, words):
    with loopback(lambda _: reply) as server, pytest.raises(ModelStops) as stopped:
        ask(REQUEST, api=api(server.base_url))
    assert words in str(stopped.value)


@pytest.mark.slow
def test_an_error_inside_a_200_is_retried_and_charged_as_it_says():
    replies = [
        completion("") | {"error": {"code": 503, "message": "overloaded"}},
        {"choices": [], "usage": {"prompt_tokens": 8, "completion_tokens": 0}},
        completion(),
    ]
    response, account, _ = sent_to(lambda _: as_json(replies.pop(0)))
    assert response.text == "text"
    assert account.outcomes == ["settled", "settled", "settled"]
    assert response.dollars == pytest.approx((3 * 8 * 2 + 2 * 5 * 8) / 1e6)


ENGINE_EXAMPLES = 500 if settings.default.max_examples <= 100 else 10_000


@pytest.mark.hypothesis  # `make chaos` selects by it, and does not see a @given inside
@pytest.mark.timeout(3600)  # 10,000 examples there
@pytest.mark.slow
def test_no_json_document_in_place_of_an_answer_raises_past_the_engine(monkeypatch):
    monkeypatch.setattr("culture_ray.engines.openai.engine.backoff_s", lambda *_: 0.0)
    monkeypatch.setattr(Evidence, "answered_since", lambda *_: True)
    content: list[bytes] = []
    good = completion()

    async def run(folder):
        with loopback(lambda _: Reply(content.pop()) if content else as_json(good)) as server:
            model = Model("openai", "lab", "m", api=api(server.base_url, attempts=1))
            engine = OpenAiEngine(model, RecordingAccount(), folder)
            await engine.start()
            numbers = iter(range(10**9))

            @settings(max_examples=ENGINE_EXAMPLES)
            @given(ANSWERS)
            def answered(body):
                # Faults that may pass are waited out: at the third time there is an answer.
                content[:] = [json.dumps(body).encode()] * 2
                request = Request(f"r{next(numbers)}", "p", Sampling(), schema="{}", options=("A",))
                future = asyncio.run_coroutine_threadsafe(engine.generate(request), loop)
                try:
                    response = future.result(60)
                except ModelStops:
                    return  # a refusal of the whole model in the body's words
                finally:
                    engine._sender.stopped = None
                    engine._sender._bodies.adaptations = ()
                assert (response.text is None) == (response.failure is not None)
                json.dumps(vars(response), ensure_ascii=False).encode()

            loop = asyncio.get_running_loop()
            await asyncio.to_thread(answered)
            await engine.close()

    with TemporaryDirectory() as folder:
        asyncio.run(run(Path(folder)))
