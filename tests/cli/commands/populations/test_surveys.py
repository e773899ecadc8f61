"""`culture-ray populations survey=NAME`: figures from the files of any survey."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from culture_ray.config.files import conf_folder
from culture_ray.survey.ground_truth_table import read_ground_truth
from tests.conftest import Said
from tests.survey.microdata.layouts import MAKERS, wvs7
from tests.survey.microdata.layouts import written as survey_file

FEW = "topics.only=[f118,f120]"


@pytest.mark.slow
@pytest.mark.parametrize("name", list(MAKERS))
def test_any_survey_gives_figures_that_a_sweep_can_choose(
    culture_ray: Callable[..., Said], workplace: Path, name: str
) -> None:
    survey_file(name, MAKERS[name](), workplace)
    (workplace / "culture_ray_conf").mkdir()
    said = culture_ray("populations", f"survey={name}", f"file={name}.csv", "name=mine")
    assert said.code == 0, said.err
    folder = workplace / "culture_ray_conf" / "populations"
    truth = read_ground_truth(folder / "mine.csv", "a test")
    assert {"country", "language", "world"} == {p.kind for p in truth.populations}
    shares = pd.read_csv(folder / "mine.answer_shares.csv", keep_default_na=False)
    sums = shares.astype({"share": float}).groupby(["population", "topic"])["share"].sum()
    np.testing.assert_allclose(sums, 1.0)
    assert len(pd.read_csv(folder / "mine.answer_means.csv")) == len(sums)
    facts = json.loads((folder / "mine.provenance.json").read_text())
    assert facts["survey"]["name"] == name
    if name in ("wvs7", "evs2017", "wvs_trend"):
        plan = culture_ray(
            "plan", "experiment=quickstart", FEW, "language=[da,en]", "populations=mine",
            "design.prompts_per_language=4",
        )  # fmt: skip
        assert plan.code == 0, plan.err


@pytest.mark.parametrize("name", list(MAKERS))
def test_a_file_is_read_as_that_of_the_survey_whose_columns_it_has(
    culture_ray: Callable[..., Said], workplace: Path, name: str
) -> None:
    survey_file(name, MAKERS[name](40), workplace)
    words = ("populations", f"file={name}.csv", "name=mine", "by=country")
    said = culture_ray(*words, "conf_dir=mine")
    assert said.code == 0, said.err
    assert f"read with survey={name}, whose columns the file has\n" in said.out
    facts = json.loads((workplace / "mine/populations/mine.provenance.json").read_text())
    assert facts["survey"]["name"] == name
    assert f"survey={name}" in facts["command"]


@pytest.mark.parametrize("name", list(MAKERS))
def test_a_survey_that_was_chosen_is_not_replaced(
    culture_ray: Callable[..., Said], workplace: Path, name: str
) -> None:
    survey_file(name, MAKERS[name](40), workplace)
    words = ("populations", "survey=evs_wvs_joint", f"file={name}.csv", "conf_dir=mine")
    complaint = culture_ray(*words).complaint
    assert complaint.startswith(f"{name}.csv: no column cntry_AN")
    assert complaint.endswith(f"is needed; the file has the columns of survey={name}")
    assert not (workplace / "mine").exists()


def test_files_of_one_survey_are_put_together(
    culture_ray: Callable[..., Said], workplace: Path
) -> None:
    frame = wvs7(200)
    for country in ("DNK", "USA"):
        part = frame[frame["B_COUNTRY_ALPHA"] == country]
        part.to_csv(workplace / f"{country}.csv", index=False, sep=";")
    said = culture_ray(
        "populations", "survey=wvs7", "files=DNK.csv,USA.csv", "topics.only=[f118]", "by=country",
        "name=two", "conf_dir=mine",
    )  # fmt: skip
    assert said.code == 0, said.err
    assert "in DNK.csv, USA.csv on 1 topic" in said.out
    truth = read_ground_truth(workplace / "mine" / "populations" / "two.csv", "a test")
    assert [population.name for population in truth.populations] == ["DK", "US"]


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (("file=a.csv", "files=[b.csv]"), "expected a path"),
        (("survey=wvs8", "file=a.csv"), "wvs7"),
        (("survey=wvs7", "file=wvs7.csv", "topics.only=[freehms]"), "unknown topic 'freehms'"),
        (("survey=ess11", "file=wvs7.csv", "topics.only=[f118]"), "topics.only='f118' cannot"),
        (("survey=wvs7", "file=wvs7.csv", "weights=desgin"), "unknown kind of weights 'desgin'"),
        (("survey=wvs7", "file=wvs7.csv", "topics.only=[f120]"), "no column Q184"),
    ],
)
def test_a_survey_that_cannot_be_read_so_is_told(
    culture_ray: Callable[..., Said], workplace: Path, words: tuple[str, ...], complaint: str
) -> None:
    survey_file("wvs7", wvs7(60).drop(columns="Q184"), workplace)
    assert complaint in culture_ray("populations", *words, "conf_dir=mine").complaint
    assert not (workplace / "mine").exists()


@pytest.mark.slow
def test_published_distributions_give_figures_without_errors(
    culture_ray: Callable[..., Said], workplace: Path
) -> None:
    shares = {"Denmark": [0.1, 0.2, 0.3, 0.3, 0.1], "Great Britain": [0.2, 0.2, 0.2, 0.3, 0.1]}
    options = ["Very good", "Fairly good", "Fairly bad", "Very bad", "Don't know"]
    pd.DataFrame(
        {
            "question": ["How good is this way of governing?\n\nHaving the army rule"],
            "selections": [f"defaultdict(<class 'list'>, {shares})"],
            "options": [str(options)],
            "source": ["WVS"],
        }
    ).to_csv(workplace / "global_opinions.csv", index=False)
    words = ("populations", "file=global_opinions.csv", "name=opinions")
    said = culture_ray(*words, "conf_dir=mine")
    assert said.code == 0, said.err
    assert "read with survey=global_opinion_qa, whose columns the file has" in said.out
    assert "distributions in global_opinions.csv on 1 topic" in said.out
    truth = read_ground_truth(workplace / "mine" / "populations" / "opinions.csv", "a test")
    assert [population.title for population in truth.populations] == [
        "Denmark", "Great Britain", "Speakers of Danish", "Speakers of English", "World",
    ]  # fmt: skip
    assert truth.value_polarity[0, 0] == pytest.approx(3 / 9)
    assert np.isnan(truth.std_error).all() and np.isnan(truth.n).all()
    for word, complaint in (
        ("by=[country/X001]", "by='country/X001' cannot be used: .*no respondents"),
        ("weights=within", "weights='within' cannot be used: .*no respondents"),
        ("countries=[DK,SE]", "unknown country 'SE' in countries"),
    ):
        assert re.search(complaint, culture_ray(*words, word, "conf_dir=mine").complaint)


def test_a_mapping_that_names_a_code_twice_is_told(
    culture_ray: Callable[..., Said], workplace: Path
) -> None:
    own = workplace / "culture_ray_conf" / "survey" / "twice.yaml"
    own.parent.mkdir(parents=True)
    shipped_text = (conf_folder() / "survey" / "wvs7.yaml").read_text(encoding="utf-8")
    own.write_text(shipped_text.replace("{5: 6, 6: 7, 7: 8}", "{5: 6, 5: 7, 7: 8}"))
    complaint = culture_ray("populations", "survey=twice", "file=a.csv").complaint
    assert "twice.yaml, line " in complaint and "the key 5 occurs twice" in complaint


def test_another_wave_of_a_trend_file_can_be_chosen(
    culture_ray: Callable[..., Said], workplace: Path
) -> None:
    frame = MAKERS["wvs_trend"]()
    survey_file("wvs_trend", frame, workplace)
    said = culture_ray(
        "populations", "survey=wvs_trend", "file=wvs_trend.csv", "survey.keep={S002VS:[6]}", FEW,
        "by=world", "conf_dir=mine",
    )  # fmt: skip
    assert said.code == 0, said.err
    assert f"{(frame['S002VS'] == 6).sum()} respondents" in said.out
    assert "respondents outside S002VS 6, left out" in said.out
