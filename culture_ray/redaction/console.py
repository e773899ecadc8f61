"""Console that shows text from outside as text: no escape sequence, markup or key reaches it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import IO, Any

from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment
from rich.text import Text

from culture_ray.redaction.secrets import scrub_message
from culture_ray.redaction.visible import visible, visible_line


class SafeConsole(Console):
    """Console whose strings are plain text, with control characters shown and keys removed."""

    def __init__(self, file: IO[str] | None = None) -> None:
        # Messages may contain brackets, which rich would read as markup.
        super().__init__(file=file, markup=False, emoji=False)

    def render_str(self, text: str, **options: Any) -> Text:
        """Return a string as rich text, made safe before it is laid out."""
        return super().render_str(visible(scrub_message(text)), **options)

    def render(
        self, renderable: RenderableType, options: ConsoleOptions | None = None
    ) -> Iterable[Segment]:
        """Yield the segments of anything, made safe; rich's own control codes stay."""
        for segment in super().render(renderable, options):
            if segment.control:
                yield segment
            else:
                yield Segment(visible(segment.text), segment.style)

    def write_line(self, text: str) -> None:
        """Print a text as one line: not highlighted, and wrapped by the terminal alone."""
        line = visible_line(scrub_message(text))
        self.print(line, highlight=False, soft_wrap=True)
