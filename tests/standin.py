"""A stand-in engine with planned service times and planned faults, beside real vLLM.

What it does is in its model's `env`: STANDIN_SECONDS is the mean service time of a request;
STANDIN_POISON, _HANGS, _TRANSIENT and _BAD are request ids, separated by blanks, that kill its
process, make it silent for ever, fail at their first try, and fail always; STANDIN_HANGS_ONCE is a
file that is made at the first silence and prevents others; STANDIN_REFUSES are the words with which
it cannot start; STANDIN_LOAD_SECONDS is how long it loads. STANDIN_OPEN is a file with a number:
requests of the units from there on wait (`Gate`).
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import signal
from pathlib import Path

from culture_ray.engines.interface import Request, Response
from culture_ray.engines.model import Model
from culture_ray.errors import EngineFailed

OPINIONS = 10


class StandInEngine:
    """Answers after a time derived from the request's id: a numbered list, or a judge's JSON."""

    def __init__(self, model: Model) -> None:
        env = model.env
        self.in_flight = model.in_flight
        self._seconds = float(env.get("STANDIN_SECONDS", "0.2"))
        self._load_seconds = float(env.get("STANDIN_LOAD_SECONDS", "0"))
        self._refuses = env.get("STANDIN_REFUSES")
        self._poison, self._hangs, self._transient, self._bad = (
            frozenset(env.get(f"STANDIN_{kind}", "").split())
            for kind in ("POISON", "HANGS", "TRANSIENT", "BAD")
        )
        self._hung = env.get("STANDIN_HANGS_ONCE")
        self._gate = Gate(Path(env["STANDIN_OPEN"])) if "STANDIN_OPEN" in env else None
        self._silent = False
        self._tried: set[str] = set()

    async def start(self) -> None:
        """Be ready after the planned time."""
        await asyncio.sleep(self._load_seconds)
        if self._refuses is not None:
            raise EngineFailed(self._refuses)

    async def generate(self, request: Request) -> Response:
        """Return a text that depends on the request alone, or fail as planned."""
        key = request.request_id
        if key in self._poison:
            os.kill(os.getpid(), signal.SIGKILL)
        self._silent = self._silent or (key in self._hangs and self._may_hang())
        while self._silent:  # noqa: ASYNC110 - nothing will ever happen
            await asyncio.sleep(3600)
        while self._gate is not None and not self._gate.lets(key):  # noqa: ASYNC110 - a file
            await asyncio.sleep(0.1)
        share = _share(key)
        await asyncio.sleep(self._seconds * (0.5 + share))
        if key in self._bad:
            return Response(key, None, "error", failure="ValueError: the prompt is too long")
        if key in self._transient and key not in self._tried:
            self._tried.add(key)
            return Response(key, None, "error", failure="busy", transient=True)
        text = _judged(request) if request.schema else _opinions(share)
        return Response(key, text, "stop", len(request.prompt) // 4, len(text) // 4)

    def _may_hang(self) -> bool:
        """Return whether to hang now: always, or only the first of several times."""
        if self._hung is None:
            return True
        first = not Path(self._hung).exists()
        Path(self._hung).touch()
        return first

    async def close(self) -> None:
        """Hold nothing."""


class Gate:
    """A number in a file: how many units of a sweep may be answered.

    A test that opens it step by step knows what has happened between two steps, however slow the
    machine is.
    """

    def __init__(self, file: Path) -> None:
        self._file = file

    def open(self, units: int) -> None:
        """Let the first so many units through."""
        new = self._file.with_suffix(".new")
        new.write_text(str(units))
        new.rename(self._file)

    def waiting(self) -> int:
        """Return how many processes have, or once had, a request that waits."""
        return len(list(self._file.parent.glob(f"{self._file.name}-*")))

    def lets(self, request_id: str) -> bool:
        """Return whether a request's unit, the last number but one of its id, may pass."""
        passes = int(request_id.split("-")[-2]) < int(self._file.read_text())
        if not passes:
            Path(f"{self._file}-{os.getpid()}").touch()
        return passes


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
