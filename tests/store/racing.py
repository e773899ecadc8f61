"""A process that races for files: python -m tests.store.racing FOLDER NAME COUNT."""

from __future__ import annotations

import sys
import time
from pathlib import Path

from culture_ray.store.atomic import write_once


def main(folder: Path, name: str, count: int) -> None:
    """Write each file once the others are ready too; print the numbers of those it won."""
    (folder / f"ready-{name}").touch()
    while not (folder / "go").exists():
        time.sleep(0.001)
    content = f"{name}\n" * 20_000
    for number in range(count):
        if write_once(folder / "raced" / f"{number}.txt", lambda p: _write(p, content)):
            print(number)


def _write(path: Path, content: str) -> None:
    path.write_text(content, encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]))
