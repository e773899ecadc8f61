"""Keys of configuration files are described by the comments beside them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from culture_ray.cli.catalogue import VERBS
from culture_ray.cli.descriptions import DescribedKey, described_keys
from culture_ray.config.files import OWN_FOLDER

ROOTS = sorted({root for verb in VERBS.values() for root in (*verb.roots.values(), verb.root)})


@pytest.fixture
def described(workplace: Path) -> Callable[[str], list[DescribedKey]]:
    """The keys of a file with a text."""
    folder = workplace / OWN_FOLDER
    folder.mkdir()

    def keys(text: str) -> list[DescribedKey]:
        (folder / "mine.yaml").write_text(text, encoding="utf-8")
        return described_keys("mine")

    return keys


Described = Callable[[str], list[DescribedKey]]


def test_a_key_has_its_default_and_its_comment(described: Described) -> None:
    (key,) = described('n: "a # b" # how many\n')
    assert (key.name, key.default, key.about, key.group) == ("n", '"a # b"', "how many", None)


def test_keys_below_a_key_have_its_name_before_theirs(described: Described) -> None:
    keys = described("design: # of prompts\n  kind: balanced # a | b\n  deep:\n    er: 1\n")
    assert [(key.name, key.about, key.top) for key in keys] == [
        ("design.kind", "a | b", "design"),
        ("design.deep.er", "", "design"),
    ]


def test_a_comment_above_counts_where_there_is_none_beside(described: Described) -> None:
    text = "a: 1\n# first half\n# and second\nby: [x, y]\n\n# not this\n\nc: 2\n"
    assert [key.about for key in described(text)] == ["", "first half and second", ""]


def test_groups_and_files_that_are_started_from_count(described: Described) -> None:
    text = "defaults:\n  - probe\n  - judge: [] # who labels\n  - _self_\nrun: x # other\n"
    keys = {key.name: key for key in described(text)}
    assert (keys["judge"].group, keys["judge"].default) == ("judge", "[]")
    assert keys["model"].group == "model"
    assert keys["spending.cap_dollars"].about
    assert keys["run"].about == "other"


@pytest.mark.parametrize("text", ["", "- a\n", "a\n"])
def test_a_file_without_keys_has_none(described: Described, text: str) -> None:
    assert described(text) == []


@pytest.mark.parametrize("root", ROOTS)
def test_every_key_of_a_verb_is_described(root: str) -> None:
    keys = described_keys(root)
    assert keys
    assert [key.name for key in keys if not key.about] == []
    assert not {key.top for key in keys} & {"hydra", "defaults"}
