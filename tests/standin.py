"""Stand-in engine for tests, with planned service times and faults in place of vLLM.

Configured by its model's `env`: STANDIN_SECONDS is the mean service time of a request;
STANDIN_POISON, _HANGS, _TRANSIENT and _BAD are request ids, separated by blanks, that kill its
process, make it hang for ever, fail at their first attempt, and always fail; STANDIN_HANGS_ONCE is
a file that is created at the first hang and prevents others; STANDIN_REFUSES is the error message
with which it fails to start; STANDIN_LOAD_SECONDS is its load time. STANDIN_OPEN is a file with a
number: requests of units from that number on wait (`Gate`). STANDIN_PAUSES_AFTER is the number of
requests that a process answers before it waits for the file STANDIN_GOES_ON. With
STANDIN_CONVERSES its answers are new at each try, and repeat what the earlier answers of their
conversation were (`conversed`).
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import secrets
import signal
from collections.abc import Sequence
from pathlib import Path

from culture_ray.engines.interface import Request, Response
from culture_ray.engines.model import Model
from culture_ray.errors import EngineFailed

OPINIONS = 10


class StandInEngine:
    """Engine that returns a numbered list or a judge's JSON, after a time derived from the id."""

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
        self._pauses_after = float(env.get("STANDIN_PAUSES_AFTER", "inf"))
        self._goes_on = Path(env.get("STANDIN_GOES_ON", "/"))
        self._converses = "STANDIN_CONVERSES" in env
        self._begun = 0
        self._silent = False
        self._tried: set[str] = set()

    async def start(self) -> None:
        """Wait for the planned load time; raises EngineFailed if planned."""
        await asyncio.sleep(self._load_seconds)
        if self._refuses is not None:
            raise EngineFailed(self._refuses)

    async def generate(self, request: Request) -> Response:
        """Return a text derived from the request alone, or fail as planned."""
        key = request.request_id
        if key in self._poison:
            os.kill(os.getpid(), signal.SIGKILL)
        self._silent = self._silent or (key in self._hangs and self._may_hang())
        while self._silent:  # noqa: ASYNC110 - hangs on purpose
            await asyncio.sleep(3600)
        while self._gate is not None and not self._gate.allows(key):  # noqa: ASYNC110 - a file
            await asyncio.sleep(0.1)
        self._begun += 1
        late = self._begun > self._pauses_after
        while late and not self._goes_on.exists():  # noqa: ASYNC110 - a file
            await asyncio.sleep(0.1)
        share = _share(key)
        await asyncio.sleep(self._seconds * (0.5 + share))
        if key in self._bad:
            return Response(key, None, "error", failure="ValueError: the prompt is too long")
        if key in self._transient and key not in self._tried:
            self._tried.add(key)
            return Response(key, None, "error", failure="busy", transient=True)
        text = _judged(request) if request.schema else _opinions(share)
        if self._converses:
            text = conversed(secrets.token_hex(4), [turn.assistant for turn in request.turns])
        return Response(key, text, "stop", len(request.prompt) // 4, len(text) // 4)

    def _may_hang(self) -> bool:
        """Return True if it should hang now: always, or only the first time."""
        if self._hung is None:
            return True
        first = not Path(self._hung).exists()
        Path(self._hung).touch()
        return first

    async def close(self) -> None:
        """Do nothing: there is nothing to free."""


class Gate:
    """Gate in a file: the number of units of a sweep that may be answered.

    A test that opens it step by step knows what has happened between two steps, however slow the
    machine is.
    """

    def __init__(self, file: Path) -> None:
        self._file = file

    def open(self, units: int) -> None:
        """Let the first `units` units through."""
        new = self._file.with_suffix(".new")
        new.write_text(str(units))
        new.rename(self._file)

    def waiting(self) -> int:
        """Return the number of processes that have, or had, a waiting request."""
        return len(list(self._file.parent.glob(f"{self._file.name}-*")))

    def allows(self, request_id: str) -> bool:
        """Return True if a request's unit, the last number but one of its id, may pass."""
        passes = int(request_id.split("-")[-2]) < int(self._file.read_text())
        if not passes:
            Path(f"{self._file}-{os.getpid()}").touch()
        return passes


def conversed(word: str, earlier: Sequence[str]) -> str:
    """Return an answer that holds a word of its own and those of the earlier answers."""
    said = [text.split()[2] for text in earlier]
    return " ".join(["A.", "Said", word, "after", *said])


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
