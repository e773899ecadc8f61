"""Counts over the package's own source: what keeps it easy to find one's way in.

`python -m tests.architecture` prints them; test_counts.py holds them to their limits.
"""

from __future__ import annotations

import ast
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "culture_ray"
DOCUMENTED = (PACKAGE, ROOT / "tests", ROOT / "jobs", ROOT / "examples")
"""Folders whose docstrings are checked."""
FEWEST_LINES = 40
FEWEST_FIELDS = 4
"""Fields of Settings that a function has to read before it may take the whole of it."""

UNCLEAR_SUMMARY = re.compile(
    r'^\s*r?"""(What|How|Who|Whose|Whom|Whether|Which|Where|When|Why|If|Of|Out|Its|All that|'
    r"Whatever|Everything|Something|In words|Return (what|how|whether|which|who|where))\b.*",
    re.MULTILINE,
)
"""Docstring, of a variable too, whose first line opens with neither a verb nor a noun."""


@dataclass(frozen=True)
class Module:
    """One file of the package."""

    name: str
    path: Path
    tree: ast.Module = field(repr=False)
    lines: int

    @property
    def folder(self) -> str:
        """The package that holds the module."""
        return self.name if self.path.name == "__init__.py" else self.name.rpartition(".")[0]


def modules() -> list[Module]:
    """Every module of the package, in order of its name."""
    found = []
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        text = path.read_text(encoding="utf-8")
        found.append(Module(name, path, ast.parse(text), len(text.splitlines())))
    return found


def files_per_folder(found: list[Module]) -> Counter[str]:
    """Files by folder, `__init__.py` not counted."""
    return Counter(one.folder for one in found if one.path.name != "__init__.py")


def classes_of_one_name(found: list[Module]) -> dict[str, list[str]]:
    """Public class names that more than one module defines."""
    where: defaultdict[str, list[str]] = defaultdict(list)
    for one in found:
        for node in one.tree.body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                where[node.name].append(one.name)
    return {name: names for name, names in where.items() if len(names) > 1}


def imports(found: list[Module]) -> dict[str, set[str]]:
    """Modules of the package that each module imports."""
    names = {one.name for one in found}
    by_module: dict[str, set[str]] = {}
    for one in found:
        used = set()
        for node in ast.walk(one.tree):
            if isinstance(node, ast.ImportFrom) and node.module:
                for alias in node.names:
                    whole = f"{node.module}.{alias.name}"
                    used.add(whole if whole in names else node.module)
            elif isinstance(node, ast.Import):
                used |= {alias.name for alias in node.names}
        by_module[one.name] = used & names
    return by_module


def small_files_of_one_importer(found: list[Module]) -> list[str]:
    """Modules below FEWEST_LINES whose only importer lies in the same folder."""
    importers: defaultdict[str, set[str]] = defaultdict(set)
    for name, used in imports(found).items():
        for other in used:
            importers[other].add(name)
    by_name = {one.name: one for one in found}
    return [
        one.name
        for one in found
        if one.lines < FEWEST_LINES
        and one.path.name != "__init__.py"
        and len(importers[one.name]) == 1
        and by_name[next(iter(importers[one.name]))].folder == one.folder
    ]


def functions_with_all_settings(found: list[Module]) -> dict[str, int]:
    """Functions that take the whole of Settings, and how many of its fields they read.

    Those that only hand it on count the fields that are read for them.
    """
    reads, passes = _uses_of_settings(found)
    changed = True
    while changed:
        changed = False
        for name, targets in passes.items():
            more = reads[name].union(*(reads.get(target, set()) for target in targets))
            changed = changed or more != reads[name]
            reads[name] = more
    return {name: len(fields) for name, fields in reads.items()}


def _uses_of_settings(found: list[Module]) -> tuple[dict[str, set[str]], dict[str, set[str]]]:
    reads: dict[str, set[str]] = {}
    passes: dict[str, set[str]] = {}
    for one in found:
        for node in ast.walk(one.tree):
            if not isinstance(node, ast.FunctionDef) or node.name == "__init__":
                continue
            own = {
                arg.arg
                for arg in (*node.args.args, *node.args.kwonlyargs)
                if arg.annotation is not None and ast.unparse(arg.annotation) == "Settings"
            }
            makes_settings = node.returns is not None and ast.unparse(node.returns) == "Settings"
            if not own or makes_settings:
                continue
            inside = list(ast.walk(node))
            reads[node.name] = {
                part.attr
                for part in inside
                if isinstance(part, ast.Attribute)
                and isinstance(part.value, ast.Name)
                and part.value.id in own
            }
            calls = [part for part in inside if isinstance(part, ast.Call)]
            passes[node.name] = {
                ast.unparse(call.func)
                for call in calls
                for arg in (*call.args, *(word.value for word in call.keywords))
                if isinstance(arg, ast.Name) and arg.id in own
            }
    return reads, passes


def unclear_summaries(folders: Iterable[Path]) -> Iterator[str]:
    """Yield file, line and text of each docstring that matches UNCLEAR_SUMMARY."""
    for path in sorted(file for folder in folders for file in folder.rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        for found in UNCLEAR_SUMMARY.finditer(text):
            line = text.count("\n", 0, found.start(1)) + 1
            yield f"{path}:{line}: {found[0].strip()}"
