"""One exchange with the scripted server: what was asked, and what is sent back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal, Protocol

from tests.api_server import answers
from tests.api_server.settings import Answers

Ending = Literal["whole", "dropped", "cut"]
"""Whole; connection closed before the first byte; connection closed within the body."""

Framing = Literal["length", "chunked", "until closed"]
"""Framing of a body: by its length, in chunks, or by the end of the connection, as
HTTP/1.0 does."""


@dataclass(frozen=True)
class Reply:
    """Answer of the server to one request, or to one line of a batch."""

    status: int = 200
    body: Any = None
    """Sent as JSON; bytes are sent as they are."""
    headers: Mapping[str, str] = field(default_factory=dict)
    billed: tuple[int, int] = (0, 0)
    """Input and output tokens that the server counts for its bill."""
    fee: float = 0.0
    """Dollars that it bills beside them."""
    after_s: float = 0.0
    """Time until the first byte."""
    ending: Ending = "whole"
    framing: Framing = "length"
    line_error: Mapping[str, Any] | None = None
    """Error of a batch's line that has no response."""


class Batches(Protocol):
    """Batches at the server, to be spoilt after they were created."""

    def fail(self, code: str, message: str, of: str | None = None) -> None:
        """Let the newest batch fail in its validation, if it has the request `of`."""

    def refuse(self, field: str, code: str, message: str) -> None:
        """Let the newest batch fail in its validation, if a line's body has a field."""

    def end_early(self, share: float, status: str, code: str) -> None:
        """Let the newest batch end after a share of its lines."""


@dataclass(frozen=True)
class Ask:
    """Request to the server; `number` counts from 1 those to the same route."""

    route: str
    number: int
    seconds: float
    """Time since the first request to the server."""
    body: Mapping[str, Any]
    good: Callable[[], Reply]
    """Return the answer of a provider without faults."""
    headers: Mapping[str, str] = field(default_factory=dict)
    request_id: str = ""
    batches: Batches | None = None


Script = Callable[[Ask], Reply]
"""Behaviour of a provider: from a request to the answer."""

_AT_ONCE = Answers(seconds=0.0)


def good_reply(body: Mapping[str, Any], form: str, number: int) -> Reply:
    """Return the answer to a request in its own form, as `tests/api_server` gives it."""
    parsed = answers.parse(dict(body), form == "responses")
    completion = answers.answer(parsed, _AT_ONCE, None)
    if completion.finish == "length":  # the text is as long as the tokens that are billed
        completion = replace(completion, text=completion.text[: 3 * completion.output_tokens])
    tokens = completion.input_tokens, completion.output_tokens
    return Reply(body=answers.body(parsed, completion, None, number), billed=tokens)
