"""Splitting of a response into the model's thoughts and its text; pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from culture_ray.engines.thoughts.harmony import read_channels
from culture_ray.engines.thoughts.marks import KNOWN_MARKS, WRAPPERS, ThoughtMarks, bare, pattern_of

CUT_OFF_KIND = "cut off while thinking"
CUT_OFF = f"{CUT_OFF_KIND}: the limit of tokens was used up before any text"
"""Reason of a response without text whose thoughts reached the limit; it begins with its kind."""

ONLY_THOUGHTS = "no text, only reasoning"
"""Reason of a response that ended without a text after its thoughts."""


@dataclass(frozen=True)
class SplitResponse:
    """Thoughts and text of one response."""

    thoughts: str | None
    """None if the response has no thoughts."""
    text: str | None
    """None if nothing but thoughts came back."""


def split_thoughts(
    raw: str, more_marks: Sequence[ThoughtMarks] = (), *, inside: bool = False, cut: bool = False
) -> SplitResponse:
    """Return the thoughts and the text of a response.

    `more_marks` are looked for beside the known ones; `inside` says that the prompt ends within
    thoughts, `cut` that the limit of tokens ended the response. A response without marks is
    returned unchanged.

    Blocks may be nested and may be several. An end without a beginning ends thoughts that began in
    the prompt. Thoughts that are never ended reach to the end of the response. Unless it was cut
    off, the end mark of another pair ends a block whose own end does not follow; and if the
    beginning mark is only mentioned within thoughts, so that one end is missing, the last end
    counts.
    """
    if (channels := read_channels(raw, inside=inside)) is not None:
        return SplitResponse(_joined(channels.thoughts), channels.text or None)
    marks = _applicable(raw, (*more_marks, *KNOWN_MARKS), cut=cut)
    walk = _Walk(raw, marks, inside=inside, cut=cut)
    walk.run()
    if not walk.blocks:
        return SplitResponse(None, raw)
    text = _unwrapped("".join(walk.kept).strip())
    return SplitResponse(_joined(walk.blocks), text or None)


def reason_without_text(*, cut: bool) -> str:
    """Return the reason why a response of nothing but thoughts has no text."""
    return CUT_OFF if cut else ONLY_THOUGHTS


class _Walk:
    """Walk over the marks of one response, from its beginning to its end."""

    def __init__(
        self, raw: str, marks: tuple[ThoughtMarks, ...], *, inside: bool, cut: bool
    ) -> None:
        self.blocks: list[str] = []
        """Thoughts, in order."""
        self.kept: list[str] = []
        """Pieces of text around them, in order."""
        self._raw, self._cut = raw, cut
        self._starts = {pair.start.casefold(): pair for pair in marks}
        self._plain_ends = {pair.end.casefold() for pair in marks if pair.plain}
        self._pattern = pattern_of(marks)
        self._known = {text.casefold() for pair in marks for text in (pair.start, pair.end)}
        self._at = 0
        self._depth = int(inside)
        self._open: ThoughtMarks | None = None
        """Marks of the open block; None also for a block that began in the prompt."""
        self._last_end: tuple[int, int] | None = None
        """Last end of a nested block within the open one."""
        self._others = 0
        """Open blocks of other marks within the open one."""

    def run(self) -> None:
        """Fill `blocks` and `kept`."""
        for mark in self._pattern.finditer(self._raw):
            self._take(bare(mark["mark"], self._known), mark.start(), mark.end())
        if self._depth == 0:
            self.kept.append(self._raw[self._at :])
        elif self._last_end is not None and not self._cut:
            start, end = self._last_end
            self.blocks.append(self._raw[self._at : start])
            self.kept.append(self._raw[end:])
        else:
            self.blocks.append(self._raw[self._at :])

    def _take(self, mark: str, start: int, end: int) -> None:
        if self._depth == 0 and mark in self._starts:
            self.kept.append(self._raw[self._at : start])
            self._open, self._depth, self._at, self._last_end = self._starts[mark], 1, end, None
            self._others = 0
        elif self._depth == 0:
            self._end_without_start(mark, start, end)
        elif self._open is None:
            # The model may write once more the beginning that the prompt ended with.
            if mark not in self._starts:
                self._close(start, end)
        elif mark == self._open.start.casefold():
            self._depth += 1
        elif mark == self._open.end.casefold():
            self._close(start, end)
        elif mark in self._starts:
            self._others += 1
        elif self._others:
            self._others -= 1
        elif self._depth == 1 and not self._cut and not self._own_end_follows(end):
            self._close(start, end)

    def _own_end_follows(self, at: int) -> bool:
        """Return True if the next mark of the open pair after a place is its end."""
        assert self._open is not None
        own = (self._open.start.casefold(), self._open.end.casefold())
        following = (
            bare(mark["mark"], self._known) for mark in self._pattern.finditer(self._raw, at)
        )
        return next((mark for mark in following if mark in own), own[0]) == own[1]

    def _close(self, start: int, end: int) -> None:
        self._depth -= 1
        self._last_end = (start, end)
        if self._depth == 0:
            self.blocks.append(self._raw[self._at : start])
            self._open, self._at = None, end

    def _end_without_start(self, mark: str, start: int, end: int) -> None:
        """Take the end of thoughts that began in the prompt, or an end that is written twice."""
        if mark in self._plain_ends:
            return
        before = self._raw[self._at : start]
        if self.blocks and not self._raw[end:].strip():
            self.kept.append(before)
        else:
            self.blocks.append("".join([*self.kept, before]))
            self.kept.clear()
        self._at = end


def _applicable(
    raw: str, marks: tuple[ThoughtMarks, ...], *, cut: bool
) -> tuple[ThoughtMarks, ...]:
    """Return the marks that count: plain words only at the beginning, and with their end."""
    begin = raw.lstrip(" \t\r\n*_#").casefold()

    def counts(pair: ThoughtMarks) -> bool:
        if not pair.plain:
            return True
        begun = begin.startswith(pair.start.casefold())
        return begun and (cut or pair.end.casefold() in begin)

    return tuple(pair for pair in marks if counts(pair))


def _unwrapped(text: str) -> str:
    """Return an answer without the marks that some families write around it."""
    for start, end in WRAPPERS:
        begun = re.match(re.escape(start), text, re.IGNORECASE)
        if begun:
            inner = text[begun.end() :]
            ends = list(re.finditer(re.escape(end), inner, re.IGNORECASE))
            if ends:
                inner = inner[: ends[-1].start()] + inner[ends[-1].end() :]
            return inner.strip()
    return text


def _joined(blocks: Sequence[str]) -> str | None:
    return "\n\n".join(words for block in blocks if (words := block.strip())) or None
