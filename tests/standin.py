"""A stand-in engine with planned service times, for injecting faults beside real vLLM."""

from __future__ import annotations

import asyncio
import hashlib
import json

from culture_ray.engines.interface import Request, Response
from culture_ray.engines.model import Model

OPINIONS = 10


class StandInEngine:
    """Answers after a time derived from the request's id: a numbered list, or a judge's JSON."""

    def __init__(self, model: Model) -> None:
        self.in_flight = model.in_flight
        self._seconds = float(model.env.get("STANDIN_SECONDS", "0.2"))

    async def start(self) -> None:
        """Be ready at once."""

    async def generate(self, request: Request) -> Response:
        """Return a text that depends on the request alone."""
        share = _share(request.request_id)
        await asyncio.sleep(self._seconds * (0.5 + share))
        text = _judged(request) if request.schema else _opinions(share)
        return Response(request.request_id, text, "stop", len(request.prompt) // 4, len(text) // 4)

    async def close(self) -> None:
        """Hold nothing."""


def _opinions(share: float) -> str:
    lines = []
    for number in range(1, OPINIONS + 1):
        side = "in favour of it" if number <= share * OPINIONS else "against it"
        lines.append(f"{number}. Citizen {number} is {side} and explains why at some length.")
    return "\n".join(lines)


def _judged(request: Request) -> str:
    asked = request.prompt.rpartition("<text>")[2]
    stances = ["pro"] * asked.count("in favour") + ["con"] * asked.count("against")
    return json.dumps({"language": "en", "stances": stances})


def _share(request_id: str) -> float:
    return hashlib.sha256(request_id.encode()).digest()[0] / 255
