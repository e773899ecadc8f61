"""Files and words that `culture-ray populations` refuses, each in one line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from culture_ray.survey.ground_truth_table import read_ground_truth
from tests.cli.commands.populations.joint_respondents import FEW, respondents, written
from tests.conftest import Said


def test_unexpected_codes_are_refused_and_dropped_on_request(
    culture_ray: Callable[..., Said], workplace: Path
) -> None:
    frame = respondents()
    frame.loc[:4, "F120"] = 66
    word = written(workplace, frame)
    complaint = culture_ray("populations", word, FEW, "conf_dir=mine").complaint
    assert "column F120 holds codes outside its 10 points: 66 (5 times)" in complaint
    assert "drop_unexpected=true" in complaint
    assert not (workplace / "mine").exists()
    said = culture_ray(
        "populations", word, FEW, "conf_dir=mine", "drop_unexpected=true", "by=world"
    )
    assert "answers to f120 outside its 10 points, dropped: 66 (5 times) (5)" in said.out
    truth = read_ground_truth(workplace / "mine" / "populations" / "joint_paper.csv", "a test")
    assert truth.n[0, truth.topics.index("f120")] == 395


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (lambda f: f[["F120", "X001"]], "the EVS/WVS joint file 2017-2022, version 5, is needed"),
        (lambda f: f.assign(gwght=-1), "no respondent has a positive weight gwght x pwght"),
        (lambda f: f.assign(F120="Always"), "export the file with codes, not with value labels"),
    ],
)
def test_another_file_is_refused_in_one_line(
    culture_ray: Callable[..., Said],
    workplace: Path,
    change: Callable[[pd.DataFrame], pd.DataFrame],
    complaint: str,
) -> None:
    word = written(workplace, change(respondents()))
    assert complaint in culture_ray("populations", word, FEW, "conf_dir=mine").complaint
    assert not (workplace / "mine").exists()


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        ((), "file=None cannot be used: expected a path"),
        (("file=gone.csv",), "gone.csv: there is no such file"),
        (("recode=papr",), "unknown recode 'papr': did you mean 'paper'?"),
        (("by=[country,region/X001]",), "by='region/X001' cannot be used"),
        (("by=[X999]",), "no column X999"),
        (("by=[region]", "regions={Nordic:[DK,XX]}"), "unknown label of cntry_AN 'XX'"),
        (("regions={A:[DK],B:[DK]}",), "regions.B='DK' cannot be used"),
        (("name=../x",), "name='../x' cannot be used"),
    ],
)
def test_a_word_that_cannot_be_used_is_told(
    culture_ray: Callable[..., Said], workplace: Path, words: tuple[str, ...], complaint: str
) -> None:
    file = () if not words or words[0].startswith("file") else (written(workplace, respondents()),)
    said = culture_ray("populations", *file, *words, FEW, "conf_dir=mine")
    assert complaint in said.complaint
    assert not (workplace / "mine").exists()


@pytest.mark.slow
def test_a_choice_that_a_person_made_is_not_overwritten(
    culture_ray: Callable[..., Said], workplace: Path
) -> None:
    word = written(workplace, respondents())
    mine = workplace / "mine" / "populations" / "joint.yaml"
    mine.parent.mkdir(parents=True)
    mine.write_text("name: joint\n")
    complaint = culture_ray("populations", word, FEW, "conf_dir=mine", "name=joint").complaint
    assert "was written by hand" in complaint
    assert mine.read_text() == "name: joint\n"
