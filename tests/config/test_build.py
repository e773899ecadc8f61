"""Plain mappings become frozen dataclasses, nested ones too."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import pytest

from culture_ray.config.build import build, keys_of
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
        ({"kind": "a"}, r"o\.inner=None cannot be used: expected a value, and there is none"),
        ({"inner": {"size": 1}}, r"o\.kind=None"),
        ({**WHOLE, "kind": "c"}, r"o\.kind='c' cannot be used: expected 'a' or 'b'"),
        ({**WHOLE, "inner": {"size": "x"}}, r"o\.inner\.size='x'"),
        ({**WHOLE, "inner": None}, r"o\.inner=None"),
        ({**WHOLE, "maybe": {"size": []}}, r"o\.maybe\.size=\[\]"),
        ({**WHOLE, "names": ["x", 2]}, r"o\.names\.1=2"),
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


def test_the_keys_of_a_dataclass_are_listed_with_those_of_its_parts() -> None:
    assert keys_of(Outer, "o") == [
        "o.kind", "o.inner", "o.inner.size", "o.inner.share", "o.maybe", "o.maybe.size",
        "o.maybe.share", "o.names", "o.env",
    ]  # fmt: skip
