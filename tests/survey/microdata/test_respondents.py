from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from culture_ray.errors import BadTable, MissingExtra
from culture_ray.survey.microdata.notices import Notice
from culture_ray.survey.microdata.recode import NO_ANSWER
from culture_ray.survey.microdata.respondents import read_microdata
from culture_ray.survey.topics import Topic
from tests.survey.microdata.joint_file import joint_mapping

Maker = Callable[..., pd.DataFrame]
Topics = tuple[Topic, ...]


def written(frame: pd.DataFrame, path: Path, kind: str) -> Path:
    match kind:
        case "commas":
            frame.to_csv(path, index=False)
        case "semicolons and decimal commas":
            frame.to_csv(path, index=False, sep=";", decimal=",")
        case "tabs in UTF-16":
            frame.to_csv(path, index=False, sep="\t", encoding="utf-16")
        case "a byte-order mark":
            frame.to_csv(path, index=False, encoding="utf-8-sig")
        case "everything quoted":
            frame.to_csv(path, index=False, quoting=1)
        case "small letters":
            frame.rename(columns=str.lower).to_csv(path, index=False)
        case "decimal codes":
            codes = frame.select_dtypes("int").astype(float)
            frame.assign(**codes).to_csv(path, index=False)
        case "NA for no answer":
            answers = frame.select_dtypes("int")
            frame.assign(**answers.mask(answers < 0)).to_csv(path, index=False, na_rep="NA")
        case "Windows-1252":
            frame.to_csv(path, index=False, encoding="cp1252")
        case "Stata":
            path = path.with_suffix(".dta")
            frame.to_stata(path, write_index=False, version=118)
        case "SPSS":
            spss = pytest.importorskip("pyreadstat", reason="pyreadstat is not installed")
            path = path.with_suffix(".sav")
            missing = {c: [{"lo": -9, "hi": -1}] for c in frame.select_dtypes("int").columns}
            spss.write_sav(frame, str(path), missing_ranges=missing)
    return path


@pytest.mark.parametrize(
    "kind",
    [
        "commas",
        "semicolons and decimal commas",
        "tabs in UTF-16",
        "a byte-order mark",
        "everything quoted",
        "small letters",
        "decimal codes",
        "NA for no answer",
        "Windows-1252",
        "Stata",
        "SPSS",
    ],
)
def test_every_kind_of_file_holds_the_same_respondents(
    respondents: Maker, topics: Topics, tmp_path: Path, kind: str
) -> None:
    frame = respondents()
    path = written(frame, tmp_path / "joint.csv", kind)
    microdata = read_microdata([path], joint_mapping(topics), by=("X001", "reg_nuts1"))
    np.testing.assert_allclose(microdata.weight, frame["gwght"] * frame["pwght"], rtol=1e-15)
    for topic in topics:
        expected = frame[topic.code].to_numpy()
        found = microdata.answers[topic.id]
        np.testing.assert_array_equal(found[expected > 0], expected[expected > 0])
        assert (found[expected < 0] < 0).all()
    for column in ("cntry_AN", "lnge_iso", "X001", "reg_nuts1"):
        labels = microdata.columns[column]
        assert [labels.values[i] for i in labels.index] == frame[column].astype(str).to_list()
    assert microdata.notices == ()


def test_namibia_is_a_country_not_a_missing_value(
    respondents: Maker, topics: Topics, tmp_path: Path
) -> None:
    path = written(respondents(), tmp_path / "joint.csv", "commas")
    assert read_microdata([path], joint_mapping(topics)).columns["cntry_AN"].values == (
        "BR",
        "DK",
        "NA",
        "PT",
    )


def test_countries_with_two_studies_are_two_strata(
    respondents: Maker, topics: Topics, tmp_path: Path
) -> None:
    frame = respondents()
    path = written(frame, tmp_path / "joint.csv", "commas")
    expected = frame.groupby(["cntry_AN", "study"]).ngroup().to_numpy()
    np.testing.assert_array_equal(read_microdata([path], joint_mapping(topics)).stratum, expected)
    path = written(frame.drop(columns="study"), tmp_path / "joint.csv", "commas")
    assert len(np.unique(read_microdata([path], joint_mapping(topics)).stratum)) == 4


def test_what_is_left_out_is_counted(respondents: Maker, topics: Topics, tmp_path: Path) -> None:
    frame = respondents().astype({"cntry_AN": object, "lnge_iso": object, "X001": object})
    frame.loc[:2, "gwght"] = np.nan
    frame.loc[3, "pwght"] = 0
    frame.loc[[4, 5], "cntry_AN"] = ""
    frame.loc[[6], "lnge_iso"] = "-4"
    frame.loc[[7, 8], "X001"] = -2
    frame.loc[9, "F120"] = np.nan
    path = written(frame, tmp_path / "joint.csv", "commas")
    microdata = read_microdata([path], joint_mapping(topics), by=("X001",))
    assert microdata.notices == (
        Notice("respondents without a positive weight gwght x pwght, left out", 4),
        Notice("respondents without cntry_AN, left out", 2),
        Notice("respondents without lnge_iso, in no population by it", 1),
        Notice("respondents without X001, in no population by it", 2),
    )
    assert len(microdata.weight) == 594
    assert microdata.answers["f120"][3] == NO_ANSWER
    assert microdata.columns["X001"].index[:4].tolist()[1:3] == [-1, -1]


def test_mixed_encodings_are_mended_and_counted(
    respondents: Maker, topics: Topics, tmp_path: Path
) -> None:
    frame = respondents()
    frame["reg_nuts1"] = "Århus"
    path = written(frame.iloc[:400], tmp_path / "joint.csv", "commas")
    rest = frame.iloc[400:].to_csv(index=False, header=False)
    with path.open("ab") as file:
        file.write(rest.encode("cp1252"))
    microdata = read_microdata([path], joint_mapping(topics), by=("reg_nuts1",))
    assert microdata.columns["reg_nuts1"].values == ("Århus",)
    text = "values of column reg_nuts1 that are not UTF-8, read as Windows-1252"
    assert microdata.notices == (Notice(text, 200),)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            lambda f: f.drop(columns=["gwght", "F120"]),
            "no column gwght among its 10 columns .*nearest to gwght: pwght",
        ),
        (lambda f: f[["uniqid"]], "no column cntry_AN, .*joint file 2017-2022, version 5"),
        (lambda f: f.assign(gwght=np.nan), "no respondent has a positive weight gwght x pwght"),
        (lambda f: f.assign(gwght="heavy"), "column gwght holds text .*'heavy'"),
        (lambda f: f.assign(F120="Always"), "column F120 holds text .*'Always'.* not with value"),
        (lambda f: f.assign(F120=2.5), "column F120 holds 2.5, which is not an answer code"),
        (
            lambda f: f.assign(F120=1e9),
            "column F120 holds 1000000000.0, which is not an answer code",
        ),
        (
            lambda f: f.assign(F120=[11, 12, 12] + [1] * (len(f) - 3)),
            r"column F120 holds codes outside its 10 points: 11 \(1 times\), 12 \(2 times\);",
        ),
    ],
)
def test_a_bad_file_is_told_in_one_line(
    respondents: Maker,
    topics: Topics,
    tmp_path: Path,
    change: Callable[[pd.DataFrame], pd.DataFrame],
    message: str,
) -> None:
    path = written(change(respondents()), tmp_path / "joint.csv", "commas")
    with pytest.raises(BadTable, match=message) as caught:
        read_microdata([path], joint_mapping(topics))
    assert str(caught.value).startswith(str(path))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("joint.csv", b"", "the file is empty"),
        ("joint.dta", b"no Stata file", "cannot be read as Stata"),
        ("joint.xlsx", b"", r"use \.csv, \.sav or \.dta"),
        ("gone.csv", None, "there is no such file"),
    ],
)
def test_a_file_of_another_kind_is_told(
    topics: Topics, tmp_path: Path, name: str, content: bytes | None, message: str
) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(BadTable, match=message):
        read_microdata([tmp_path / name], joint_mapping(topics))


def test_a_row_of_another_length_is_told(
    respondents: Maker, topics: Topics, tmp_path: Path
) -> None:
    path = written(respondents(), tmp_path / "joint.csv", "commas")
    with path.open("a") as file:
        file.write("1,2\n")
    with pytest.raises(BadTable, match=r"cannot be read as CSV: .*Expected 12 columns, got 2"):
        read_microdata([path], joint_mapping(topics))


def test_a_missing_spss_reader_says_how_to_get_it(
    topics: Topics, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pyreadstat", None)
    (tmp_path / "joint.sav").write_bytes(b"")
    with pytest.raises(MissingExtra, match=r'pip install "culture-ray\[spss\]"'):
        read_microdata([tmp_path / "joint.sav"], joint_mapping(topics))
