"""Plain mappings become frozen dataclasses, nested ones too."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal

import pytest
from annotated_types import Ge, Gt, Le, MinLen, doc

from culture_ray.config.build import build, convert
from culture_ray.errors import UnknownName, WrongValue


@dataclass(frozen=True)
class Inner:
    size: int
    share: float = 0.5


@dataclass(frozen=True)
class Outer:
    kind: Literal["a", "b"]
    inner: Inner
    maybe: Inner | None = None
    names: tuple[str, ...] = ()
    env: Mapping[str, str] = field(default_factory=dict)


WHOLE = {"kind": "a", "inner": {"size": 2}}


def test_a_mapping_becomes_a_dataclass_with_its_defaults() -> None:
    assert build(Outer, WHOLE, "o") == Outer("a", Inner(2, 0.5))


def test_lists_become_tuples_and_optional_parts_may_be_null() -> None:
    built = build(Outer, {**WHOLE, "names": ["x"], "maybe": None, "env": {"A": "1"}}, "o")
    assert (built.names, built.maybe, built.env) == (("x",), None, {"A": "1"})
    assert build(Outer, {**WHOLE, "maybe": {"size": 1}}, "o").maybe == Inner(1)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ([], r"o=\[\] cannot be used: expected keys and values \(kind, inner"),
        ({"kind": "a"}, r"o\.inner is missing: give it a value in its file, or as o\.inner=VALUE"),
        ({"inner": {"size": 1}}, r"o\.kind is missing"),
        ({**WHOLE, "kind": "c"}, r"o\.kind='c' cannot be used: expected 'a' or 'b'"),
        ({**WHOLE, "inner": {"size": "x"}}, r"o\.inner\.size='x'"),
        ({**WHOLE, "inner": None}, r"o\.inner=None"),
        ({**WHOLE, "maybe": {"size": []}}, r"o\.maybe\.size=\[\]"),
        ({**WHOLE, "names": ["x", 2]}, r"o\.names\.1=2"),
        ({**WHOLE, "names": "x"}, r"o\.names='x' cannot be used: expected a list, such as \[A,B\]"),
        ({**WHOLE, "names": ["DK", False]}, r"o\.names\.1=False .* \(in quotes: YAML reads a bare"),
        ({**WHOLE, "env": {False: "1"}}, r"o\.env\..*False .* \(in quotes: YAML reads a bare"),
    ],
)
def test_an_unfitting_value_names_its_whole_key(content: object, message: str) -> None:
    with pytest.raises(WrongValue, match=message):
        build(Outer, content, "o")


def test_an_unknown_key_names_the_nearest_at_every_depth() -> None:
    with pytest.raises(UnknownName, match=r"unknown key 'o\.knd': did you mean 'o\.kind'"):
        build(Outer, {**WHOLE, "knd": 1}, "o")
    with pytest.raises(UnknownName, match=r"'o\.inner\.siz': did you mean 'o\.inner\.size'"):
        build(Outer, {**WHOLE, "inner": {"siz": 1}}, "o")


def test_a_key_that_is_no_text_is_an_unknown_key() -> None:
    with pytest.raises(UnknownName, match=r"unknown key 'o\.1': did you mean"):
        build(Outer, {**WHOLE, 1: "x"}, "o")


def test_an_unknown_key_is_named_before_the_value_that_is_missing_because_of_it() -> None:
    with pytest.raises(UnknownName, match=r"did you mean 'o\.kind'"):
        build(Outer, {"inner": {"size": 2}, "kindd": "a"}, "o")


def test_at_the_top_of_the_configuration_keys_stand_alone() -> None:
    with pytest.raises(WrongValue, match=r"^inner\.size='x' cannot be used"):
        build(Outer, {**WHOLE, "inner": {"size": "x"}}, "")
    with pytest.raises(UnknownName, match=r"^unknown key 'knd': did you mean 'kind'"):
        build(Outer, {**WHOLE, "knd": 1}, "")


@pytest.mark.parametrize(
    ("annotation", "value", "message"),
    [
        (Annotated[int, Ge(1)], 0, "k=0 cannot be used: expected at least 1"),
        (Annotated[float, Gt(0)], float("nan"), "k=nan cannot be used: expected above 0"),
        (Annotated[float, Gt(0), Le(1)], 2, "k=2 cannot be used: expected above 0, at most 1"),
        (Annotated[int, Ge(1)] | None, 0, "k=0 cannot be used: expected at least 1, or null"),
        (dict[str, Annotated[int, Ge(1)]], {"a": 0}, "k.a=0 cannot be used: expected at least 1"),
        (tuple[Annotated[int, Ge(1)], ...], [1, 0], "k.1=0 cannot be used: expected at least 1"),
        (Annotated[float, Gt(0), doc("some")], 0, "k=0 cannot be used: expected some"),
        (Annotated[tuple[str, ...], MinLen(1), doc("a name")], [], "k=[] cannot be used: "),
        (Annotated[float, Le(1), doc("a few")] | Literal["x"], 2, "k=2 cannot be used: expected a"),
        (Annotated[float, Gt(0), doc("some")], "x", "k='x' cannot be used: expected a valid num"),
    ],
)
def test_a_value_out_of_range_is_named_with_the_range(
    annotation: Any, value: object, message: str
) -> None:
    with pytest.raises(WrongValue) as problem:
        convert(annotation, value, "k")
    assert str(problem.value).startswith(message)
