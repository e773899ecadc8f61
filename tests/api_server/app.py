"""Application of the server: routes, faults and control."""

from __future__ import annotations

import asyncio
import json
import random
import time
from collections import Counter
from dataclasses import asdict
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from culture_ray.config.build import build
from tests.api_server import answers
from tests.api_server.batches import BatchStore
from tests.api_server.bills import Bills
from tests.api_server.limits import Admission, RateLimiter, charge
from tests.api_server.odd import odd
from tests.api_server.settings import Fault, Settings

_REFUSALS: dict[Fault, tuple[int, str, str]] = {
    "rate": (429, "rate_limit_exceeded", "Rate limit reached"),
    "quota": (429, "insufficient_quota", "You exceeded your current quota"),
    "unauthorised": (401, "invalid_api_key", "Incorrect API key provided: {key}"),
    "forbidden": (403, "unsupported_country", "Country not supported"),
    "bad_request": (400, "invalid_value", "This request cannot be served"),
    "conflict": (409, "conflict", "Try again"),
    "error": (500, "server_error", "The server had an error"),
    "unavailable": (503, "overloaded", "The engine is overloaded"),
}

_SPOILT = ("stall", "dropped_after", "truncated", "malformed")
"""Faults that are billed and leave the client without an answer."""


class ApiServer:
    """State and routes of the server."""

    def __init__(self, settings: Settings) -> None:
        self.bills = Bills()
        self.apply(settings)
        self.batch_store = BatchStore(self.bills, lambda: self.settings)
        self.statuses: Counter[str] = Counter()
        self.admitted = 0
        self.charged = 0.0
        self.running = self.most_running = 0
        self.number = 0
        self.queued: list[tuple[str, str]] = []
        """Faults for the next requests: (prefix of the path, fault)."""
        self.app = Starlette(
            routes=[
                Route("/v1/chat/completions", self.complete, methods=["POST"]),
                Route("/v1/responses", self.complete, methods=["POST"]),
                Route("/v1/files", self.upload, methods=["POST"]),
                Route("/v1/files/{name}/content", self.content),
                Route("/v1/batches", self.create, methods=["POST"]),
                Route("/v1/batches", self.listed),
                Route("/v1/batches/{name}", self.retrieve),
                Route("/v1/batches/{name}/cancel", self.cancel, methods=["POST"]),
                Route("/control/stats", self.stats),
                Route("/control/settings", self.change, methods=["POST"]),
                Route("/control/next", self.queue, methods=["POST"]),
            ]
        )

    def apply(self, settings: Settings) -> None:
        self.settings = settings
        self.limiter = RateLimiter(settings.limits, time.monotonic())
        self.chance = random.Random(settings.storm.seed)

    # --- answering

    async def complete(self, request: Request) -> Response:
        raw = await request.body()
        if (refused := self._unknown(request)) is not None:
            return refused
        parsed = answers.parse(json.loads(raw), request.url.path.endswith("/responses"))
        key = request.headers.get("x-client-request-id", parsed.text)
        charged = charge(self.settings.limits, parsed.input_tokens, parsed.max_tokens)
        admission = self.limiter.admit(charged, time.monotonic())
        if not admission.admitted:
            return self._refuse("rate", admission)
        self.admitted, self.charged = self.admitted + 1, self.charged + charged
        fault = self._fault(request.url.path)
        if fault in _REFUSALS:
            return self._refuse(fault, admission)
        if fault == "dropped_before":
            self.statuses["dropped"] += 1
            return Dropped()
        return await self._serve(parsed, key, fault, admission)

    async def _serve(
        self, parsed: answers.ParsedRequest, key: str, fault: Fault | None, admission: Admission
    ) -> Response:
        settings = self.settings
        self.running += 1
        self.most_running = max(self.most_running, self.running)
        try:
            late = settings.storm.stall_s if fault == "stall" else 0.0
            spread = settings.answers.seconds_spread * self.chance.random()
            await asyncio.sleep(settings.answers.seconds + spread)
            completion = answers.answer(parsed, settings.answers, fault)
            self.bills.add(
                key, completion, settings.money, completion.tier, spoilt=fault in _SPOILT
            )
            if settings.limits.charge == "actual":
                self.limiter.take(0.0, completion.output_tokens)
                self.charged += completion.output_tokens
            await asyncio.sleep(late)
        finally:
            self.running -= 1
        self.number += 1
        body = answers.body(parsed, completion, fault, self.number)
        text = json.dumps(odd(body, self.number) if fault == "odd" else body).encode()
        self.statuses["200"] += 1
        if fault == "dropped_after":
            return Dropped()
        if fault == "truncated":
            text = text[: len(text) // 2]
        return Response(text, media_type="application/json", headers=self._headers(admission))

    def _fault(self, path: str) -> Fault | None:
        for index, (start, fault) in enumerate(self.queued):
            if path.startswith(start):
                del self.queued[index]
                return fault  # type: ignore[return-value]
        draw = self.chance.random()
        for fault, rate in self.settings.storm.rates.items():
            draw -= rate
            if draw < 0:
                return fault
        return None

    def _refuse(self, fault: Fault, admission: Admission | None = None) -> Response:
        status, code, message = _REFUSALS[fault]
        self.statuses[str(status)] += 1
        headers = {} if admission is None else self._headers(admission)
        if fault == "rate" and self.settings.limits.headers:
            wait = (
                admission.wait_s
                if admission and admission.wait_s
                else self.settings.storm.retry_after_s
            )
            headers |= {"retry-after": f"{wait:.3f}", "retry-after-ms": f"{wait * 1000:.0f}"}
        kind = "insufficient_quota" if fault == "quota" else "requests"
        message = message.replace("{key}", self.settings.key)
        error = {"message": message, "type": kind, "param": None, "code": code}
        return JSONResponse({"error": error}, status, headers)

    def _headers(self, admission: Admission) -> dict[str, str]:
        limits = self.settings.limits
        if not limits.headers:
            return {}
        found = {}
        for kind, most, left, bucket in (
            ("requests", limits.rpm, admission.remaining_requests, self.limiter.requests),
            ("tokens", limits.tpm, admission.remaining_tokens, self.limiter.tokens),
        ):
            if most is not None and left is not None and bucket is not None:
                reset = (bucket.capacity - bucket.level) / bucket.rate
                found[f"x-ratelimit-limit-{kind}"] = f"{most:.0f}"
                found[f"x-ratelimit-remaining-{kind}"] = str(left)
                found[f"x-ratelimit-reset-{kind}"] = f"{reset * 1000:.0f}ms"
        return found

    def _unknown(self, request: Request) -> Response | None:
        if request.headers.get("authorization") == f"Bearer {self.settings.key}":
            return None
        return self._refuse("unauthorised")

    # --- batches

    async def upload(self, request: Request) -> Response:
        async with request.form() as form:
            content = await form["file"].read()  # type: ignore[union-attr]
        return self._guarded(request, lambda: self.batch_store.upload(content))

    async def content(self, request: Request) -> Response:
        name = request.path_params["name"]
        if (refused := self._unknown(request)) is not None:
            return refused
        fault = self._queued(request.url.path)
        if fault in _REFUSALS:
            return self._refuse(fault)
        return Response(self.batch_store.files[name])

    async def create(self, request: Request) -> Response:
        asked = json.loads(await request.body())
        return self._guarded(request, lambda: self.batch_store.create(asked, time.time()))

    async def retrieve(self, request: Request) -> Response:
        name = request.path_params["name"]
        return self._guarded(request, lambda: self.batch_store.shown(name, time.time()))

    async def cancel(self, request: Request) -> Response:
        name = request.path_params["name"]
        return self._guarded(request, lambda: self.batch_store.cancel(name, time.time()))

    async def listed(self, request: Request) -> Response:
        names = list(reversed(self.batch_store.batches))  # newest first
        after, limit = request.query_params.get("after"), int(request.query_params.get("limit", 20))
        start = names.index(after) + 1 if after else 0
        page = names[start : start + limit]

        def page_of() -> dict[str, Any]:
            data = [self.batch_store.shown(name, time.time()) for name in page]
            last = page[-1] if page else None
            more = start + limit < len(names)
            return {"object": "list", "data": data, "last_id": last, "has_more": more}

        return self._guarded(request, page_of)

    def _guarded(self, request: Request, act: Any) -> Response:
        if (refused := self._unknown(request)) is not None:
            return refused
        fault = self._queued(request.url.path)
        if fault in _REFUSALS:
            return self._refuse(fault)
        if fault == "dropped_before":
            return Dropped()
        try:
            content = act()
        except ValueError as error:
            return JSONResponse({"error": {"message": str(error), "code": "invalid"}}, 400)
        return Dropped() if fault == "dropped_after" else JSONResponse(content)

    def _queued(self, path: str) -> Fault | None:
        """Return the fault that a test queued for this path; storms spare files and batches."""
        for index, (start, fault) in enumerate(self.queued):
            if path.startswith(start):
                del self.queued[index]
                return fault  # type: ignore[return-value]
        return None

    # --- control

    async def stats(self, request: Request) -> Response:
        return JSONResponse(
            {
                "now": time.monotonic(),
                "statuses": dict(self.statuses),
                "admitted": self.admitted,
                "charged": self.charged,
                "dollars": self.bills.dollars,
                "output_tokens": self.bills.output_tokens,
                "paid": dict(self.bills.paid),
                "spoilt": self.bills.spoilt,
                "most_running": self.most_running,
                "batches": [
                    self.batch_store.shown(name, time.time()) for name in self.batch_store.batches
                ],
                "settings": asdict(self.settings),
            }
        )

    async def change(self, request: Request) -> Response:
        changes = json.loads(await request.body())
        merged = asdict(self.settings)
        for part, values in changes.items():
            merged[part] = {**merged[part], **values} if isinstance(values, dict) else values
        old_limiter = self.limiter
        self.apply(build(Settings, merged, "settings"))
        if "limits" not in changes:
            self.limiter = old_limiter
        return JSONResponse({})

    async def queue(self, request: Request) -> Response:
        self.queued += [tuple(entry) for entry in json.loads(await request.body())]
        return JSONResponse({})


class Dropped(Response):
    """Response whose connection is lost before it is complete."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = [(b"content-type", b"application/json"), (b"content-length", b"1000")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b"{", "more_body": True})
