"""Operators that change one place of a module: those of mutmut that apply, and a few more.

Left out are mutmut's operators on strings, on positional arguments and on assignments to local
names, and alternatives of types: they change the wording of messages, or end in a TypeError that
any test would notice.
"""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst
import libcst.matchers as m
from mutmut.mutation import mutators

Change = tuple[cst.CSTNode, cst.CSTNode]

_LEFT_OUT = {
    mutators.operator_string,
    mutators.operator_arg_removal,
    mutators.operator_assignment,
    mutators.operator_lambda,
    mutators.operator_match,
}
_OF_MUTMUT = [pair for pair in mutators.mutation_operators if pair[1] not in _LEFT_OUT]

_TYPES = m.BinaryOperation(
    operator=m.BitOr(), right=m.Name(value=m.MatchIfTrue(lambda name: name[:1].isupper()))
)
_BOUND = m.Call(func=m.Name("min") | m.Name("max"))
_VALUE = m.Name() | m.Attribute() | m.Call() | m.Subscript()
_EFFECT = (
    m.Expr(value=m.Call() | m.Await())
    | m.Assign(targets=[m.AssignTarget(target=m.Attribute() | m.Subscript())])
    | m.AugAssign()
)


def changes_of(node: cst.CSTNode) -> Iterator[Change]:
    """Yield pairs of a node at or below `node` and what may stand in its place."""
    if m.matches(node, _TYPES):
        return
    for kind, operator in _OF_MUTMUT:
        if isinstance(node, kind):
            for changed in operator(node):
                yield node, changed
    for own in (_without_key, _without_bound, _negated, _without_filter, _without_effect):
        yield from own(node)


def _without_key(node: cst.CSTNode) -> Iterator[Change]:
    """Drop the key that something is sorted or chosen by."""
    if isinstance(node, cst.Call):
        left = [a for a in node.args if a.keyword is None or a.keyword.value != "key"]
        if len(left) < len(node.args):
            yield node, node.with_changes(args=left)


def _without_bound(node: cst.CSTNode) -> Iterator[Change]:
    """Replace min(a, b) and max(a, b) by a and by b."""
    if isinstance(node, cst.Call) and m.matches(node, _BOUND):
        values = [a.value for a in node.args if a.keyword is None and not a.star]
        if len(values) > 1:
            for value in values:
                yield (
                    node,
                    value.with_changes(lpar=[cst.LeftParen()], rpar=[cst.RightParen()]),
                )


def _negated(node: cst.CSTNode) -> Iterator[Change]:
    """Negate a condition that is a plain value: comparisons have operators of their own."""
    if isinstance(node, cst.If | cst.While | cst.IfExp) and m.matches(node.test, _VALUE):
        yield node.test, cst.UnaryOperation(cst.Not(), node.test)


def _without_filter(node: cst.CSTNode) -> Iterator[Change]:
    """Drop one condition of a comprehension."""
    if isinstance(node, cst.CompFor):
        for at in range(len(node.ifs)):
            yield node, node.with_changes(ifs=[*node.ifs[:at], *node.ifs[at + 1 :]])


def _without_effect(node: cst.CSTNode) -> Iterator[Change]:
    """Drop a statement that is a call, or that assigns to an attribute or an element."""
    if m.matches(node, _EFFECT):
        yield node, cst.Pass()
