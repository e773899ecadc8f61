"""Digests tell any two values and any two files apart, and are the same in every process."""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import dataclass
from enum import StrEnum
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from culture_ray.store.digests import file_digest, folder_digest, value_digest

PLAIN = st.none() | st.booleans() | st.integers() | st.floats() | st.text()
VALUES: Any = st.recursive(
    PLAIN,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)


class Colour(StrEnum):
    RED = "red"


@dataclass(frozen=True)
class Pair:
    first: Any
    second: Any = None


@given(VALUES, VALUES)
def test_two_values_have_one_digest_exactly_if_they_are_written_alike(one: Any, other: Any) -> None:
    assert (value_digest(one) == value_digest(other)) == (repr(one) == repr(other))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("ab", "c"), ("a", "bc")),
        ((("a",), "b"), ("a", ("b",))),
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}),
        (1, True),
        (1, 1.0),
        ("1", 1),
        (None, ""),
        (Path("a"), "a"),
        (Colour.RED, "red"),
        (Pair(1), Pair(1, 2)),
        (re.compile("a"), re.compile("a", re.IGNORECASE)),
    ],
)
def test_values_that_differ_a_little_have_different_digests(one: Any, other: Any) -> None:
    assert value_digest(one) != value_digest(other)
    assert value_digest(Pair(one)) != value_digest(Pair(other))


def test_the_order_of_a_set_does_not_count() -> None:
    assert len({value_digest(frozenset(names)) for names in permutations("abc")}) == 1


def test_another_process_has_the_same_digests() -> None:
    code = (
        "from culture_ray.store.digests import value_digest;"
        "print(value_digest({'a': {'x', 'y', 'z'}, 'b': [1.5, None]}))"
    )
    root = Path(__file__).resolve().parents[2]
    said = subprocess.run(
        [sys.executable, "-c", code],
        check=True, capture_output=True, text=True, env={"PYTHONPATH": str(root)},
    ).stdout  # fmt: skip
    assert said.strip() == value_digest({"a": {"x", "y", "z"}, "b": [1.5, None]})


def test_a_value_of_unknown_content_has_no_digest() -> None:
    with pytest.raises(TypeError, match="object"):
        value_digest([object()])


def test_a_file_has_the_digest_of_its_bytes_and_one_that_is_not_there_none(tmp_path: Path) -> None:
    path = tmp_path / "a"
    assert file_digest(None) == file_digest(path) == file_digest(tmp_path) == ""
    path.write_bytes(b"a")
    first = file_digest(path)
    path.write_bytes(b"b")
    assert "" != first != file_digest(path)


def test_a_folder_has_another_digest_when_any_file_is_another(tmp_path: Path) -> None:
    digests = {folder_digest(tmp_path)}
    for name, content in (("a.py", "1"), ("a.py", "2"), ("b/a.py", "2")):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(content, encoding="utf-8")
        digests.add(folder_digest(tmp_path))
    assert len(digests) == 4
    (tmp_path / "__pycache__").mkdir()
    (tmp_path / "__pycache__" / "a.pyc").write_bytes(b"compiled")
    assert folder_digest(tmp_path) in digests
