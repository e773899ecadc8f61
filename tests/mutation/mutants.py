"""Mutants of a module: its source with one place changed."""

from __future__ import annotations

import ast
import difflib
import hashlib
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import libcst as cst
from libcst.metadata import MetadataWrapper, PositionProvider

from tests.mutation.operators import changes_of
from tests.mutation.rooms import ROOT


@dataclass(frozen=True)
class Mutant:
    """One changed place of a module."""

    module: str
    """File, from the repository's root."""
    function: str
    """Qualified name of the function or class around it; empty at the top of the module."""
    before: str
    """The changed lines without their indentation, joined by spaces."""
    after: str
    nth: int
    """Number among the mutants that are alike in all of this: 0, 1, ..."""
    lines: tuple[int, int]
    """First and last line of the statement."""
    around: tuple[int, int]
    """First and last line of the function or class."""
    source: str
    """The whole module, changed."""

    @property
    def key(self) -> str:
        """Return a name that stays when other lines of the module change."""
        words = (self.module, self.function, self.before, self.after, str(self.nth))
        return hashlib.sha256("\0".join(words).encode()).hexdigest()[:16]


def mutants_of(file: Path, root: Path = ROOT) -> list[Mutant]:
    """Return the mutants of a module, in the order of its lines."""
    source = file.read_text(encoding="utf-8")
    wrapper = MetadataWrapper(cst.parse_module(source), unsafe_skip_copy=True)
    visitor = _Visitor(str(file.relative_to(root)), source)
    wrapper.visit(visitor)
    return visitor.found


class _Visitor(cst.CSTVisitor):
    METADATA_DEPENDENCIES = (PositionProvider,)

    def __init__(self, module: str, source: str) -> None:
        super().__init__()
        self.found: list[Mutant] = []
        self._module, self._source = module, source
        self._lines = source.splitlines(keepends=True)
        self._tree = ast.dump(ast.parse(source))
        self._code = cst.parse_module("")
        self._names: list[str] = []
        self._spans: list[tuple[int, int]] = []
        self._statements: list[tuple[int, int]] = []
        self._alike: Counter[tuple[str, str, str]] = Counter()

    def on_visit(self, node: cst.CSTNode) -> bool:
        if _is_never_mutated(node):
            return False
        if isinstance(node, cst.FunctionDef | cst.ClassDef):
            self._names.append(node.name.value)
            self._spans.append(self._span(node))
        if isinstance(node, cst.SimpleStatementLine | cst.BaseCompoundStatement):
            self._statements.append(self._span(node))
        for place, changed in changes_of(node):
            self._add(place, changed)
        return True

    def on_leave(self, original_node: cst.CSTNode) -> None:
        if _is_never_mutated(original_node):
            return
        if isinstance(original_node, cst.FunctionDef | cst.ClassDef):
            self._names.pop()
            self._spans.pop()
        if isinstance(original_node, cst.SimpleStatementLine | cst.BaseCompoundStatement):
            self._statements.pop()

    def _span(self, node: cst.CSTNode) -> tuple[int, int]:
        position = self.get_metadata(PositionProvider, node)
        return position.start.line, position.end.line

    def _add(self, place: cst.CSTNode, changed: cst.CSTNode) -> None:
        position = self.get_metadata(PositionProvider, place)
        start, end = position.start, position.end
        head = "".join(self._lines[: start.line - 1]) + self._lines[start.line - 1][: start.column]
        tail = self._lines[end.line - 1][end.column :] + "".join(self._lines[end.line :])
        text = self._code.code_for_node(changed).rstrip()
        source = head + (text.lstrip() if head[-1:].isspace() else text) + tail
        try:
            tree = ast.dump(ast.parse(source))
        except SyntaxError:
            return
        if tree == self._tree:
            return
        before, after = _changed_lines(self._source, source)
        name = ".".join(self._names)
        alike = (name, before, after)
        nth = self._alike[alike]
        self._alike[alike] += 1
        first, last = self._statements[-1] if self._statements else (start.line, end.line)
        lines = (start.line, end.line) if last - first > 30 else (first, last)
        around = self._spans[-1] if self._spans else (1, len(self._lines))
        self.found.append(Mutant(self._module, name, before, after, nth, lines, around, source))


def _is_never_mutated(node: cst.CSTNode) -> bool:
    """Return True for what says nothing at run time: annotations, imports, messages."""
    return isinstance(
        node, cst.Annotation | cst.Import | cst.ImportFrom | cst.Decorator | cst.Raise
    )


def _changed_lines(before: str, after: str) -> tuple[str, str]:
    old, new = before.splitlines(), after.splitlines()
    removed: list[str] = []
    added: list[str] = []
    for tag, i, j, k, end in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag != "equal":
            removed += [line.strip() for line in old[i:j]]
            added += [line.strip() for line in new[k:end]]
    return " ".join(removed), " ".join(added)
