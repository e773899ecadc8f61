"""Encoding of a text file by its first bytes."""

from __future__ import annotations

import codecs

_MARKS = {
    codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16",
}  # fmt: skip


def stated_encoding(start: bytes) -> str | None:
    """Return the encoding that a byte-order mark tells, or UTF-16 by its zeros without a mark.

    None if the bytes tell neither.
    """
    for mark, name in _MARKS.items():
        if start.startswith(mark):
            return name
    if len(start) > 1 and start[0] and not start[1]:
        return "utf-16-le"
    if len(start) > 1 and start[1] and not start[0]:
        return "utf-16-be"
    return None
