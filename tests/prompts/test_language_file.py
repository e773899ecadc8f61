"""Texts are added to a language file, and what people wrote in it stays as it is, to the letter."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from culture_ray.errors import BadPrompts
from culture_ray.prompts.language_file import dumped, nested, with_added, with_replaced
from tests.conftest import ROOT

FILE = """\
# @package language.de
code: de   # a comment of a person's own
topics:
  # before f120
  f120:
    pro: "Ja."
    con: 'Nein.'   # hm
    wordings:
      w1: "Oder?"
      w2: |-
        Zwei
        Zeilen

    questions: {q1: "Wie sehr?"}
  # after f120

protocols: {}
answers:
  yes_no:
    1: "Ja"
# the end"""
ENTRY = {"text": "Zeile eins\nZeile: zwei", "reviewed": False}


@pytest.mark.parametrize(
    "path",
    [
        ("topics", "f120", "wordings", "w3"),
        ("topics", "f120", "questions", "q2"),
        ("topics", "f121"),
        ("protocols", "persona"),
        ("answers", "yes_no", 2),
        ("countries",),
    ],
)
def test_a_new_entry_leaves_every_line_that_was_there(path: tuple[Any, ...]) -> None:
    changed = with_added(FILE, {path: ENTRY}, "de.yaml")
    node = yaml.safe_load(changed)
    for key in path:
        node = node[key]
    assert node == ENTRY
    left = iter(changed.splitlines())
    kept = [line for line in FILE.splitlines() if "{" not in line]
    assert all(line in left for line in kept), changed


def test_entries_at_many_places_are_added_at_once() -> None:
    paths = [("topics", "f120", "wordings", "w3"), ("topics", "f121", "pro"),
             ("topics", "f121", "con"), ("answers", "yes_no", 2)]  # fmt: skip
    changed = yaml.safe_load(with_added(FILE, dict.fromkeys(paths, "Neu und gut."), "de.yaml"))
    assert changed["topics"]["f121"] == {"pro": "Neu und gut.", "con": "Neu und gut."}
    assert changed["answers"]["yes_no"] == {1: "Ja", 2: "Neu und gut."}


def test_a_place_that_is_taken_stays_with_what_it_has() -> None:
    assert with_added(FILE, {("topics", "f120", "pro"): "Neu."}, "de.yaml") == FILE + "\n"


def test_an_entry_is_replaced_where_it_stands() -> None:
    paths = [("topics", "f120", "wordings", "w2"), ("topics", "f120", "con"),
             ("topics", "f120", "questions", "q1")]  # fmt: skip
    changed = with_replaced(FILE, dict.fromkeys(paths, ENTRY), "de.yaml")
    f120 = yaml.safe_load(changed)["topics"]["f120"]
    assert f120["wordings"] == {"w1": "Oder?", "w2": ENTRY}
    assert (f120["con"], f120["questions"], f120["pro"]) == (ENTRY, {"q1": ENTRY}, "Ja.")
    assert "# after f120" in changed
    with pytest.raises(BadPrompts, match=r"there is no topics\.f120\.x"):
        with_replaced(FILE, {("topics", "f120", "x"): ENTRY}, "de.yaml")


@pytest.mark.parametrize("code", ["da", "en", "nl", "pt"])
def test_the_languages_of_the_project_take_new_texts(code: str) -> None:
    text = (ROOT / "conf" / "language" / f"{code}.yaml").read_text(encoding="utf-8")
    topics = list(yaml.safe_load(text)["topics"])
    added = {("topics", topic, "wordings", "w99"): ENTRY for topic in topics}
    changed = with_added(text, added, code)
    assert len(changed.splitlines()) > len(text.splitlines()) + 3 * len(topics)
    left = iter(changed.splitlines())
    assert all(line in left for line in text.splitlines())


@pytest.mark.slow
@given(
    st.dictionaries(
        st.tuples(st.sampled_from("abc"), st.sampled_from("def"), st.sampled_from("ghi")),
        st.text(st.characters(codec="utf-8", exclude_categories=["C", "Zl", "Zp"]) | st.just("\n")),
        min_size=1,
    ),
    st.integers(0, 5),
)
def test_whatever_is_added_is_read_back(entries: dict[Any, str], first: int) -> None:
    paths = list(entries)
    there = {path: entries[path] for path in paths[:first]} or {("z",): "z"}
    text = dumped(nested(there))
    both = with_added(text, {p: entries[p] for p in paths if p not in there}, "x.yaml")
    assert yaml.safe_load(both) == nested(there | entries)


@pytest.mark.parametrize("text", ["", "\n", " \n ", "a\n", "a\n\n", "\na", "# a\n- b\n"])
def test_texts_of_odd_lines_are_read_back(text: str) -> None:
    entries = {("a", "d", "g"): "x", ("a", "d", "h"): text, ("a", "e"): text}
    both = with_added("a:\n  d:\n    g: x\n", {p: entries[p] for p in list(entries)[1:]}, "x.yaml")
    assert yaml.safe_load(both) == nested(entries)


def test_a_file_that_is_no_mapping_is_refused() -> None:
    with pytest.raises(BadPrompts, match=r"de\.yaml: not a mapping"):
        with_added("- a\n- b\n", {("topics", "f120"): ENTRY}, "de.yaml")
