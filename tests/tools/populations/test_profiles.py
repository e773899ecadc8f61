"""Respondents of a survey's file by profile, for persona=respondents."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from culture_ray.errors import BadTable, UnknownName, WrongValue
from tests.in_process import Quiet, in_process  # noqa: F401 - a fixture
from tests.tools.populations.made_up_survey import (
    ONLY,
    made,
    people,
)


def test_the_people_of_a_file_are_written_by_profile_without_their_own_numbers(
    tmp_path: Path,
) -> None:
    made(tmp_path, people(), "gender", "age")
    table = pd.read_csv(tmp_path / "populations" / "made_up.respondents.csv")
    assert table["profile"].nunique() == 2 * 2 * 4
    assert table["profile"].is_monotonic_increasing
    assert set(ONLY) < set(table.columns)
    assert not {"X001", "X003"} & set(table.columns)
    facts = json.loads((tmp_path / "populations" / "made_up.provenance.json").read_text())
    assert facts["profiles"]["columns"] == {
        "country": "cntry_AN", "gender": "X001", "age": "X003",
    }  # fmt: skip
    assert facts["profiles"]["respondents"] == len(table) == len(people())


def test_small_cells_are_merged_or_refused_and_missing_ones_left_out(tmp_path: Path) -> None:
    frame = people(400)
    old = (frame["X003"] >= 65) & (frame["X001"] == 2) & (frame["cntry_AN"] == "DK")
    frame = frame.drop(frame.index[old][4:])
    frame.loc[frame.index[:5], "X001"] = -2
    result = made(tmp_path / "merged", frame, "gender", "age")
    assert result.respondents_file is not None
    sizes = pd.read_csv(result.respondents_file).groupby("profile").size()
    assert "DK: gender=woman" in sizes.index
    assert not any(name.startswith("DK: gender=woman, age") for name in sizes.index)
    assert sizes.min() >= 10
    notices = {notice.text: notice.count for notice in result.notices}
    assert notices["respondents without gender (X001), in no profile"] == 5
    merged = next(text for text in notices if "leave out characteristics" in text)
    assert notices[merged] == sizes["DK: gender=woman"]

    with pytest.raises(BadTable, match=r"1 profile has fewer .* DK: gender=woman, age=65\+"):
        made(tmp_path / "refused", frame, "gender", "age", small="refuse")
    with pytest.raises(BadTable, match="no cell of 5000 or more respondents"):
        made(tmp_path / "nobody", frame, "gender", smallest=5000)


def test_a_column_or_characteristic_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadTable, match="no column X025R among its 15 columns"):
        made(tmp_path, people(40), "education")
    with pytest.raises(UnknownName, match=r"unknown characteristic 'religion' in respondents of"):
        made(tmp_path, people(40), "religion")
    with pytest.raises(WrongValue, match=r"respondents.by=.*each characteristic once"):
        made(tmp_path, people(40), "age", "age")
    with pytest.raises(WrongValue, match="the other keys of respondents"):
        made(tmp_path, people(40), smallest=5)


def test_weights_that_are_all_missing_are_refused(tmp_path: Path) -> None:
    with pytest.raises(BadTable, match="no respondent has a positive weight"):
        made(tmp_path, people(40).assign(gwght=np.nan), "gender")
