"""Options, answers and votes in the columns of published files."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from culture_ray.errors import UserError
from tests.benchmarks.items.sources import changed, read, write_csv

Row = Mapping[str, Any]
LABELS = {"kind": "label", "labels": ["toxic", "fine", "unclear"]}


def _items(folder: Path, rows: list[Row], items: Row, **parts: Any) -> list[dict[str, Any]]:
    lines = "\n".join(json.dumps(row) for row in rows)
    (folder / "eng.jsonl").write_text(lines, encoding="utf-8")
    transforms = parts.pop("transforms", [])
    design = (
        changed(
            source={"files": "{language}.jsonl", "transforms": transforms}, languages={"en": "eng"}
        )
        | parts
    )
    design["items"] = {"id": "id", "text": "q", **items}
    return read(folder, design).tables["en"].sort_by("item").to_pylist()


@pytest.mark.parametrize(
    "text",
    ['["red, dark", "blue"]', "['red, dark', 'blue']", "('red, dark', 'blue')",
     "['red, dark' 'blue']", "['red, dark'\n 'blue']", "{'A': 'red, dark', 'B': 'blue'}",
     "{'text': array(['red, dark', 'blue'], dtype=object), 'label': array(['A', 'B'])}"],
)  # fmt: skip
def test_a_text_with_a_list_of_json_python_or_numpy_is_parsed(text: str, tmp_path: Path) -> None:
    transforms: list[Row] = [{"parse": "o"}]
    nested = "array" in text
    transforms += [{"fields": {"o": "o.text"}}] if nested else []
    row = {"id": 1, "q": "Which?", "o": text, "a": "B"}
    [item] = _items(tmp_path, [row], {"options": "o", "answer": "a"}, transforms=transforms)
    assert item["options"] == ["red, dark", "blue"]
    assert item["answers"][0]["option"] == 1


@pytest.mark.parametrize("text", ["red; blue", "{'a', 'b'}", "[red, blue]", "__import__('os')"])
def test_a_text_that_holds_no_list_is_refused_in_one_line(text: str, tmp_path: Path) -> None:
    row = {"id": 1, "q": "Which?", "o": text, "a": "B"}
    items = {"options": "o", "answer": "a"}
    with pytest.raises(UserError, match=r"row 1: 'o' holds no JSON and no Python list"):
        _items(tmp_path, [row], items, transforms=[{"parse": "o"}])
    with pytest.raises(UserError, match=r"item 1: 'o' holds the text .* with the transform parse"):
        _items(tmp_path, [row], items)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"text": ["x", "y"], "label": ["A", "B"]}, "holds lists or objects, not the texts"),
        ([{"text": "x"}, {"text": "y"}], "holds lists or objects, not the texts"),
        (["x"], "has 1 options"), (["x", "", "y"], "has no text for option B"),
        (["x", " x"], "has the option 'x' twice"),
    ],
)  # fmt: skip
def test_options_of_another_shape_are_refused(options: Any, message: str, tmp_path: Path) -> None:
    row = {"id": 1, "q": "Which?", "o": options, "a": "A"}
    with pytest.raises(UserError) as caught:
        _items(tmp_path, [row], {"options": "o", "answer": "a"})
    assert message in str(caught.value)


def test_columns_that_an_item_leaves_empty_at_the_end_are_no_options(tmp_path: Path) -> None:
    row = {"q": "Which?", "a": "x", "b": "y", "r": "B"}
    rows = [{"id": 1, "c": "", **row}, {"id": 2, "c": "z", **row}]
    first, second = _items(tmp_path, rows, {"options": ["a", "b", "c"], "answer": "r"})
    assert (first["options"], second["options"]) == (["x", "y"], ["x", "y", "z"])


@pytest.mark.parametrize(
    ("answers", "form"),
    [
        ([" Olé ", "x"], None), (["Ole\u0301", "X"], None), (["OLÉ", "x "], None),
        (["（Ｂ）", "a"], "letter"), ([1.0, 0.0], "place_from_0"), (["2.0", "1.0"], "place_from_1"),
        ([[False, True], [True, False]], None), (["B", "A"], None), ([["B"], ["A"]], None),
    ],
)  # fmt: skip
def test_an_answer_that_differs_from_its_option_in_form_only_is_found(
    answers: list[Any], form: str | None, tmp_path: Path
) -> None:
    rows = [{"id": n, "q": "?", "o": ["x", "Olé"], "r": answer} for n, answer in enumerate(answers)]
    answer: Any = {"column": "r", "is": form} if form else "r"
    found = _items(tmp_path, rows, {"options": "o", "answer": answer})
    assert [[one["option"] for one in item["answers"]] for item in found] == [[1], [0]]


def test_an_answer_that_two_options_could_be_is_refused(tmp_path: Path) -> None:
    row = {"id": 1, "q": "?", "o": ["Us", "US"], "r": "us"}
    with pytest.raises(UserError, match="answer 'us', which is not an option"):
        _items(tmp_path, [row], {"options": "o", "answer": "r"})


def test_several_right_options_are_read_from_a_list(tmp_path: Path) -> None:
    row = {"id": 1, "q": "?", "o": ["x", "y", "z"], "r": "A; C"}
    items = {"options": "o", "answer": "r"}
    [item] = _items(tmp_path, [row], items, transforms=[{"split": {"r": ";"}}])
    assert [one["option"] for one in item["answers"]] == [0, 2]


@pytest.mark.parametrize(
    ("row", "transforms"),
    [
        ({"v": ["toxic", "fine", "toxic"]}, [{"votes": {"from": "v"}}]),
        ({"v": {"toxic": 2, "fine": 1, "unclear": 0}}, [{"votes": {"from": "v"}}]),
        ({"toxic": 2, "fine": "1", "unclear": None},
         [{"votes": {"from": ["toxic", "fine", "unclear"]}}]),
        ({"v": [{"l": "toxic", "n": 2}, {"l": "fine", "n": 1}]},
         [{"votes": {"from": "v", "texts": "l", "count": "n"}}]),
        ({"v": "['toxic', 'fine', 'toxic']"}, [{"parse": "v"}, {"votes": {"from": "v"}}]),
    ],
)  # fmt: skip
def test_the_label_with_most_votes_is_right(
    row: Row, transforms: list[Row], tmp_path: Path
) -> None:
    answer = {"column": "answers", "weights": "weights"}
    [item] = _items(
        tmp_path, [{"id": 1, "q": "?", **row}], {"answer": answer},
        transforms=transforms, answer=LABELS, prompts="{text}",
    )  # fmt: skip
    assert [(one["text"], one["weight"]) for one in item["answers"]] == [("toxic", 2.0)]


def test_rows_of_one_annotator_each_become_votes(tmp_path: Path) -> None:
    rows = [{"id": 1, "q": "?", "v": label} for label in ("fine", "toxic", "fine", "toxic")]
    collect: Row = {"collect": {"by": ["id"], "columns": ["v"]}}
    transforms = [collect, {"votes": {"from": "v"}}]
    [item] = _items(
        tmp_path, rows, {"answer": {"column": "answers", "weights": "weights"}},
        transforms=transforms, answer=LABELS, prompts="{text}",
    )  # fmt: skip
    assert {one["text"] for one in item["answers"]} == {"fine", "toxic"}  # a tie: either is right


@pytest.mark.parametrize(
    ("votes", "message"),
    [("toxic", "is a text, not a list"), ({"toxic": "many"}, "could not convert"),
     ([{"l": "toxic"}], "name the fields of the answer in texts")],
)  # fmt: skip
def test_votes_of_another_shape_are_one_line(votes: Any, message: str, tmp_path: Path) -> None:
    with pytest.raises(UserError) as caught:
        _items(
            tmp_path, [{"id": 1, "q": "?", "v": votes}], {"answer": "answers"},
            transforms=[{"votes": {"from": "v"}}], answer=LABELS, prompts="{text}",
        )  # fmt: skip
    assert message in str(caught.value)
    assert "transforms.0.votes cannot be applied" in str(caught.value)


@pytest.mark.parametrize(
    ("value", "good"),
    [("1,234.5", True), ("-3", True), (4.0, True), ("1e3", True), ("3,5", False),
     ("1.234,5", False), ("12,34", False), ("three", False), ("nan", False)],
)  # fmt: skip
def test_a_right_number_is_never_guessed(value: Any, good: bool, tmp_path: Path) -> None:
    row, number = {"id": 1, "q": "?", "r": value}, {"kind": "number"}
    if good:
        assert _items(tmp_path, [row], {"answer": "r"}, answer=number, prompts="{text}")
        return
    with pytest.raises(UserError, match="is not a number with a decimal point"):
        _items(tmp_path, [row], {"answer": "r"}, answer=number, prompts="{text}")


@pytest.mark.parametrize("column", ["id", "q", "kind"])
@pytest.mark.parametrize("value", [["x"], {"en": "x"}])
def test_a_list_or_an_object_is_no_text(column: str, value: Any, tmp_path: Path) -> None:
    row = {"id": 1, "q": "?", "kind": "k", "o": ["x", "y"], "r": "A"} | {column: value}
    with pytest.raises(UserError, match=f"row 1: '{column}' holds an? (list|object), not a text"):
        _items(tmp_path, [row], {"options": "o", "answer": "r", "groups": {"kind": "kind"}})


def test_entries_of_a_mapping_become_rows_and_texts_do_not(tmp_path: Path) -> None:
    row = {"id": 1, "parts": {"x": {"q": "One?"}, "y": {"q": "Two?"}}, "o": ["x", "y"], "r": "A"}
    items = {"id": ["id", "parts_place"], "options": "o", "answer": "r"}
    found = _items(tmp_path, [row], items, transforms=[{"explode": "parts"}])
    assert [(item["item"], item["text"]) for item in found] == [("1/x", "One?"), ("1/y", "Two?")]
    with pytest.raises(UserError, match="'r' holds texts such as 'A', not lists"):
        _items(tmp_path, [row], items, transforms=[{"explode": "r"}])


WIDE = [
    {"id": str(n), "q_en": f"Q{n}?", "q_da": f"S{n}?", "a_en": "x", "a_da": "u", "b_en": "y",
     "b_da": "v", "right": "B", "kind": kind}
    for n, kind in enumerate(("k", "", "k"))
]  # fmt: skip


def test_columns_of_each_language_in_one_row_and_items_without_a_group(tmp_path: Path) -> None:
    write_csv(tmp_path / "all.csv", WIDE)
    design = changed(source={"files": "all.csv"}, languages={"en": "en", "da": "da"})
    design["items"] = {
        "id": "id", "text": "q_{language}", "options": ["a_{language}", "b_{language}"],
        "answer": "right", "groups": {"kind": "kind"}, "per_group": {"kind": 2},
    }  # fmt: skip
    items = read(tmp_path, design, ("en", "da"))
    english, danish = (items.tables[code].sort_by("item").to_pylist() for code in ("en", "da"))
    assert [(one["text"], one["options"]) for one in danish] == [
        ("S0?", ["u", "v"]), ("S2?", ["u", "v"]),
    ]  # fmt: skip
    assert [one["text"] for one in english] == ["Q0?", "Q2?"]
    assert items.notices == (
        "benchmark.b: items without a kind (column 'kind'), which are in none of its groups: 1",
    )


def test_languages_without_a_common_item_are_noted(tmp_path: Path) -> None:
    row = {"question": "?", "a": "x", "b": "y", "answer": "A", "kind": "k"}
    write_csv(tmp_path / "eng.csv", [{"id": "1", **row}])
    write_csv(tmp_path / "dan.csv", [{"id": "1.0", **row}])
    [notice] = read(tmp_path, languages=("en", "da")).notices
    assert notice.startswith("benchmark.b: da and en have no item in common")
