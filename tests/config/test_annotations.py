"""Types, keys and ranges are read from the annotations of dataclasses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal

import pytest
from annotated_types import Ge

from culture_ray.config.annotations import entry_type, field_types, keys_of
from tests.config.test_build import Inner, Outer


@dataclass(frozen=True)
class Tree:
    count: Annotated[int, Ge(1)] | None = None
    inners: Mapping[str, Inner] | None = None
    words: tuple[str, ...] = ()


def test_the_keys_of_a_dataclass_are_listed_with_those_of_its_parts() -> None:
    assert keys_of(Outer, "o") == [
        "o.kind", "o.inner", "o.inner.size", "o.inner.share", "o.maybe", "o.maybe.size",
        "o.maybe.share", "o.names", "o.env",
    ]  # fmt: skip


def test_the_fields_of_an_optional_dataclass_are_its_own() -> None:
    assert list(field_types(Tree | None)) == ["count", "inners", "words"]
    assert field_types(Tree)["count"] == Annotated[int, Ge(1)] | None
    assert field_types(int) == {}


@pytest.mark.parametrize(
    ("annotation", "part", "inner"),
    [
        (Tree, "words", tuple[str, ...]),
        (Tree, "wordz", None),
        (Mapping[str, Inner] | None, "any", Inner),
        (tuple[str, ...], 3, str),
        (float | Literal["x"], "float", None),
        (int, "any", None),
    ],
)
def test_the_type_of_a_part_is_found_where_there_is_one(
    annotation: Any, part: str | int, inner: Any
) -> None:
    assert entry_type(annotation, part) == inner
