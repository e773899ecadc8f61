from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.feather
import pyarrow.parquet
import pytest

from culture_ray.errors import BadTable, MissingGroundTruth, UnknownName
from culture_ray.survey.files import read_table
from culture_ray.survey.ground_truth import (
    Gap,
    GroundTruth,
    Population,
    check_topics,
    read_ground_truth,
)
from culture_ray.tables import GROUND_TRUTH

HEAD = "population,kind,languages,topic,value_polarity,std_error,n\n"
ROWS = HEAD + (
    "DK,country,da,f120,0.84,0.01,1200\n"
    "DK,country,da,e035,0.4,,\n"
    "BE,country,nl fr de,f120,0.5,,\n"
    "NA,country,en,f120,0.25,0.02,900\n"
    "speakers:da,language,da,f120,0.8,,\n"
    "world,world,,f120,0.5,,\n"
)


def read(folder: Path, text: str) -> GroundTruth:
    path = folder / "figures.csv"
    path.write_text(text, encoding="utf-8")
    return read_ground_truth(path, "a made-up source")


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


def test_populations_are_found_by_the_language_they_speak(tmp_path: Path) -> None:
    truth = read(tmp_path, ROWS)
    assert truth.speakers_of("da") == Population("speakers:da", "language", ("da",))
    assert truth.speakers_of("nl") is None
    assert [p.name for p in truth.countries_of("fr")] == ["BE"]
    assert truth.countries_of("pt") == ()


HEADER = "population,kind,languages,topic,value_polarity,std_error,n\n"
LUSOPHONE = (
    "BR,country,pt,f120,0.3,,\nPT,country,pt,f120,0.5,,\nNO,country,nb,f120,0.8,,\n"
    "speakers:pt,language,pt,f120,0.4,,\nspeakers:nb,language,nb,f120,0.8,,\n"
)


@pytest.mark.parametrize(
    ("code", "speakers", "countries"),
    [
        ("pt", "speakers:pt", ["BR", "PT"]),
        ("pt-BR", "BR", ["BR"]),
        ("pt-AO", "speakers:pt", ["BR", "PT"]),
        ("no", "speakers:nb", ["NO"]),
        ("nb", "speakers:nb", ["NO"]),
        ("da", None, []),
    ],
)
def test_a_language_tag_finds_its_own_speakers(
    tmp_path: Path, code: str, speakers: str | None, countries: list[str]
) -> None:
    truth = read(tmp_path, HEADER + LUSOPHONE)
    found = truth.speakers_of(code)
    assert (found.name if found else None) == speakers
    assert [population.name for population in truth.countries_of(code)] == countries


def test_speakers_named_by_a_tag_come_first(tmp_path: Path) -> None:
    own = "speakers:pt-BR,language,pt-BR,f120,0.2,,\n"
    found = read(tmp_path, HEADER + LUSOPHONE + own).speakers_of("pt-BR")
    assert found is not None and found.name == "speakers:pt-BR"


def test_topics_and_populations_can_be_chosen_and_reordered(tmp_path: Path) -> None:
    truth = read(tmp_path, ROWS).for_topics(["e035", "h010", "f120"])
    np.testing.assert_array_equal(truth.value_polarity[0], [0.4, np.nan, 0.84])
    chosen = truth.for_populations(["world", "DK"])
    np.testing.assert_array_equal(chosen.value_polarity[:, 2], [0.5, 0.84])
    assert [p.name for p in chosen.populations] == ["world", "DK"]
    assert truth.for_populations(["all"]).populations == truth.populations
    with pytest.raises(UnknownName, match="unknown population 'dk' in a made-up source"):
        truth.for_populations(["dk"])


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


def test_a_topic_without_ground_truth_names_topic_and_population(tmp_path: Path) -> None:
    truth = read(tmp_path, ROWS)
    assert check_topics(truth, ["f120"], ["all"]) == ()
    with pytest.raises(MissingGroundTruth, match="e035 in NA, e035 in world"):
        check_topics(truth, ["f120", "e035"], ["DK", "NA", "world"])


def test_gaps_can_be_allowed_and_counted(tmp_path: Path) -> None:
    truth = read(tmp_path, ROWS)
    found = check_topics(truth, ["f120", "e035"], ["DK", "NA", "world"], allow_gaps=True)
    assert found == (Gap("e035", "NA"), Gap("e035", "world"))


def test_a_topic_that_no_population_answered_is_never_allowed(tmp_path: Path) -> None:
    truth = read(tmp_path, ROWS)
    with pytest.raises(MissingGroundTruth, match=r"topic h010 in 5 populations: DK, BE"):
        check_topics(truth, ["f120", "h010"], ["all"], allow_gaps=True)


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


def test_shipped_countries_speak_their_interview_language(conf: Path, reference: Path) -> None:
    truth = read_ground_truth(conf / "populations" / "evs_wvs_joint_v5.csv", "shipped")
    with (reference / "country_languages.csv").open(encoding="utf-8") as lines:
        spoken = {row["cntry_AN"]: (row["lnge_iso"],) for row in csv.DictReader(lines)}
    countries = {p.name: p.languages for p in truth.populations if p.kind == "country"}
    assert countries == spoken
    assert {p.name for p in truth.populations} - set(spoken) == {
        "speakers:da",
        "speakers:en",
        "speakers:nl",
        "speakers:pt",
        "world",
    }
