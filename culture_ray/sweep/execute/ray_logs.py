"""Logs of Ray itself, kept from a folder that is about to be removed.

`python -m culture_ray.sweep.execute.ray_logs SOURCE TARGET` does the same in a job's batch script.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

TAIL_BYTES = 256 * 2**10
"""Most that is kept of one file: its end, where errors are."""

TOTAL_BYTES = 16 * 2**20
"""Most that is kept of one node; files that were written last come first."""


def keep_logs(
    source: Path, target: Path, tail_bytes: int = TAIL_BYTES, total_bytes: int = TOTAL_BYTES
) -> int:
    """Copy the ends of the files in `source`, and of its folders, to `target`; return how many.

    What an earlier attempt has left in `target` is replaced. Nothing is made if there is no log.
    Raises OSError.
    """
    found = [path for path in source.rglob("*") if path.is_file() and path.stat().st_size]
    if not found:
        return 0
    shutil.rmtree(target, ignore_errors=True)
    kept = used = 0
    for path in sorted(found, key=lambda path: path.stat().st_mtime, reverse=True):
        size = path.stat().st_size
        with path.open("rb") as file:
            file.seek(max(0, size - tail_bytes))
            content = file.read(tail_bytes)
        if used + len(content) > total_bytes:
            continue
        copy = target / path.relative_to(source)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(content)
        used += len(content)
        kept += 1
    return kept


def main(source: str, target: str) -> None:
    """Keep the logs and print where they are; without logs, or on a full disk, print that."""
    try:
        kept = keep_logs(Path(source), Path(target))
    except OSError as error:
        print(f"Ray's logs could not be kept in {target}: {error.strerror}")
        return
    print(f"Ray's logs: {kept} files in {target}" if kept else "Ray has written no logs")


if __name__ == "__main__":
    main(*sys.argv[1:])
