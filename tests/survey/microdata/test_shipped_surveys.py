"""Each shipped mapping reads a synthetic file in its survey's public layout."""

from __future__ import annotations

import gzip
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from culture_ray.errors import BadTable
from culture_ray.survey.microdata.estimate import Estimates, estimate
from culture_ray.survey.microdata.files.columns import SUFFIXES
from culture_ray.survey.microdata.groupings import COUNTRIES, SPEAKERS, WORLD
from culture_ray.survey.microdata.respondents import Microdata, read_microdata
from tests.survey.microdata.layouts import (
    AFRICANS,
    MAKERS,
    afrobarometer9,
    ess11,
    evs2017,
    issp2018,
    shipped_mapping,
    written,
    wvs7,
    wvs_trend,
)
from tests.survey.microdata.layouts import COUNTRIES as CODES

pytestmark = pytest.mark.slow

MAIN = {code: language for code, (_, _, language, _) in CODES.items()} | {
    "GB": "en", "AO": "pt", "CI": "fr", "LS": "en",
}  # fmt: skip


def read(name: str, path: Path, **more: object) -> Microdata:
    return read_microdata([path], shipped_mapping(name), main_languages=MAIN, **more)  # type: ignore[arg-type]


def found_in(name: str, frame: pd.DataFrame, folder: Path) -> Estimates:
    people = read(name, written(name, frame, folder))
    return estimate(people, (COUNTRIES, SPEAKERS, WORLD), recode="symmetric", source="a test")


def polarity(found: Estimates, population: str, topic: str) -> float:
    truth = found.ground_truth
    return float(truth.value_polarity[truth.row(population), truth.topics.index(topic)])


def share(frame: pd.DataFrame, weight: str, pro: pd.Series, con: pd.Series) -> float:
    weights = frame[weight]
    return float(weights[pro].sum() / weights[pro | con].sum())


@pytest.mark.parametrize("name", list(MAKERS))
def test_every_mapped_topic_of_a_complete_file_is_read(tmp_path: Path, name: str) -> None:
    people = read(name, written(name, MAKERS[name](120), tmp_path))
    assert people.topics == shipped_mapping(name).topics
    assert not any("topics left out" in notice.text for notice in people.notices)


def test_wave_7_counts_countries_by_their_own_weights_and_pools_by_population(
    tmp_path: Path,
) -> None:
    frame = wvs7()
    found = found_in("wvs7", frame, tmp_path)
    names = [population.name for population in found.ground_truth.populations]
    assert names[:5] == ["DK", "NA", "NO", "PT", "US"]
    assert {"speakers:nb", "speakers:en", "world"} < set(names)
    answers = frame["Q182"]
    danes = frame[frame["B_COUNTRY_ALPHA"] == "DNK"]
    expected = share(
        danes, "W_WEIGHT", answers[danes.index] > 5, answers[danes.index].between(1, 5)
    )
    assert polarity(found, "DK", "f118") == pytest.approx(expected, abs=1e-12)
    frame["both"] = frame["W_WEIGHT"] * frame["PWGHT"]
    expected = share(frame, "both", answers > 5, answers.between(1, 5))
    assert polarity(found, "world", "f118") == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize(("name", "column"), [("wvs7", "Q171"), ("evs2017", "v54")])
def test_seven_points_of_attendance_are_put_on_the_scale_of_eight(
    tmp_path: Path, name: str, column: str
) -> None:
    frame = MAKERS[name](300)
    people = read(name, written(name, frame, tmp_path))
    moved = frame[column].replace({5: 6, 6: 7, 7: 8})
    given = moved > 0
    np.testing.assert_array_equal(people.answers["f028"][given], moved[given])


def test_the_trend_file_is_read_one_wave_at_a_time(tmp_path: Path) -> None:
    frame = wvs_trend()
    people = read("wvs_trend", written("wvs_trend", frame, tmp_path))
    seventh = frame[frame["S002VS"] == 7]
    assert len(people.weight) == len(seventh)
    told = {notice.text: notice.count for notice in people.notices}
    assert told["respondents outside S002VS 7, left out"] == len(frame) - len(seventh)
    assert people.columns["S016"].values == ("da", "en", "nb", "pt")
    assert sum("their country's main one" in text for text in told) == 1


def test_ess_weights_strata_and_clusters_are_those_of_its_design(tmp_path: Path) -> None:
    frame = ess11()
    people = read("ess11", written("ess11", frame, tmp_path))
    np.testing.assert_allclose(people.weight, frame["pspwght"])
    np.testing.assert_allclose(people.pooled_weight, frame["anweight"])
    assert len(np.unique(people.stratum)) == frame.groupby(["cntry", "stratum"]).ngroups
    assert len(np.unique(people.cluster)) == frame.groupby(["cntry", "stratum", "psu"]).ngroups
    assert people.columns["lnghom1"].values == ("da", "en", "no", "pt")


@pytest.mark.parametrize("spelt", [str.lower, str.upper])
def test_codes_of_languages_may_have_two_letters_in_any_case(tmp_path: Path, spelt: object) -> None:
    frame = ess11(200)
    short = {"DAN": "da", "ENG": "en", "NOR": "nb", "POR": "pt"}
    frame["lnghom1"] = [spelt(short[code]) for code in frame["lnghom1"]]  # type: ignore[operator]
    frame.loc[0, "lnghom1"] = "777"
    people = read("ess11", written("ess11", frame, tmp_path))
    assert people.columns["lnghom1"].values == ("da", "en", "nb", "pt")
    assert people.columns["lnghom1"].index[0] == -1


def test_answers_that_a_survey_codes_as_missing_are_no_answers(tmp_path: Path) -> None:
    frame = ess11()
    people = read("ess11", written("ess11", frame, tmp_path))
    for column in ("freehms", "imwbcnt", "trstun"):
        highest = 10 if frame[column].max() > 10 or 0 in set(frame[column]) else 5
        np.testing.assert_array_equal(
            people.answers[column] >= 0, frame[column].between(0, highest)
        )


def test_evs_without_a_column_of_languages_takes_the_main_one_of_the_country(
    tmp_path: Path,
) -> None:
    found = found_in("evs2017", evs2017(), tmp_path)
    spoken = {p.name: p.languages for p in found.ground_truth.populations if p.kind == "country"}
    assert spoken == {c: (MAIN[c],) for c in ("DK", "NA", "NO", "PT", "US")}


def test_parts_of_countries_in_issp_are_put_together(tmp_path: Path) -> None:
    found = found_in("issp2018", issp2018(), tmp_path)
    assert [p.name for p in found.ground_truth.populations][:5] == ["DK", "GB", "NA", "NO", "US"]


@pytest.mark.parametrize("labelled", [True, False])
def test_afrobarometer_countries_are_known_by_label_or_number(
    tmp_path: Path, labelled: bool
) -> None:
    spss = pytest.importorskip("pyreadstat", reason="pyreadstat is not installed")
    frame = afrobarometer9()
    labels = {"COUNTRY": {float(k): v for k, v in AFRICANS.items()}} if labelled else {}
    spss.write_sav(frame, str(tmp_path / "r9.sav"), variable_value_labels=labels)
    people = read("afrobarometer9", tmp_path / "r9.sav")
    assert people.columns["COUNTRY"].values == ("AO", "CI", "LS", "NA")
    neither = frame["Q25"] == 5
    assert set(people.answers["q25"][neither]) == {3}


def test_value_labels_of_a_stata_file_name_its_countries(tmp_path: Path) -> None:
    frame = afrobarometer9()
    # Other numbers than those of the mapping: the labels count.
    frame["COUNTRY"] = pd.Categorical(frame["COUNTRY"].map(AFRICANS))
    frame.to_stata(tmp_path / "r9.dta", write_index=False, version=118)
    people = read("afrobarometer9", tmp_path / "r9.dta")
    assert people.columns["COUNTRY"].values == ("AO", "CI", "LS", "NA")


@pytest.mark.parametrize("kind", ["parquet", "feather", "csv.gz", "zip", "bars", "dta.gz"])
def test_a_survey_is_read_from_any_kind_of_file(tmp_path: Path, kind: str) -> None:
    frame = wvs7(150)
    plain = written("wvs7", frame, tmp_path)
    path = tmp_path / f"again.{kind}"
    match kind:
        case "parquet":
            frame.to_parquet(path)
        case "feather":
            frame.to_feather(path)
        case "csv.gz":
            path.write_bytes(gzip.compress(plain.read_bytes()))
        case "zip":
            with zipfile.ZipFile(path, "w") as archive:
                archive.write(plain, "data/WVS7.csv")
                archive.writestr("data/readme.txt", "see the code book")
                archive.writestr("codebook.pdf", "not data")
        case "bars":
            path = tmp_path / "again.txt"
            frame.to_csv(path, index=False, sep="|")
        case "dta.gz":
            frame.to_stata(tmp_path / "again.dta", write_index=False, version=118)
            path.write_bytes(gzip.compress((tmp_path / "again.dta").read_bytes()))
    expected, found = read("wvs7", plain), read("wvs7", path)
    np.testing.assert_allclose(found.weight, expected.weight, rtol=1e-15)
    for topic in expected.topics:
        given = expected.answers[topic.id] >= 0
        np.testing.assert_array_equal(
            found.answers[topic.id][given], expected.answers[topic.id][given]
        )


def test_several_files_of_one_survey_are_read_together(tmp_path: Path) -> None:
    frame = ess11()
    for part in ("DK", "NO"):
        frame[frame["cntry"] == part].to_csv(tmp_path / f"{part}.csv", index=False)
    people = read_microdata(
        [tmp_path / "DK.csv", tmp_path / "NO.csv"], shipped_mapping("ess11"), main_languages=MAIN
    )
    chosen = frame[frame["cntry"].isin(["DK", "NO"])].sort_values("cntry", kind="stable")
    np.testing.assert_allclose(people.weight, chosen["pspwght"])
    assert people.columns["cntry"].values == ("DK", "NO")


def test_topics_without_a_column_are_left_out_with_the_nearest_ones(tmp_path: Path) -> None:
    frame = wvs7(150)[["B_COUNTRY_ALPHA", "LNGE_ISO", "W_WEIGHT", "PWGHT", "Q182", "Q184"]].rename(
        columns={"Q184": "Q184_orig"}
    )
    path = written("wvs7", frame, tmp_path)
    people = read("wvs7", path)
    assert [topic.id for topic in people.topics] == ["f118"]
    (told,) = (n for n in people.notices if n.text.startswith("topics left out"))
    assert "lacks their columns: f120 (Q184, nearest Q184_orig or Q182), c001_01 (Q33" in told.text
    assert told.count == 31
    with pytest.raises(BadTable, match=r"no column Q33, .*nearest to Q184: Q184_orig"):
        read("wvs7", path, need_topics=True)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda f: f.drop(columns="W_WEIGHT"), "no column W_WEIGHT among .* wave 7, is needed"),
        (lambda f: f.assign(W_WEIGHT=np.nan), "no respondent has a positive weight W_WEIGHT x PW"),
        (lambda f: f.assign(W_WEIGHT=0), "no respondent has a positive weight"),
        (lambda f: f.assign(B_COUNTRY_ALPHA=""), "no respondent is left: .*B_COUNTRY_ALPHA"),
        (
            lambda f: f[["B_COUNTRY_ALPHA", "LNGE_ISO", "W_WEIGHT", "PWGHT"]],
            "with answers to a topic",
        ),
    ],
)
def test_a_file_that_cannot_be_used_is_told_in_one_line(
    tmp_path: Path, change: object, message: str
) -> None:
    path = written("wvs7", change(wvs7(60)), tmp_path)  # type: ignore[operator]
    with pytest.raises(BadTable, match=message) as caught:
        read("wvs7", path)
    assert "\n" not in str(caught.value)


def test_a_wave_that_is_not_in_the_file_is_told(tmp_path: Path) -> None:
    path = written("wvs_trend", wvs_trend().assign(S002VS=5), tmp_path)
    with pytest.raises(BadTable, match="no respondent is left: respondents outside S002VS 7"):
        read("wvs_trend", path)


def test_an_archive_with_two_data_files_or_none_is_told(tmp_path: Path) -> None:
    for names, message in ((("a.csv", "b.csv"), "2 data files"), (("a.pdf",), "0 data files")):
        path = tmp_path / "packed.zip"
        with zipfile.ZipFile(path, "w") as archive:
            for name in names:
                archive.writestr(name, "x")
        with pytest.raises(BadTable, match=f"contains {message} instead of one"):
            read("wvs7", path)
    (tmp_path / "broken.csv.gz").write_bytes(b"not gzip")
    with pytest.raises(BadTable, match="cannot be unpacked"):
        read("wvs7", tmp_path / "broken.csv.gz")
    assert ".csv" in SUFFIXES


def test_an_unlisted_code_of_a_country_stays_and_is_counted(tmp_path: Path) -> None:
    frame = wvs7(150)
    frame.loc[:4, "B_COUNTRY_ALPHA"] = "XKO"
    people = read("wvs7", written("wvs7", frame, tmp_path))
    assert "XKO" in people.columns["B_COUNTRY_ALPHA"].values
    told = {notice.text: notice.count for notice in people.notices}
    text = "respondents with a code of B_COUNTRY_ALPHA that is not known, kept as it is: XKO"
    assert told[text] == 5


def test_another_kind_of_weights_is_used_for_all_populations(tmp_path: Path) -> None:
    frame = ess11(200)
    path = written("ess11", frame, tmp_path)
    people = read("ess11", path, weights="unweighted")
    assert set(people.weight) == set(people.pooled_weight) == {1.0}
