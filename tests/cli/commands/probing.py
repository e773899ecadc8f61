"""Servers, a model file and a reader of lines for the tests of `culture-ray probe`."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from culture_ray.tools.probe.probes import SHORT_OUTPUT
from tests.conftest import Said
from tests.providers.exchange import Ask, Reply, Script
from tests.providers.server import ScriptedServer
from tests.providers.vocabulary import (
    answer,
    error,
    good,
    status,
    with_field,
)

KEY = "sk-probe-0123456789abcdef"
FILE = """\
# @package model.lab
engine: openai  # a server of ours
family: lab
source: lab-1
gpus_per_replica: 0
cpus_per_replica: 0
api:
  base_url: {base_url}
  key_variable: LAB_KEY  # never the key itself
prices: {{input: 2.0, output: 8.0}}
limits: {{requests_per_minute: 60000}}
licence: none
"""


@contextmanager
def serving(script: Script) -> Iterator[ScriptedServer]:
    """Run a scripted server in a thread of its own."""
    loop, server = asyncio.new_event_loop(), ScriptedServer("ask", script)
    loop.run_until_complete(server.start())
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        yield server
    finally:
        asyncio.run_coroutine_threadsafe(server.stop(), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


def line_of(said: Said, what: str) -> list[str]:
    """Return the verdict and the detail of a line, as words."""
    lines = (line.strip() for line in said.out.splitlines())
    return next(line for line in lines if line.startswith(f"{what} ")).removeprefix(what).split()


def able(ask: Ask) -> Reply:
    """Answer as a server that follows everything it is asked."""
    body = ask.body
    if SHORT_OUTPUT in (body.get("max_tokens"), body.get("max_completion_tokens")):
        return answer("A", choice={"finish_reason": "length"})(ask)
    if "response_format" in body:
        return answer('{"colour": "green"}')(ask)
    if "stop" in body:
        return answer("Monday, Tuesday, ")(ask)
    if any(message["role"] == "system" for message in body["messages"]):
        return answer("Marmalade.")(ask)
    return good(ask)


def without_schema(ask: Ask) -> Reply:
    refused = status(400, error("This response_format type is unavailable now"))
    return (
        with_field("response_format", refused)(ask) if "response_format" in ask.body else able(ask)
    )
