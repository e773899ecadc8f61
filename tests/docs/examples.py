"""The example files of docs/extending.md, by the path that the sentence before each names."""

from __future__ import annotations

import re
from pathlib import Path

from culture_ray.config.files import OWN_FOLDER
from tests.docs.pages import ROOT, blocks

PAGE = ROOT / "docs" / "extending.md"


def examples() -> dict[str, str]:
    """Return the files' texts by their path below the user's own folder."""
    lines = PAGE.read_text(encoding="utf-8").splitlines()
    found: dict[str, str] = {}
    for block in blocks(PAGE):
        if block.kind not in {"yaml", "csv"}:
            continue
        before = " ".join(lines[max(0, block.line - 5) : block.line - 2])
        named = re.findall(rf"`{OWN_FOLDER}/([^`]+)`", before)
        assert named, f"line {block.line}: no sentence names the file of this example"
        assert named[-1] not in found, f"{named[-1]} has two examples"
        found[named[-1]] = block.text
    return found


def write_examples(folder: Path) -> None:
    """Write every file of the page below a user's own folder."""
    for name, text in examples().items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
