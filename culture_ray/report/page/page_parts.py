"""Parts of a page that are packed where the page would be too large otherwise."""

from __future__ import annotations

import base64
import re
import zlib
from collections.abc import Callable
from dataclasses import dataclass

from markupsafe import Markup

MOST_BYTES = 5_000_000
"""Size up to which a page holds everything as it is."""
_PLACE = re.compile(r"<!--part (\d+)-->")
"""Place of a part: no text of a model can hold it, as `<` is escaped there."""


@dataclass(frozen=True)
class _Part:
    begin: str
    text: str
    end: str
    note: str = ""
    """Text in place of the packed one, until it is unpacked."""

    @property
    def whole(self) -> str:
        return f"{self.begin}>{self.text}{self.end}"

    @property
    def packed(self) -> str:
        packed = base64.b64encode(zlib.compress(self.text.encode(), 9)).decode()
        return f'{self.begin} data-packed="{packed}">{self.note}{self.end}'


class PageParts:
    """Folded parts and data of one page, of which the largest are packed if it is too large.

    A packed part is compressed (zlib, base64) and unpacked by parts.js when it is opened; without
    JavaScript it says which file of the run has its figures.
    """

    def __init__(self) -> None:
        """Begin a page."""
        self._parts: list[_Part] = []

    def fold(self, file: str, caller: Callable[[], Markup]) -> Markup:
        """Return the place of a folded part, whose figures are in `file` of the run directory."""
        note = Markup(
            '<p class="missing">The page is large, so this part is packed and needs JavaScript. '
            "Its figures are in <code>{}</code>.</p>"
        ).format(file)
        return self._place(_Part("<div", str(caller()), "</div>", note))

    def data(self, name: str, text: str) -> Markup:
        """Return the place of a script element that holds JSON, with the id `name`."""
        begin = f'<script type="application/json" id="{name}"'
        return self._place(_Part(begin, text, "</script>"))

    def assembled(self, page: str, most: int = MOST_BYTES) -> str:
        """Return the page with its parts, the largest packed until it has at most `most` bytes."""
        shown = [part.whole for part in self._parts]
        sizes = [len(text.encode()) for text in shown]
        total = len(page.encode()) + sum(sizes)
        for index in sorted(range(len(sizes)), key=lambda at: -sizes[at]):
            if total <= most:
                break
            shown[index] = self._parts[index].packed
            total += len(shown[index].encode()) - sizes[index]
        return _PLACE.sub(lambda found: shown[int(found.group(1))], page)

    def _place(self, part: _Part) -> Markup:
        self._parts.append(part)
        return Markup(f"<!--part {len(self._parts) - 1}-->")
