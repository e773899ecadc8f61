"""Comparison of a session with its expectation, and the invariants of every session."""

from __future__ import annotations

import io
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa

from culture_ray.engines.interface import Response
from culture_ray.errors import ModelStops
from culture_ray.judging.parse import JudgeReading, parse_answer
from culture_ray.redaction.console import SafeConsole
from tests.providers.behaviour import Behaviour, Expect, Mode
from tests.providers.session import LANGUAGES, Session


def differences(expected: Expect, found: Session, mode: Mode) -> list[str]:
    """Return in which ways a session differs from its expectation, as sentences."""
    return list(_differences(expected, found, mode))


def broken_invariants(behaviour: Behaviour, found: Session, folder: Path) -> list[str]:
    """Return the invariants that a session breaks, as sentences."""
    return list(_broken(behaviour, found, folder))


def _differences(expected: Expect, found: Session, mode: Mode) -> Iterator[str]:
    rows = [r for r in found.responses if isinstance(r, Response)]
    texts = [r for r in rows if r.text is not None]
    failed = [r for r in rows if r.text is None]
    stopped = [str(r) for r in found.responses if not isinstance(r, Response)]
    words = sorted({str(r.failure) for r in failed})
    if expected.texts is None:
        least = most = len(found.responses) - len(failed) - len(stopped)
    else:
        least, most = expected.texts
    if not least <= len(texts) <= most:
        yield f"{len(texts)} texts, not {least} to {most}"
    if not expected.failed[0] <= len(failed) <= expected.failed[1]:
        yield f"{len(failed)} failed rows, not {expected.failed}: {words}"
    if expected.reason and not all(expected.reason.lower() in w.lower() for w in words):
        yield f"reasons lack {expected.reason!r}: {words}"
    if expected.unasked != bool(stopped):
        yield f"{len(stopped)} requests are unasked: {stopped[:1]}"
    if expected.says and not all(expected.says.lower() in line.lower() for line in stopped):
        yield f"the sentence lacks {expected.says!r}: {stopped[:1]}"
    if found.seconds < expected.waits_s:
        yield f"took {found.seconds:.1f} s, less than {expected.waits_s:g}"
    repeats = found.asked - len(found.responses)
    if not expected.unasked and not expected.repeats[0] <= repeats <= expected.repeats[1]:
        yield f"{repeats} requests were repeated, not {expected.repeats}"
    if expected.text is not None and texts and expected.text not in str(texts[0].text):
        yield f"the first text is {texts[0].text!r}"
    yield from _thoughts(expected, rows)
    if expected.finish and any(r.finish_reason != expected.finish for r in failed):
        yield f"failed rows ended with {sorted({r.finish_reason for r in failed})}"
    if expected.without and expected.without in found.server.asks[found.asked - 1].body:
        yield f"{expected.without} is still sent"
    if mode.endswith("judge"):
        readings = [parse_answer(str(r.text), max_opinions=20, languages=LANGUAGES) for r in texts]
        if not all(isinstance(reading, JudgeReading) for reading in readings):
            yield f"labels cannot be read: {readings}"
    yield from _charges(expected, found)


def _thoughts(expected: Expect, rows: list[Response]) -> Iterator[str]:
    found = {row.thoughts for row in rows}
    if expected.thoughts == "" and found != {None}:
        yield f"rows have thoughts: {found}"
    if expected.thoughts and not all(expected.thoughts in (words or "") for words in found):
        yield f"thoughts lack {expected.thoughts!r}: {found}"
    if expected.thoughts and any(expected.thoughts in (row.text or "") for row in rows):
        yield f"{expected.thoughts!r} is in a text"
    counts = {row.reasoning_tokens for row in rows}
    if expected.reasoning_tokens is not None and counts != {expected.reasoning_tokens}:
        yield f"thoughts have {counts} tokens, not {expected.reasoning_tokens}"


def _charges(expected: Expect, found: Session) -> Iterator[str]:
    kept = sum(row["state"] in {"kept", "open"} for row in found.spending)
    states = sorted({f"{row['state']}: {row['reason']}" for row in found.spending})
    match expected.charge:
        case "tokens" if abs(found.charged - found.billed) > 1e-6:
            yield f"charged {found.charged:.6f}, billed {found.billed:.6f}: {states}"
        case "nothing" if kept or abs(found.charged - found.billed) > 1e-6:
            yield f"{kept} attempts are charged at their maximum: {states}"
        case "maximum" if not kept:
            yield f"no attempt is charged at its maximum: {states}"


def _broken(behaviour: Behaviour, found: Session, folder: Path) -> Iterator[str]:
    for response in (*found.responses, *found.later):
        if not isinstance(response, Response | ModelStops):
            yield f"raised past the engine: {response!r}"
        elif isinstance(response, ModelStops):
            yield from _unprintable(str(response))
        else:
            yield from _unprintable(f"{response.failure} {response.finish_reason}")
            yield from _unwritable(response)
    for before, later in zip(found.responses, found.later, strict=True):
        paid = isinstance(before, Response) and before.text is not None
        if paid and isinstance(later, Response) and later.text != before.text:  # type: ignore[union-attr]
            yield f"{later.request_id} was paid for and asked again"
    billed = found.server.bills.dollars
    if not behaviour.expected.over_ok and billed > found.charged_in_the_end + 1e-9:
        yield f"the server billed {billed:.6f}, charged are {found.charged_in_the_end:.6f}"
    if behaviour.cap is not None and found.charged_in_the_end > behaviour.cap + 1e-9:
        yield f"charged {found.charged_in_the_end:.6f} of a cap of {behaviour.cap}"
    yield from _secrets(behaviour.key, folder)


def _unprintable(words: str) -> Iterator[str]:
    """Yield what is wrong with words of a provider on the screen."""
    screen = io.StringIO()
    SafeConsole(file=screen).write_line(words)
    shown = screen.getvalue().removesuffix("\n")
    if any(unicodedata.category(c) in {"Cc", "Cs"} for c in shown):
        yield f"control characters on the screen: {shown!r}"


def _unwritable(response: Response) -> Iterator[str]:
    try:
        words = [response.text, response.failure, response.finish_reason, response.thoughts]
        pa.array(words, pa.string())
    except (UnicodeEncodeError, pa.ArrowException):
        yield f"{response.request_id}: the row cannot be written to a table"


def _secrets(key: str, folder: Path) -> Iterator[str]:
    for path in folder.rglob("*"):
        if path.is_file() and key.encode() in path.read_bytes():
            yield f"the key is in {path.relative_to(folder)}"
