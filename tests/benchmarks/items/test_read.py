"""Items are read from files of every kind, in parts, and a fault in them is one line."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet
import pytest

from culture_ray.errors import BadTable, UserError
from tests.benchmarks.items.sources import PLAIN, ROWS, changed, read, write_csv


def _column(table: pa.Table, name: str) -> list[Any]:
    return table.sort_by("item").column(name).to_pylist()


def _write(folder: Path, form: str) -> None:
    match form:
        case "csv":
            write_csv(folder / "eng.csv")
        case "json":
            (folder / "eng.json").write_text(json.dumps(ROWS), encoding="utf-8")
        case "jsonl":
            lines = "\n".join(json.dumps(row) for row in ROWS)
            (folder / "eng.jsonl").write_text("\ufeff" + lines + "\n", encoding="utf-8")
        case "lines.json":
            lines = "\n".join(json.dumps(row) for row in ROWS)
            (folder / "eng.lines.json").write_text(lines, encoding="utf-8")
        case "parquet":
            pa.parquet.write_table(pa.Table.from_pylist(list(ROWS)), folder / "eng.parquet")


@pytest.mark.parametrize("form", ["csv", "json", "jsonl", "parquet", "lines.json"])
def test_every_kind_of_file_gives_the_same_items(tmp_path: Path, form: str) -> None:
    _write(tmp_path, form)
    items = read(tmp_path, changed(source={"files": "{language}." + form}))
    table = items.tables["en"]
    assert _column(table, "item") == ["01", "02", "03"]
    assert set(_column(table, "language")) == {"en"}
    assert _column(table, "options")[0] == ["Aarhus", "Copenhagen"]
    assert _column(table, "answers")[0] == [{"text": "Copenhagen", "option": 1, "weight": 1.0}]
    assert dict(_column(table, "groups")[1]) == {"kind": "thing"}
    assert list(items.checksums) == [f"eng.{form}"]
    assert items.bytes == (tmp_path / f"eng.{form}").stat().st_size


def test_a_part_is_the_same_in_every_language_and_a_larger_one_only_adds(tmp_path: Path) -> None:
    rows = [{**ROWS[0], "id": str(n), "kind": ("place", "thing")[n % 2]} for n in range(20)]
    write_csv(tmp_path / "eng.csv", rows)
    write_csv(tmp_path / "dan.csv", rows[::-1])
    small, large = (
        read(tmp_path, changed(items={"per_group": {"kind": n}}), ("en", "da")) for n in (3, 5)
    )
    for items, n in ((small, 6), (large, 10)):
        ids = items.tables["en"].column("item").to_pylist()
        assert len(ids) == n
        assert items.tables["da"].column("item").to_pylist() == ids
    first = large.tables["en"].column("item").to_pylist()[:6]
    assert first == small.tables["en"].column("item").to_pylist()
    assert small.digest == large.digest
    other = read(tmp_path, changed(items={"per_group": {"kind": 3}}), ("en", "da"), seed=2)
    assert other.tables["en"].column("item").to_pylist() != first
    assert other.digest != small.digest


def test_kept_groups_are_read_and_a_short_group_is_noted(tmp_path: Path) -> None:
    write_csv(tmp_path / "eng.csv")
    design = changed(items={"keep": {"kind": ["place"]}, "per_group": {"kind": 5}})
    items = read(tmp_path, design)
    assert sorted(items.tables["en"].column("item").to_pylist()) == ["01", "03"]
    assert items.notices == ("benchmark.b: group 'place' has 2 of the 5 items wanted",)


def test_a_language_that_the_benchmark_lacks_is_left_out_and_noted(tmp_path: Path) -> None:
    write_csv(tmp_path / "eng.csv")
    items = read(tmp_path, languages=("en", "nl"))
    assert list(items.tables) == ["en"]
    assert items.notices == ("benchmark.b has no items in nl: they are left out of it",)


def test_entries_of_a_list_in_the_path_become_a_column(tmp_path: Path) -> None:
    for country in ("DK", "NL"):
        rows = [{**row, "id": f"{country}-{row['id']}"} for row in ROWS]
        write_csv(tmp_path / f"eng_{country}.csv", rows)
    design = changed(
        source={"files": "{language}_{country}.csv"},
        lists={"country": ["DK", "NL"]},
        items={"groups": {"country": "country"}},
    )
    groups = _column(read(tmp_path, design).tables["en"], "groups")
    assert [dict(own)["country"] for own in groups] == ["DK"] * 3 + ["NL"] * 3


@pytest.mark.parametrize(
    ("column", "values", "message"),
    [
        ("kind", ("place", "sted", "sted"),
         "item 02 has kind 'thing' in en and 'sted' in da, and 1 more differ: "),
        ("passage", ("p", "p", "q"), "item 03 has cluster 'p' in en and 'q' in da: "),
    ],
)  # fmt: skip
def test_an_item_of_another_group_or_cluster_in_another_language_is_refused(
    tmp_path: Path, column: str, values: tuple[str, ...], message: str
) -> None:
    english = [{**row, "passage": "p"} for row in ROWS]
    danish = [{**row, column: value} for row, value in zip(english, values, strict=True)]
    write_csv(tmp_path / "eng.csv", english)
    write_csv(tmp_path / "dan.csv", danish)
    design = changed(items={"cluster": "passage"})
    with pytest.raises(BadTable) as caught:
        read(tmp_path, design, ("en", "da"))
    assert str(caught.value).startswith(f"benchmark.b: {message}")
    assert f"add {column} to items.id" in str(caught.value)
    assert read(tmp_path, design, ("da",)).tables["da"].num_rows == 3
    design["items"]["id"] = ["id", column]
    assert [own.num_rows for own in read(tmp_path, design, ("en", "da")).tables.values()] == [3, 3]


def test_a_cluster_of_several_groups_counts_in_each_of_them(tmp_path: Path) -> None:
    rows = [
        {**ROWS[0], "id": f"{kind}/{n}", "kind": kind, "passage": str(n)}
        for kind in ("place", "thing")
        for n in range(6)
    ]
    write_csv(tmp_path / "eng.csv", rows)
    design = changed(items={"cluster": "passage", "per_group": {"kind": 4}})
    items = read(tmp_path, design)
    assert (items.tables["en"].num_rows, items.notices) == (8, ())
    design["items"]["per_group"] = {"kind": 9}
    assert len(read(tmp_path, design).notices) == 2


def test_one_file_with_a_column_of_the_language_serves_all_languages(tmp_path: Path) -> None:
    rows = [{**row, "lang": lang} for lang in ("eng", "dan") for row in ROWS]
    write_csv(tmp_path / "all.csv", rows)
    design = changed(source={"files": "all.csv"}, items={"language": "lang"})
    items = read(tmp_path, design, ("en", "da"))
    assert [table.num_rows for table in items.tables.values()] == [3, 3]


def test_examples_come_from_a_part_of_their_own(tmp_path: Path) -> None:
    write_csv(tmp_path / "eng.csv")
    rows = [{**row, "id": f"dev-{row['id']}"} for row in ROWS]
    write_csv(tmp_path / "dev_eng.csv", rows)
    few = {"path": "dev_{language}.csv", "count": 2}
    examples = read(tmp_path, changed(few_shot=few)).examples["en"]
    assert examples.num_rows == 2
    assert all(one.startswith("dev-") for one in examples.column("item").to_pylist())


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("{language}.csv", "the item '01' is also tested"),
        ("copy_{language}.csv", "the item '01' is also tested"),
    ],
)
def test_a_tested_item_is_no_example(tmp_path: Path, path: str, message: str) -> None:
    write_csv(tmp_path / "eng.csv")
    write_csv(tmp_path / "copy_eng.csv")
    with pytest.raises(UserError, match=message):
        read(tmp_path, changed(few_shot={"path": path, "count": 1}))


def test_scores_change_no_digest_and_prompts_do(tmp_path: Path) -> None:
    write_csv(tmp_path / "eng.csv")
    digest = read(tmp_path).digest
    assert read(tmp_path, changed(scores={"accuracy": {}, "by": ["kind"]})).digest == digest
    assert read(tmp_path, changed(samples=3)).digest != digest
    assert read(tmp_path, changed(prompts="{text}: {options}")).digest != digest
    write_csv(tmp_path / "eng.csv", ROWS[:2])
    assert read(tmp_path).digest != digest


FAULTS: list[tuple[Mapping[str, Any], Mapping[str, Any], str]] = [
    ({"items": {"text": "query"}}, {}, "no column 'query'; the columns are id, question, a, b"),
    ({"items": {"groups": {"kind": "sort"}}}, {}, "no column 'sort'"),
    ({"items": {"answer": "gold"}}, {}, "no column 'gold'"),
    ({}, {"answer": "C"}, "answer 'C', which is not an option: A (Aarhus), B (Copenhagen)"),
    ({}, {"answer": "Odense"}, "answer 'Odense', which is not an option"),
    ({}, {"answer": ""}, "item 01 has no answer"),
    ({}, {"answer": "1"}, "place_from_0"),
    ({}, {"id": "02"}, "the id '02' occurs twice, in rows 1 and 2"),
    ({}, {"id": ""}, "row 1 has no id"),
    ({}, {"question": " "}, "item 01 has no text in column 'question'"),
    ({}, {"b": ""}, "item 01 has no text for option B"),
    ({}, {"b": "Aarhus"}, "has the option 'Aarhus' twice"),
    ({"items": {"keep": {"kind": ["person"]}}}, {}, "no item of group 'person' of kind"),
    ({"source": {"files": "{language}_x.csv"}}, {}, "no file 'eng_x.csv' in"),
    ({"source": {"files": "{land}.csv"}}, {}, "the file has no list 'land'"),
    ({"source": {"files": "eng.csv"}}, {}, "expected {language} in the paths, or items.language"),
    ({"answer": {"kind": "label", "labels": ["yes", "no"]}, "prompts": "{text}"}, {},
     "answer 'B', which is not a label: yes, no"),
    ({"answer": {"kind": "number"}, "prompts": "{text}"}, {}, "answer 'B', which is not a number"),
]  # fmt: skip


@pytest.mark.parametrize(("parts", "first_row", "message"), FAULTS)
def test_a_fault_is_one_line_with_its_place(
    tmp_path: Path, parts: Mapping[str, Any], first_row: Mapping[str, Any], message: str
) -> None:
    rows = [{**ROWS[0], **first_row}, *ROWS[1:]]
    if first_row.get("answer") == "1":
        rows = [{**row, "answer": "1"} for row in rows]
    write_csv(tmp_path / "eng.csv", rows)
    with pytest.raises(UserError) as caught:
        read(tmp_path, changed(**parts))
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)
    assert "b" in str(caught.value) or str(tmp_path) in str(caught.value)


def test_a_language_without_file_is_named(tmp_path: Path) -> None:
    write_csv(tmp_path / "eng.csv")
    with pytest.raises(UserError, match=r"benchmark.b.source \(da\): no file 'dan.csv' in"):
        read(tmp_path, languages=("en", "da"))


def test_a_broken_line_is_named(tmp_path: Path) -> None:
    (tmp_path / "eng.jsonl").write_text(json.dumps(ROWS[0]) + "\n{oops\n", encoding="utf-8")
    with pytest.raises(UserError, match=r"eng.jsonl: cannot be read: line 2"):
        read(tmp_path, changed(source={"files": "{language}.jsonl"}))


def test_answers_are_read_as_letters_places_texts_and_flags(tmp_path: Path) -> None:
    expected = [1, 0, 0]
    forms: list[tuple[list[Any], Any]] = [
        (["B", "A", "A"], "answer"),
        (["(b)", "a.", "A"], {"column": "answer", "is": "letter"}),
        (["Copenhagen", "Red", "Zealand"], "answer"),
        (["2", "1", "1"], {"column": "answer", "is": "place_from_1"}),
        (["1", "0", "0"], {"column": "answer", "is": "place_from_0"}),
    ]
    for values, answer in forms:
        rows = [{**row, "answer": value} for row, value in zip(ROWS, values, strict=True)]
        write_csv(tmp_path / "eng.csv", rows)
        table = read(tmp_path, changed(items={"answer": answer})).tables["en"]
        assert [own[0]["option"] for own in _column(table, "answers")] == expected


def test_paths_are_found_in_the_first_folder_that_has_them(tmp_path: Path) -> None:
    from culture_ray.benchmarks.design.benchmark import Benchmark
    from culture_ray.benchmarks.items.read import read_items

    write_csv(tmp_path / "shipped" / "eng.csv")
    write_csv(tmp_path / "own" / "eng.csv", ROWS[:1])
    roots = [tmp_path / "own", tmp_path / "shipped"]
    items = read_items(Benchmark.from_mapping("b", PLAIN), ["en"], roots, 1)
    assert items.tables["en"].num_rows == 1
