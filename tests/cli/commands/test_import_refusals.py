"""Mistakes in responses from elsewhere, each told in one line."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from tests.cli.commands.imported import CultureRay, bring, responses, stored


@pytest.mark.slow
def test_other_responses_do_not_get_into_a_run_that_has_some(
    culture_ray: CultureRay, workplace: Path
) -> None:
    table = responses()
    assert bring(culture_ray, table).code == 0
    before = stored(workplace)
    corrected = table.assign(value_polarity=1 - table["value_polarity"])
    for changed in (corrected, table.iloc[:-1]):
        complaint = bring(culture_ray, changed).complaint
        assert "has other responses" in complaint
        assert "run=theirs_2" in complaint
    pd.testing.assert_frame_equal(stored(workplace), before)


@pytest.mark.slow
def test_missing_columns_are_named_with_those_there_are(culture_ray: CultureRay) -> None:
    complaint = bring(culture_ray, responses().rename(columns={"topic": "item"})).complaint
    assert "no column for columns.topic=topic" in complaint
    assert "it has model, language, item, value_polarity, family" in complaint


@pytest.mark.slow
@pytest.mark.parametrize(("value", "words"), [(55, "holds 55 in row 3"), (-0.1, "holds -0.1")])
def test_polarity_outside_0_to_1_is_refused(
    culture_ray: CultureRay, value: float, words: str
) -> None:
    table = responses()
    table.loc[2, "value_polarity"] = value
    complaint = bring(culture_ray, table).complaint
    assert words in complaint
    assert "1 values outside 0..1" in complaint


@pytest.mark.slow
def test_a_polarity_that_is_no_number_is_shown(culture_ray: CultureRay) -> None:
    table = responses().astype({"value_polarity": object})
    table.loc[7, "value_polarity"] = "mostly"
    assert "holds 'mostly' in row 8" in bring(culture_ray, table).complaint


@pytest.mark.slow
def test_unknown_topics_are_counted_and_named_and_taken_only_when_allowed(
    culture_ray: CultureRay, workplace: Path
) -> None:
    table = responses()
    table["topic"] = table["topic"].replace({"f120": "f1200"})
    complaint = bring(culture_ray, table).complaint
    assert "24 responses are about 1 topic outside the catalogue: f1200 (24)" in complaint
    assert "did you mean 'f120'?" in complaint
    assert "allow_unknown_topics=true" in complaint
    assert not (workplace / "results").exists()
    said = bring(culture_ray, table, "allow_unknown_topics=true")
    assert said.code == 0
    assert "without ground truth: f1200 (24)" in said.out


@pytest.mark.slow
def test_a_request_that_comes_twice_is_refused(culture_ray: CultureRay) -> None:
    table = responses()
    table["id"] = [f"r{index}" for index in range(len(table))]
    table.loc[9, "id"] = "r8"
    complaint = bring(culture_ray, table, "columns.request_id=id").complaint
    assert "request 'r8' occurs twice" in complaint


@pytest.mark.slow
def test_a_row_without_a_model_is_refused(culture_ray: CultureRay) -> None:
    table = responses()
    table.loc[0, "model"] = None
    assert "1 row has no model" in bring(culture_ray, table).complaint


@pytest.mark.slow
def test_a_model_needs_one_family(culture_ray: CultureRay) -> None:
    table = responses()
    table.to_csv("scored.csv", index=False)
    nowhere = culture_ray("import", "file=scored.csv", "run=theirs").complaint
    assert "family of model 'large', which conf/model does not know" in nowhere
    table.loc[0, "family"] = "other"
    assert "one family for model small" in bring(culture_ray, table).complaint


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("nothing.csv", "no file"),
        ("notes.docx", "none of the endings"),
        ("x.parquet", "cannot"),
    ],
)
def test_a_file_that_is_none_is_refused(
    culture_ray: CultureRay, workplace: Path, name: str, words: str
) -> None:
    if name != "nothing.csv":
        (workplace / name).write_text("some words")
    assert words in culture_ray("import", f"file={name}", "run=theirs").complaint


@pytest.mark.slow
def test_an_unknown_language_is_refused_before_anything_is_written(
    culture_ray: CultureRay, workplace: Path
) -> None:
    table = responses()
    table["language"] = table["language"].replace({"da": "Danish", "en": "Klingon"})
    assert "language 'Klingon' is unknown" in bring(culture_ray, table).complaint
    assert not (workplace / "results").exists()
    said = bring(culture_ray, table, "rename.language={Klingon: tlh}")
    assert said.code == 0, said.err
    assert "no figures of the speakers of tlh in populations=evs_wvs_joint_v5" in said.out
