"""Files of ground truth, and what is wrong with them."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.feather
import pyarrow.parquet
import pytest

from culture_ray.errors import BadTable
from culture_ray.survey.files import read_table
from culture_ray.survey.ground_truth_table import read_ground_truth
from culture_ray.tables import GROUND_TRUTH
from tests.survey.made_up_figures import HEAD, ROWS, read


def test_figures_stand_by_population_and_topic(tmp_path: Path) -> None:
    truth = read(tmp_path, ROWS)
    names = [population.name for population in truth.populations]
    assert names == ["DK", "BE", "NA", "speakers:da", "world"]
    assert truth.topics == ("f120", "e035")
    np.testing.assert_array_equal(truth.value_polarity[0], [0.84, 0.4])
    np.testing.assert_array_equal(truth.value_polarity[2], [0.25, np.nan])
    np.testing.assert_array_equal(truth.std_error[:3, 0], [0.01, np.nan, 0.02])
    np.testing.assert_array_equal(truth.n[:3, 0], [1200, np.nan, 900])
    assert truth.source == "a made-up source"


@pytest.mark.parametrize("suffix", [".csv", ".parquet", ".arrow"])
def test_every_file_kind_holds_the_same_figures(tmp_path: Path, suffix: str) -> None:
    expected = read(tmp_path, ROWS)
    table = read_table(tmp_path / "figures.csv", GROUND_TRUTH)
    path = tmp_path / f"again{suffix}"
    match suffix:
        case ".csv":
            pa.csv.write_csv(table, path)
        case ".parquet":
            pa.parquet.write_table(table, path)
        case _:
            pa.feather.write_feather(table, path, compression="zstd")
    found = read_ground_truth(path, "again")
    assert found.populations == expected.populations
    np.testing.assert_array_equal(found.value_polarity, expected.value_polarity)
    np.testing.assert_array_equal(found.n, expected.n)


def test_standard_errors_and_counts_may_be_unknown_altogether(tmp_path: Path) -> None:
    text = "population,kind,languages,topic,value_polarity\nDK,country,da,f120,0.84\n"
    assert np.isnan(read(tmp_path, text).std_error).all()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("population,topic\nDK,f120\n", "no column kind, languages, value_polarity; the file has"),
        (HEAD, "the table has no rows"),
        (ROWS + "PT,country,pt,f120,84,,\n", r"value_polarity is 84.0 in data row 7 .*PT.*f120"),
        (ROWS + "PT,country,pt,f120,0.5,-1,\n", "std_error is -1.0 in data row 7"),
        (ROWS + "PT,country,pt,f120,,,\n", "value_polarity is empty in data row 7"),
        (ROWS + "PT,country,pt,f120,many,,\n", "many"),
        (ROWS + "DK,country,da,f120,0.1,,\n", "duplicate figure of population DK, topic f120"),
        (ROWS + "DK,country,de,h010,0.1,,\n", "DK is a country with languages 'da' in one row and"),
        (ROWS + "PT,land,pt,f120,0.1,,\n", "population PT has the kind 'land'"),
        (ROWS + "danes,language,da,f120,0.1,,\n", "two populations of kind 'language' speak da"),
    ],
)
def test_a_bad_file_is_told_in_one_line(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(BadTable, match=message) as caught:
        read(tmp_path, text)
    assert "figures.csv" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_file_in_another_encoding_is_told(tmp_path: Path) -> None:
    path = tmp_path / "figures.csv"
    path.write_bytes((HEAD + "København,region,da,f120,0.5,,\n").encode("latin-1"))
    with pytest.raises(BadTable, match="UTF"):
        read_ground_truth(path, "x")


@pytest.mark.parametrize("decimal", [".", ","])
def test_a_file_as_spreadsheets_save_it_holds_the_same_figures(
    tmp_path: Path, decimal: str
) -> None:
    names = "population;kind;languages;topic;value_polarity;label"
    row = f'DK;country;da;f118;0{decimal}25;"Denmark, all"'
    path = tmp_path / "figures.csv"
    path.write_text(f"{names}\n{row}\n", encoding="utf-8-sig")
    figures = read_ground_truth(path, "made up")
    assert figures.value_polarity.tolist() == [[0.25]]
    assert figures.populations[0].title == "Denmark, all"


def test_two_columns_of_one_name_are_told(tmp_path: Path) -> None:
    path = tmp_path / "figures.csv"
    path.write_text("population,kind,languages,topic,topic,value_polarity\nDK,country,da,a,b,0\n")
    with pytest.raises(BadTable, match="several columns named topic: keep one of each"):
        read_table(path, GROUND_TRUTH)


def test_an_absent_or_strange_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(BadTable, match="there is no such file"):
        read_ground_truth(tmp_path / "nowhere.csv", "x")
    (tmp_path / "figures.xlsx").write_bytes(b"")
    with pytest.raises(BadTable, match=r"use \.csv, \.parquet"):
        read_ground_truth(tmp_path / "figures.xlsx", "x")


def test_shipped_figures_are_the_published_ones(conf: Path, reference: Path) -> None:
    truth = read_ground_truth(conf / "populations" / "evs_wvs_joint_v5.csv", "shipped")
    published: dict[tuple[str, str], float] = {}
    for file, naming in (
        ("country", lambda row: row["cntry_an"]),
        ("language", lambda row: f"speakers:{row['lnge_iso']}"),
        ("global", lambda row: "world"),
    ):
        with (reference / f"ground_truth_{file}.csv").open(encoding="utf-8") as lines:
            for row in csv.DictReader(lines):
                key = (naming(row), row["question_key"].lower())
                published[key] = float(row["pro_score"])
    found = {
        (population.name, topic): truth.value_polarity[row, column]
        for row, population in enumerate(truth.populations)
        for column, topic in enumerate(truth.topics)
        if not np.isnan(truth.value_polarity[row, column])
    }
    assert found == published
