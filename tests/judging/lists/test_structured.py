"""Opinions in JSON and in tables."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from culture_ray.judging.lists.structured import json_items, table_rows
from tests.judging.lists.views import NAMES, NUMBERED, VIEWS, split


def said(items: object) -> tuple[str, ...]:
    """Return the opinions of `items` written as JSON."""
    return split(json.dumps(items, ensure_ascii=False, indent=1)).opinions


def test_entries_of_json_are_opinions_however_they_are_nested() -> None:
    assert said(list(VIEWS)) == VIEWS
    assert said({str(n): view for n, view in enumerate(VIEWS, 1)}) == VIEWS
    assert said({f"Citizen {n}": view for n, view in enumerate(VIEWS, 1)}) == VIEWS
    assert said([{"id": n, "opinion": view} for n, view in enumerate(VIEWS, 1)]) == VIEWS
    assert said({"topic": "Divorce", "interviews": [{"summary": v} for v in VIEWS]}) == VIEWS
    assert said({"for": list(VIEWS[:4]), "against": list(VIEWS[4:])}) == VIEWS
    assert said({"people": {f"person_{n}": {"view": v} for n, v in enumerate(VIEWS)}}) == VIEWS


def test_what_json_says_about_a_person_stays_with_the_opinion() -> None:
    people = [{"n": 1, "name": "Ada", "traits": ["young", "urban"], "view": v} for v in VIEWS]
    assert said(people)[0] == f"Ada – young, urban – {VIEWS[0]}"
    assert said(dict(zip(NAMES, VIEWS, strict=True)))[1] == (f"Ben: {VIEWS[1]}")


@pytest.mark.parametrize("around", ["```json\n{}\n```", "Here is the list:\n{}\nNote: invented."])
def test_words_and_fences_around_json_are_no_opinions(around: str) -> None:
    assert split(around.format(json.dumps(VIEWS, indent=2))).opinions == VIEWS


@pytest.mark.slow
@given(st.integers(2, 6), st.integers(1, 12))
def test_json_that_is_cut_has_its_whole_entries(whole: int, left: int) -> None:
    text = json.dumps({"opinions": [{"n": n, "text": v} for n, v in enumerate(VIEWS, 1)]})
    end = text.index(VIEWS[whole - 1]) + len(VIEWS[whole - 1]) + 2
    assert split(text[: end + left] if whole < 6 else text).opinions[:whole] == VIEWS[:whole]


def test_one_object_per_line_is_one_opinion_each() -> None:
    lines = "\n".join(json.dumps({"person": n, "says": v}) for n, v in enumerate(VIEWS, 1))
    assert split(lines).opinions == VIEWS


@pytest.mark.parametrize(
    ("head", "row", "first"),
    [
        ("| # | Person | View |\n|---|---|---|", "| {n} | {name} | {view} |", "Ada – "),
        ("| Person | View |\n| :-- | --: |", "| {name} | {view} |", "Ada – "),
        ("| Person | View |\n|:-:|-:|", "| {name} | {view} |", "Ada – "),
        ("Person | View\n--- | ---", "{name} | {view}", "Ada – "),
        ("| 編號 | 意見 |\n|---|---|", "| {n} | {view} |", ""),
    ],
)
def test_rows_of_a_table_are_opinions(head: str, row: str, first: str) -> None:
    rows = [row.format(n=n, name=NAMES[n - 1], view=v) for n, v in enumerate(VIEWS, 1)]
    table = "\n".join(["Ten views:", "", head, *rows, "", "Note: these are invented."])
    found = split(table)
    assert found.opinions == tuple(
        (first and f"{name} – ") + v for name, v in zip(NAMES, VIEWS, strict=True)
    )
    assert found.preamble == "Ten views"
    assert found.closing.startswith("Note")


def test_a_table_that_sums_up_a_list_is_no_list() -> None:
    table = "\n\n| Side | People |\n|---|---|\n| In favour | 3 |\n| Against | 3 |"
    assert split(NUMBERED + table).count == len(VIEWS)


def test_a_list_within_a_json_text_is_read_as_a_list() -> None:
    assert split(json.dumps({"response": NUMBERED})).opinions == VIEWS
    assert split(json.dumps(NUMBERED)).opinions == VIEWS


def test_lists_as_python_writes_them_are_read_too() -> None:
    assert split(str(list(VIEWS))).opinions == VIEWS
    assert split(str([{"person": n, "view": v} for n, v in enumerate(VIEWS, 1)])).opinions == VIEWS


@pytest.mark.parametrize(
    "style", ["{n},{v}", '{n},"{v}"', "{n};{v}", "{n}\t{v}", "{n} | {v}", "{n} → {v}"]
)
def test_rows_of_separated_values_are_opinions(style: str) -> None:
    rows = "\n".join(style.format(n=n, v=v) for n, v in enumerate(VIEWS, 1))
    found = split("person,opinion\n" + rows)
    assert [opinion.strip('"') for opinion in found.opinions] == list(VIEWS)


def test_a_last_row_that_was_cut_before_its_opinion_is_none() -> None:
    rows = [f"| {n} | {name} | {v} |" for n, (name, v) in enumerate(zip(NAMES, VIEWS, strict=True))]
    table = "\n".join(["| # | Person | View |", "|---|---|---|", *rows[:5]])
    assert split(f"{table}\n| 6 | Fay |").count == 5
    assert split(f"{table}\n| 6 | Fay | I thi").count == 6


def test_a_shorter_last_row_counts_unless_it_is_cut_off_below_two_others() -> None:
    table = "| n | who | view |\n|---|---|---|\n| 1 | Ann | Yes. |\n| 2 | No. |"
    assert table_rows(table) == ("", ["Ann – Yes.", "No."], "")
    longer = table.replace("| 2 |", "| 2 | Ben | Never. |\n| 3 |")
    assert table_rows(longer) == ("", ["Ann – Yes.", "Ben – Never."], "")


def test_a_row_of_one_cell_is_the_heading_of_a_group_in_a_table_of_two_columns() -> None:
    table = "| who | view |\n|---|---|\n| The young | |\n| Ann | Yes. |\n| Ben | No. |\n\nBye"
    assert table_rows(table) == ("", ["Ann – Yes.", "Ben – No."], "\nBye")


def test_json_that_is_cut_off_has_all_entries_before_the_cut() -> None:
    entries = ["Yes, always.", "No, never.", "It depends."]
    assert json_items('["Yes, always.", "No, never.", "It depends.", "I am', asked=6) == entries


def test_a_person_with_a_list_of_short_words_is_one_opinion() -> None:
    people = [{"view": view, "traits": ["calm", "young"]} for view in VIEWS[:3]]
    found = json_items(json.dumps(people), asked=6)
    assert found is not None and len(found) == 3
