"""Responses that a report shows in full: examples by topic, and those of its browser."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Example:
    """One response with the judge's stances."""

    model: str
    language: str
    topic: str
    prompt: str
    text: str
    stances: tuple[str, ...] = ()
    status: str = "labelled"
    protocol: str = ""
    """With the persona's country; shown if the run has several protocols."""
    judged: bool = True
    """False if the label comes from a rule, so that no judge gives stances."""


@dataclass(frozen=True)
class BrowsedResponse:
    """One response for the browser of the page, with the judge's stances where they stand."""

    model: str
    language: str
    topic: str
    protocol: str
    prompt: str
    text: str
    """First characters of the response, with control characters made visible."""
    left_out: int = 0
    """Number of further characters."""
    status: str = "not judged"
    flags: tuple[str, ...] = ()
    """Flags of tables.LABELS that are true."""
    stances: tuple[str, ...] = ()
    marked: tuple[tuple[int, int, str], ...] = ()
    """Start, end and stance of each opinion that stands in `text`."""
