"""The server itself: routes, faults and control."""

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
from tests.api_server.batches import Desk
from tests.api_server.bills import Bills
from tests.api_server.limits import Door, Verdict, charge
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
"""Billed, and of no use to whoever asked."""


class ApiServer:
    """State and routes."""

    def __init__(self, settings: Settings) -> None:
        self.bills = Bills()
        self.apply(settings)
        self.desk = Desk(self.bills, lambda: self.settings)
        self.statuses: Counter[str] = Counter()
        self.admitted = 0
        self.charged = 0.0
        self.running = self.most_running = 0
        self.number = 0
        self.queued: list[tuple[str, str]] = []
        """Faults for the next requests: (path begins with, fault)."""
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
        self.door = Door(settings.limits, time.monotonic())
        self.chance = random.Random(settings.storm.seed)

    # --- answering

    async def complete(self, request: Request) -> Response:
        raw = await request.body()
        if (refused := self._unknown(request)) is not None:
            return refused
        asked = answers.read(json.loads(raw), request.url.path.endswith("/responses"))
        key = request.headers.get("x-client-request-id", asked.text)
        charged = charge(self.settings.limits, asked.input_tokens, asked.max_tokens)
        verdict = self.door.knock(charged, time.monotonic())
        if not verdict.admitted:
            return self._refuse("rate", verdict)
        self.admitted, self.charged = self.admitted + 1, self.charged + charged
        fault = self._fault(request.url.path)
        if fault in _REFUSALS:
            return self._refuse(fault, verdict)
        if fault == "dropped_before":
            self.statuses["dropped"] += 1
            return Dropped()
        return await self._serve(asked, key, fault, verdict)

    async def _serve(
        self, asked: answers.Asked, key: str, fault: Fault | None, verdict: Verdict
    ) -> Response:
        settings = self.settings
        self.running += 1
        self.most_running = max(self.most_running, self.running)
        try:
            late = settings.storm.stall_s if fault == "stall" else 0.0
            spread = settings.answers.seconds_spread * self.chance.random()
            await asyncio.sleep(settings.answers.seconds + spread)
            given = answers.answer(asked, settings.answers, fault)
            self.bills.add(key, given, settings.money, given.tier, spoilt=fault in _SPOILT)
            if settings.limits.charge == "actual":
                self.door.take(0.0, given.output_tokens)
                self.charged += given.output_tokens
            await asyncio.sleep(late)
        finally:
            self.running -= 1
        self.number += 1
        text = json.dumps(answers.body(asked, given, fault, self.number)).encode()
        self.statuses["200"] += 1
        if fault == "dropped_after":
            return Dropped()
        if fault == "truncated":
            text = text[: len(text) // 2]
        return Response(text, media_type="application/json", headers=self._headers(verdict))

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

    def _refuse(self, fault: Fault, verdict: Verdict | None = None) -> Response:
        status, code, message = _REFUSALS[fault]
        self.statuses[str(status)] += 1
        headers = {} if verdict is None else self._headers(verdict)
        if fault == "rate" and self.settings.limits.headers:
            wait = (
                verdict.wait_s if verdict and verdict.wait_s else self.settings.storm.retry_after_s
            )
            headers |= {"retry-after": f"{wait:.3f}", "retry-after-ms": f"{wait * 1000:.0f}"}
        kind = "insufficient_quota" if fault == "quota" else "requests"
        message = message.replace("{key}", self.settings.key)
        error = {"message": message, "type": kind, "param": None, "code": code}
        return JSONResponse({"error": error}, status, headers)

    def _headers(self, verdict: Verdict) -> dict[str, str]:
        limits = self.settings.limits
        if not limits.headers:
            return {}
        found = {}
        for kind, most, left, meter in (
            ("requests", limits.rpm, verdict.remaining_requests, self.door.requests),
            ("tokens", limits.tpm, verdict.remaining_tokens, self.door.tokens),
        ):
            if most is not None and left is not None and meter is not None:
                reset = (meter.capacity - meter.level) / meter.rate
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
        return self._guarded(request, lambda: self.desk.upload(content))

    async def content(self, request: Request) -> Response:
        name = request.path_params["name"]
        if (refused := self._unknown(request)) is not None:
            return refused
        fault = self._queued(request.url.path)
        if fault in _REFUSALS:
            return self._refuse(fault)
        return Response(self.desk.files[name])

    async def create(self, request: Request) -> Response:
        asked = json.loads(await request.body())
        return self._guarded(request, lambda: self.desk.create(asked, time.time()))

    async def retrieve(self, request: Request) -> Response:
        name = request.path_params["name"]
        return self._guarded(request, lambda: self.desk.shown(name, time.time()))

    async def cancel(self, request: Request) -> Response:
        name = request.path_params["name"]
        return self._guarded(request, lambda: self.desk.cancel(name, time.time()))

    async def listed(self, request: Request) -> Response:
        names = list(reversed(self.desk.batches))  # newest first
        after, limit = request.query_params.get("after"), int(request.query_params.get("limit", 20))
        start = names.index(after) + 1 if after else 0
        page = names[start : start + limit]

        def page_of() -> dict[str, Any]:
            data = [self.desk.shown(name, time.time()) for name in page]
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
            said = act()
        except ValueError as error:
            return JSONResponse({"error": {"message": str(error), "code": "invalid"}}, 400)
        return Dropped() if fault == "dropped_after" else JSONResponse(said)

    def _queued(self, path: str) -> Fault | None:
        """Return the fault that a test put in this path's way; storms spare files and batches."""
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
                "batches": [self.desk.shown(name, time.time()) for name in self.desk.batches],
                "settings": asdict(self.settings),
            }
        )

    async def change(self, request: Request) -> Response:
        changes = json.loads(await request.body())
        merged = asdict(self.settings)
        for part, values in changes.items():
            merged[part] = {**merged[part], **values} if isinstance(values, dict) else values
        before = self.door
        self.apply(build(Settings, merged, "settings"))
        if "limits" not in changes:
            self.door = before
        return JSONResponse({})

    async def queue(self, request: Request) -> Response:
        self.queued += [tuple(entry) for entry in json.loads(await request.body())]
        return JSONResponse({})


class Dropped(Response):
    """A connection that ends before the answer does."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = [(b"content-type", b"application/json"), (b"content-length", b"1000")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b"{", "more_body": True})
