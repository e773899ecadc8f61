"""The project's pages as tests read them: fenced blocks, commands, links and anchors."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGES = [
    ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md")), ROOT / "slurm" / "README.md",
]  # fmt: skip
SHELL = frozenset({"bash", "sh", "shell", "console"})


@dataclass(frozen=True)
class Block:
    """A fenced block."""

    page: Path
    line: int
    """Number of its first line of content, from 1."""
    kind: str
    """The word behind the fence."""
    text: str


@dataclass(frozen=True)
class Command:
    """One command of a shell block, its lines joined and without its comment."""

    page: Path
    line: int
    words: str

    @property
    def place(self) -> str:
        """Return page, line and words, as shown in test ids and messages."""
        return f"{self.page.relative_to(ROOT)}:{self.line} {self.words}"


def blocks(page: Path) -> list[Block]:
    """Return the fenced blocks of a page in their order."""
    found: list[Block] = []
    lines: list[str] = []
    fence, kind, first = "", "", 0
    for number, line in enumerate(page.read_text(encoding="utf-8").splitlines(), 1):
        mark = re.match(r"(`{3,})\s*(\S*)\s*$", line)
        if fence and mark and mark[1] == fence and not mark[2]:
            found.append(Block(page, first, kind, "\n".join(lines) + "\n"))
            fence = ""
        elif fence:
            lines.append(line)
        elif mark:
            fence, kind, first, lines = mark[1], mark[2], number + 1, []
    assert not fence, f"{page}: the fence before line {first} is not closed"
    return found


def commands(page: Path) -> Iterator[Command]:
    """Yield the commands of a page's shell blocks in their order."""
    for block in blocks(page):
        if block.kind not in SHELL:
            continue
        begun, first = "", 0
        for number, line in enumerate(block.text.splitlines(), block.line):
            first = first if begun else number
            begun += _without_comment(line)
            if begun.endswith("\\"):
                begun = begun[:-1].rstrip() + " "
                continue
            for part in begun.split(" && "):
                if part.strip():
                    yield Command(page, first, " ".join(part.split()))
            begun = ""


def prose(page: Path) -> str:
    """Return a page without its fenced blocks."""
    text = page.read_text(encoding="utf-8")
    return re.sub(r"^(`{3,}).*?^\1\s*$", "", text, flags=re.MULTILINE | re.DOTALL)


def spans(page: Path) -> Iterator[str]:
    """Yield the words of a page that are set as code within its sentences and tables."""
    for span in re.findall(r"(?<!`)`([^`]+)`(?!`)", prose(page)):
        yield " ".join(span.split())


def links(page: Path) -> list[str]:
    """Return the targets of the links and images of a page."""
    return re.findall(r"\]\(([^)\s]+)\)", re.sub(r"`[^`]*`", "", prose(page)))


def anchors(page: Path) -> set[str]:
    """Return the anchors of a page's headings, as GitHub makes them."""
    found: set[str] = set()
    for heading in re.findall(r"^#+ (.+)$", prose(page), flags=re.MULTILINE):
        plain = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).replace("`", "")
        slug = re.sub(r"[^\w\- ]", "", plain.strip().lower()).replace(" ", "-")
        number = 1
        name = slug
        while name in found:
            name, number = f"{slug}-{number}", number + 1
        found.add(name)
    return found


def _without_comment(line: str) -> str:
    """Return a line of shell without its comment; a # within quotes is none."""
    quote = ""
    for place, letter in enumerate(line):
        if quote:
            quote = "" if letter == quote else quote
        elif letter in "'\"":
            quote = letter
        elif letter == "#" and (place == 0 or line[place - 1].isspace()):
            return line[:place].rstrip()
    return line.rstrip()
