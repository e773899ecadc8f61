"""Progress of a download on standard error: files that are here, and their bytes.

On a terminal it is one line, which is written anew and removed at the end. Elsewhere every file of
a download from the hub is a line of its own, and a download of nothing is silent.
"""

from __future__ import annotations

import io
from threading import Lock
from typing import IO, Any, Self

from rich.cells import set_cell_size
from rich.filesize import decimal

from culture_ray.redaction.visible import visible_line

_COLUMNS = 72


class StatusLine:
    """Line of a terminal that is written anew, and removed at the end; nothing elsewhere."""

    def __init__(self, name: str, out: IO[str]) -> None:
        self.name, self.out = visible_line(name), out
        self.is_terminal = out.isatty()
        self._shown = ""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        if self._shown:
            self.out.write(f"\r{' ' * _COLUMNS}\r")
            self.out.flush()

    def show(self, text: str) -> None:
        """Show a text after the name, cut to the line."""
        line = set_cell_size(f"{self.name}: {visible_line(text)}", _COLUMNS)
        if self.is_terminal and line != self._shown:
            self._shown = line
            self.out.write(f"\r{line}")
            self.out.flush()


class DownloadProgress(StatusLine):
    """Progress of one download from the hub, told under a name."""

    def __init__(self, name: str, out: IO[str]) -> None:
        super().__init__(name, out)
        self._lock = Lock()
        self._files = self._total = 0
        self._bytes: dict[int, int] = {}
        """Bytes by the bar that counts them: the library may have one for what arrives and one for
        what is written."""

    def __enter__(self) -> Self:
        self.show("asking the hub")
        return self

    @property
    def bar_class(self) -> type[Any]:
        """Return a class of tqdm's kind, for the library's `tqdm_class`, that tells this one."""
        from tqdm import tqdm

        progress = self

        class Bar(tqdm):  # type: ignore[misc]
            """Bar of files or of bytes, which draws nothing itself."""

            def __init__(self, *args: Any, **options: Any) -> None:
                super().__init__(*args, **options | {"file": io.StringIO(), "leave": False})
                progress.count(id(self), 0, self.total, self.unit)

            def update(self, n: float | None = 1) -> bool | None:
                progress.count(id(self), int(n or 0), self.total, self.unit)
                shown: bool | None = super().update(n)
                return shown

        return Bar

    def count(self, bar: int, more: int, total: float | None, unit: str) -> None:
        """Add files, or bytes if that is the unit, of one of the library's bars."""
        with self._lock:
            if unit == "B":
                self._bytes[bar] = self._bytes.get(bar, 0) + more
            else:
                self._files, self._total = self._files + more, int(total or 0)
            size = max(self._bytes.values(), default=0)
            files = f"{self._files} of {self._total} files, " if self._total else ""
            text = f"{files}{decimal(max(size, 0))}"
            if self.is_terminal:
                self.show(text)
            elif unit != "B" and more and size:
                self.out.write(f"{self.name}: {text}\n")
                self.out.flush()
