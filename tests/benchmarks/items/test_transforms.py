"""Declared transforms turn the rows of published formats into rows of items."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from culture_ray.errors import UserError
from tests.benchmarks.items.sources import ROWS, changed, read, write_csv


def _design(*transforms: dict[str, Any], form: str = "csv", **parts: Any) -> dict[str, Any]:
    source = {"files": "{language}." + form, "transforms": list(transforms)}
    return changed(**parts) | {"source": source}


def _items(folder: Path, design: dict[str, Any]) -> list[dict[str, Any]]:
    return read(folder, design).tables["en"].sort_by("item").to_pylist()


def test_long_rows_become_one_item_with_options_and_flags(tmp_path: Path) -> None:
    rows = [
        {"q": question, "text": f"Is it? {question}", "option": option, "truth": truth}
        for question, truths in (("7", ["False", "True"]), ("8", ["True", "True"]))
        for option, truth in zip(("first", "second"), truths, strict=True)
    ]
    write_csv(tmp_path / "eng.csv", rows)
    design = _design(
        {"collect": {"by": "q", "columns": ["option", "truth"]}},
        answer={"kind": "statement"},
        prompts="{text} {option}",
    )
    design["items"] = {"id": "q", "text": "text", "options": "option", "answer": "truth"}
    first, second = _items(tmp_path, design)
    assert first["options"] == ["first", "second"]
    assert [answer["option"] for answer in first["answers"]] == [1]
    assert [answer["option"] for answer in second["answers"]] == [0, 1]


def test_annotations_become_answers_with_votes_after_the_published_filter(tmp_path: Path) -> None:
    annotations = [
        {"answers": ["tea"], "en_answers": ["tea", "a tea"], "count": 3},
        {"answers": ["kaffe"], "en_answers": ["coffee"], "count": 1},
    ]
    content = {
        "q1": {"question": "Drink?", "annotations": annotations,
               "idks": {"idk": 1, "no-answer": 1, "not-applicable": 1}},
        "q2": {"question": "Unknown?", "annotations": annotations,
               "idks": {"idk": 5, "no-answer": 0, "not-applicable": 0}},
        "q3": {"question": "Not here?", "annotations": annotations,
               "idks": {"idk": 0, "no-answer": 1, "not-applicable": 2}},
        "q4": {"question": "Nothing?", "annotations": [],
               "idks": {"idk": 0, "no-answer": 0, "not-applicable": 0}},
    }  # fmt: skip
    (tmp_path / "eng.json").write_text(json.dumps(content), encoding="utf-8")
    design = _design(
        {"entries": "ID"},
        {"drop_where": {"sum": ["idks.no-answer", "idks.not-applicable"], "at_least": 3}},
        {"drop_where": {"sum": ["idks.idk"], "at_least": 5}},
        {"votes": {"from": "annotations", "texts": ["answers", "en_answers"], "count": "count"}},
        form="json",
        answer={"kind": "short"},
        prompts="{text}",
    )
    design["items"] = {
        "id": "ID", "text": "question", "answer": {"column": "answers", "weights": "weights"},
    }  # fmt: skip
    [item] = _items(tmp_path, design)
    assert item["item"] == "q1"
    votes = {answer["text"]: answer["weight"] for answer in item["answers"]}
    assert votes == {"tea": 3.0, "a tea": 3.0, "kaffe": 1.0, "coffee": 1.0}


def test_rows_of_a_field_are_filtered_renamed_and_joined(tmp_path: Path) -> None:
    rows = [{**row, "lang": lang, "id": f"{lang}{row['id']}"} for lang in "xy" for row in ROWS]
    (tmp_path / "eng.json").write_text(json.dumps({"data": {"all": rows}}), encoding="utf-8")
    write_csv(tmp_path / "topics.csv", [{"id": "x01", "topic": "cities"}])
    design = _design(
        {"rows": "data.all"},
        {"keep": {"lang": "x"}},
        {"drop": {"id": ["x03"]}},
        {"replace": {"kind": {"place": "geography"}}},
        {"compose": {"question": "About {kind}: {question}"}},
        {"join": {"file": "topics.csv", "on": "id"}},
        form="json",
        items={"groups": {"kind": "kind", "topic": "topic"}},
    )
    first, second = _items(tmp_path, design)
    assert first["text"] == "About geography: Capital of Denmark?"
    assert dict(first["groups"]) == {"kind": "geography", "topic": "cities"}
    assert dict(second["groups"]) == {"kind": "thing", "topic": ""}


def test_nested_fields_and_json_texts_become_columns(tmp_path: Path) -> None:
    entry = {"question": {"language": "English", "texts": {"English": {"text": "Why?"}}}}
    rows = [{"entry": json.dumps(entry), "choices": json.dumps({"A": "x", "B": "y"}), "right": "B"}]
    write_csv(tmp_path / "eng.csv", rows)
    design = _design(
        {"parse": "entry"},
        {"parse": "choices"},
        {"fields": {"why": "entry.question.texts.{entry.question.language}.text"}},
        {"digest": {"key": ["why", "right"]}},
    )
    design["items"] = {"id": "key", "text": "why", "options": "choices", "answer": "right"}
    [item] = _items(tmp_path, design)
    assert (item["text"], item["options"]) == ("Why?", ["x", "y"])
    assert item["answers"][0]["option"] == 1
    assert len(item["item"]) == 12


def test_a_list_is_split_and_its_entries_become_items(tmp_path: Path) -> None:
    write_csv(tmp_path / "eng.csv", [{**ROWS[0], "names": "x; y"}])
    design = _design({"split": {"names": ";"}}, {"explode": "names"}, items={"id": ["id", "names"]})
    assert [item["item"] for item in _items(tmp_path, design)] == ["01/x", "01/y"]


def test_rows_are_numbered_and_lettered_lines_become_options(tmp_path: Path) -> None:
    forms = ["A. red\nB. blue", "(A) red\n(B) dark\nblue", "Ａ：红\nＢ、蓝", "a) red\n\nb) blue"]
    rows = [{"question": f"Q{n}?", "choices": text, "right": "B"} for n, text in enumerate(forms)]
    write_csv(tmp_path / "eng.csv", rows)
    design = _design({"number": {"row": 1}}, {"lettered": "choices"})
    design["items"] = {"id": "row", "text": "question", "options": "choices", "answer": "right"}
    assert [item["options"] for item in _items(tmp_path, design)] == [
        ["red", "blue"], ["red", "dark blue"], ["红", "蓝"], ["red", "blue"],
    ]  # fmt: skip


def test_wrong_options_are_drawn_from_a_list_the_same_in_every_run(tmp_path: Path) -> None:
    rows = [{"id": str(n), "question": "Where?", "right": "x", "also": "y"} for n in range(40)]
    write_csv(tmp_path / "eng.csv", rows)
    draw = {"column": "options", "right": "right", "without": "also", "key": "id", "others": 2,
            "of": list("xyabc")}  # fmt: skip
    design = _design({"draw": draw})
    design["items"] = {
        "id": "id", "text": "question", "options": "options",
        "answer": {"column": "right", "is": "text"},
    }  # fmt: skip
    found = _items(tmp_path, design)
    assert all(len(set(item["options"])) == 3 for item in found)
    assert all("x" in item["options"] and "y" not in item["options"] for item in found)
    assert {item["options"].index("x") for item in found} == {0, 1, 2}
    assert {option for item in found for option in item["options"]} == set("xabc")
    assert _items(tmp_path, design) == found


def test_a_table_in_another_encoding_is_read_if_it_is_named(tmp_path: Path) -> None:
    write_csv(tmp_path / "eng.csv", [{**ROWS[0], "question": "首都？"}])
    text = (tmp_path / "eng.csv").read_text(encoding="utf-8")
    (tmp_path / "eng.csv").write_bytes(text.encode("gb18030"))
    with pytest.raises(UserError, match=r"eng.csv: cannot be read: byte .* is not UTF-8"):
        read(tmp_path, _design())
    design = _design()
    design["source"]["encoding"] = "gb18030"
    assert _items(tmp_path, design)[0]["text"] == "首都？"
    design["source"]["encoding"] = "klingon"
    with pytest.raises(UserError, match=r"source\.encoding"):
        read(tmp_path, design)


@pytest.mark.parametrize(
    ("transform", "message"),
    [
        ({"number": {"row": True}}, "the number of the first row"),
        ({"lettered": "question"}, "row 1, 'question' (benchmark.b.source.transforms.0.lettered) "
         "begins with 'Capital of Denmark?', not with option A"),
        ({"draw": {"column": "o", "right": "a", "key": "id", "others": 3, "of": ["Red", "x"]}},
         "01 leaves 2 of 2 entries"),
        ({"join": {"file": "none.csv", True: "id"}}, "in quotes"),
        ({"keep": {"kind": [True]}}, "transforms.0.keep.kind=[True] cannot be used: expected"),
        ({"drop": {"kind": False}}, "transforms.0.drop.kind=False"),
        ({"replace": {"kind": {True: "x"}}}, "transforms.0.replace.kind=True"),
        ({"drop_where": {"sum": "id", "at_least": "many"}}, "drop_where cannot be applied"),
        ({"drop_where": {"sum": "question", "at_least": 1}}, "drop_where cannot be applied"),
        ({"keep": {"kind": "person"}}, "no row has kind person"),
        ({"keep": {"sort": "x"}}, "no column 'sort'; the columns are id, question"),
        ({"collect": {"by": "id"}}, "transforms.0.collect.columns"),
        ({"collect": {"by": "id", "column": "a"}}, "unknown key 'column'"),
        ({"rows": "data"}, "cannot be read"),
        ({"drop_where": {"sum": "idk", "at_least": 2}}, "no row has a number in idk"),
        ({"fields": {"x": "question.text"}}, "no row has 'question.text'"),
        ({"parse": "question"}, "'question' holds no JSON"),
        ({"melt": "x"}, "unknown key 'melt'"),
        ({"join": {"file": "none.csv", "on": "id"}}, "no file 'none.csv'"),
    ],
)  # fmt: skip
def test_a_faulty_transform_is_one_line(
    tmp_path: Path, transform: dict[str, Any], message: str
) -> None:
    write_csv(tmp_path / "eng.csv")
    design = _design(transform)
    if "rows" in transform:
        design["source"]["format"] = "json"
    with pytest.raises(UserError) as caught:
        read(tmp_path, design)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)
