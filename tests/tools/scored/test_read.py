"""Keys of scored responses: columns, constants, spellings, personas, and several files."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from culture_ray.errors import BadTable, WrongValue
from culture_ray.tools.scored.choices import ScoredChoices
from culture_ray.tools.scored.read import read_scored
from tests.tools.scored.reading import KNOWN, read, rows_of

HEADER = "model,language,topic,value_polarity\n"


def test_what_a_file_lacks_can_be_stated_for_every_row(tmp_path: Path) -> None:
    constants = {"model": "gpt", "language": "English", "family": "openai", "wording": "w1"}
    rows = rows_of(tmp_path / "x.csv", "topic,value_polarity\nF120 ,1\n", constants=constants)
    row = rows.iloc[0]
    assert (row["model"], row["language"], row["topic"]) == ("gpt", "en", "f120")
    assert (row["family"], row["wording"]) == ("openai", "w1")


def test_topics_are_found_in_any_case(tmp_path: Path) -> None:
    text = HEADER + "m,da,Own_1,1\nm,da,F120,1\nm,da,New,1\n"
    assert rows_of(tmp_path / "x.csv", text)["topic"].tolist() == ["OWN_1", "f120", "new"]


def test_a_constant_stands_instead_of_a_column(tmp_path: Path) -> None:
    text = HEADER + "a,da,f120,1\nb,da,f120,0\n"
    assert set(rows_of(tmp_path / "x.csv", text, constants={"model": "c"})["model"]) == {"c"}


def test_a_constant_beside_a_column_of_its_own_is_refused(tmp_path: Path) -> None:
    with pytest.raises(WrongValue, match=r"constants\.model='c' .* null beside columns\.model=who"):
        rows_of(tmp_path / "x.csv", HEADER, constants={"model": "c"}, columns={"model": "who"})


def test_missing_keys_are_named_with_what_can_stand_for_them(tmp_path: Path) -> None:
    with pytest.raises(BadTable) as problem:
        rows_of(tmp_path / "x.csv", "QUESTION_ID,SCORE\nQ1,1\n")
    message = str(problem.value)
    assert "no column for columns.model=model, columns.language=language, columns.topic" in message
    assert "it has QUESTION_ID, SCORE" in message
    assert "model=NAME (or model=file_name) language=CODE topic=ID" in message


def test_the_name_of_each_file_can_be_its_model(tmp_path: Path) -> None:
    for name in ("gpt-3.5", "gemma"):
        (tmp_path / f"{name}.csv").write_text("language,topic,value_polarity\nda,f120,1\n")
    rows = read(tmp_path, constants={"model": "file_name"}).rows
    assert rows["model"].tolist() == ["gemma", "gpt-3.5"]


def test_spaces_capitals_and_repeated_blanks_make_no_second_model(tmp_path: Path) -> None:
    text = (
        "model,family,language,topic,value_polarity\n"
        "gpt-4o, openai,da,f120,1\n gpt-4o ,openai ,da,f120,1\nGPT-4o,OpenAI,da,f120,1\n"
    )
    path = tmp_path / "x.csv"
    path.write_text(text)
    scored = read(path, columns={"family": "family"})
    assert set(scored.rows["model"]) == {"gpt-4o"}
    assert set(scored.rows["family"]) == {"openai"}
    assert "model GPT-4o is read as gpt-4o" in scored.notes
    assert "family OpenAI is read as openai" in scored.notes


def test_an_unknown_language_is_refused_with_its_rows_and_a_way_out(tmp_path: Path) -> None:
    path, text = tmp_path / "x.csv", HEADER + "m,Danis,f120,1\nm,Danis,f120,1\nm,da,f120,0\n"
    with pytest.raises(BadTable) as problem:
        rows_of(path, text)
    message = str(problem.value)
    assert "language 'Danis' is unknown, and 2 rows in all" in message
    assert "did you mean 'Danish'?" in message
    assert "rename.language={Danis: TAG}" in message
    renamed = rows_of(path, text, rename={"language": {"danis": "da"}})
    assert set(renamed["language"]) == {"da"}


@pytest.mark.parametrize("column", ["persona", "country", "Country"])
def test_responses_about_different_countries_are_kept_apart(tmp_path: Path, column: str) -> None:
    text = f"model,language,topic,value_polarity,{column}\n"
    text += "m,da,f120,1,United States\nm,da,f120,0,dk\nm,da,f120,0,a nurse\nm,da,f120,0,\n"
    rows = rows_of(tmp_path / "x.csv", text)
    assert rows["persona"].tolist() == ["US", "DK", "a nurse", None]


def test_namibia_is_no_missing_value(tmp_path: Path) -> None:
    text = "model,language,topic,value_polarity,country\nm,en,f120,1,NA\n"
    assert rows_of(tmp_path / "x.csv", text)["persona"].tolist() == ["NA"]


def test_columns_that_are_not_read_are_named(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("model,language,topic,value_polarity,is_congruent,seed\nm,da,f120,1,true,3\n")
    assert "columns not used: is_congruent, seed" in read(path).notes


@pytest.mark.parametrize("key", ["model", "language", "topic"])
def test_a_row_without_a_key_is_refused(tmp_path: Path, key: str) -> None:
    cells = {"model": "m", "language": "da", "topic": "f120"} | {key: " "}
    text = HEADER + "m,da,f120,1\n" + ",".join(cells.values()) + ",0.5\n"
    with pytest.raises(BadTable, match=f"1 row has no {key} .*first in row 2"):
        rows_of(tmp_path / "x.csv", text)


@pytest.mark.parametrize("cell", [["m"], {"name": "m"}])
def test_a_key_that_is_no_text_is_refused(tmp_path: Path, cell: object) -> None:
    row = {"model": cell, "language": "da", "topic": "f120", "value_polarity": 1}
    with pytest.raises(BadTable, match=r"column model holds .* in row 1, and 1 such value"):
        rows_of(tmp_path / "x.jsonl", json.dumps(row))


def test_a_name_that_no_row_has_cannot_be_replaced(tmp_path: Path) -> None:
    with pytest.raises(WrongValue, match=r"rename\.topic='q1' cannot be used: expected a topic"):
        rows_of(tmp_path / "x.csv", HEADER + "m,da,f120,1\n", rename={"topic": {"q1": "f120"}})


def test_a_model_whose_name_is_no_name_of_a_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadTable, match=r"model 'mmm.* has 250 characters.* rename\.model"):
        rows_of(tmp_path / "x.csv", HEADER + "m" * 250 + ",da,f120,1\n")


def test_columns_are_found_in_other_capitals(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("MODEL,Language,Topic,VALUE_POLARITY\nm,da,f120,1\n")
    scored = read(path)
    assert scored.rows["value_polarity"].tolist() == [1.0]
    assert scored.notes == ()


def test_a_request_in_two_files_is_a_duplicate(tmp_path: Path) -> None:
    for name in ("a.csv", "b.csv"):
        (tmp_path / name).write_text("id," + HEADER + "7,m,da,f120,1\n")
    with pytest.raises(BadTable, match="request '7' occurs twice"):
        read(tmp_path, columns={"request_id": "id"})


def test_files_of_different_columns_are_read_together(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(HEADER + "m,da,f120,1\n")
    (tmp_path / "b.csv").write_text("model,language,topic,pro,con\nm,da,f120,1,3\n")
    rows = read_scored([tmp_path / "a.csv", tmp_path / "b.csv"], ScoredChoices(), KNOWN).rows
    assert rows["value_polarity"].tolist() == [1.0, 0.25]
