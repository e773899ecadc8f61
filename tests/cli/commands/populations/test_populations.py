"""`culture-ray populations`: from the joint file to figures that a sweep compares with."""

from __future__ import annotations

import csv
import hashlib
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import yaml

from culture_ray.config.files import conf_folder
from culture_ray.survey.ground_truth_table import read_ground_truth
from culture_ray.survey.topics import Topic, read_topics
from tests.conftest import ROOT, Said
from tests.survey.microdata.joint_file import people_of, published, shipped

SPOKEN = {
    "AU": "en", "BR": "pt", "CA": "en", "DK": "da", "GB": "en", "KE": "en", "NG": "en",
    "NIR": "en", "NL": "nl", "NZ": "en", "PT": "pt", "SG": "en", "US": "en",
}  # fmt: skip

COLUMNS = ("cntry_AN", "lnge_iso", "gwght", "pwght", "F120", "F118", "X001")

FEW = "topics.only=[f118,f120]"


@pytest.fixture(scope="module")
def topics() -> tuple[Topic, ...]:
    text = (conf_folder() / "topics" / "evs_wvs.yaml").read_text(encoding="utf-8")
    return read_topics(yaml.safe_load(text))


def respondents(count: int = 400, seed: int = 1) -> pd.DataFrame:
    random = np.random.default_rng(seed)
    country = random.choice(["DK", "NO", "US"], count)
    return pd.DataFrame(
        {
            "cntry_AN": country,
            "lnge_iso": [{"DK": "da", "NO": "no", "US": "en"}[name] for name in country],
            "gwght": random.gamma(3, 1 / 3, count) + 0.01,
            "pwght": 1.5,
            "F120": random.integers(1, 11, count),
            "F118": random.integers(1, 8, count),
            "X001": random.integers(1, 3, count),
        }
    )


def written(workplace: Path, frame: pd.DataFrame, **how: Any) -> str:
    frame.to_csv(workplace / "joint.csv", index=False, **how)
    return "file=joint.csv"


def reference() -> Path:
    named = os.environ.get("CULTURE_RAY_REFERENCE")
    return Path(named) if named else ROOT.parent / "shared" / "reference"


@pytest.mark.slow
def test_a_file_of_the_published_distributions_gives_the_published_figures(
    culture_ray: Callable[..., Said], workplace: Path, topics: tuple[Topic, ...]
) -> None:
    known = {topic.id for topic in topics}
    table = reference() / "ground_truth_country.csv"
    if table.is_file():
        expected = published(table, "cntry_an")
    else:
        expected = shipped(conf_folder() / "populations" / "evs_wvs_joint_v5.csv")
    expected = {key: share for key, share in expected.items() if key[1] in known}
    word = written(workplace, people_of(expected, SPOKEN, topics))
    said = culture_ray("populations", word, "recode=paper", "name=again", "conf_dir=mine")
    assert said.code == 0, said.err
    found = shipped(workplace / "mine" / "populations" / "again.csv")
    assert found.keys() == expected.keys()
    assert len(found) == 13 * 32 - 6
    assert max(abs(found[key] - share) for key, share in expected.items()) < 1e-9
    # The same answers with middle ones dropped are other figures, so the recode is not idle.
    culture_ray("populations", word, "recode=symmetric", "name=other", "conf_dir=mine")
    other = shipped(workplace / "mine" / "populations" / "other.csv")
    assert sum(abs(other[key] - found[key]) > 0.01 for key in other.keys() & found.keys()) > 10


@pytest.mark.slow
def test_what_is_written_can_be_chosen_and_says_where_it_comes_from(
    culture_ray: Callable[..., Said], workplace: Path
) -> None:
    word = written(workplace, respondents())
    (workplace / "culture_ray_conf").mkdir()
    said = culture_ray(
        "populations", word, FEW, "name=mine", "recode=symmetric", "by=country,language,world"
    )
    assert said.code == 0, said.err
    for shown in ("400 respondents in joint.csv on 2 topics", "Denmark", "Speakers of Danish",
                  "World", "populations=mine"):  # fmt: skip
        assert shown in said.out
    folder = workplace / "culture_ray_conf" / "populations"
    truth = read_ground_truth(folder / "mine.csv", "a test")
    assert [population.title for population in truth.populations] == [
        "Denmark", "Norway", "United States", "Speakers of Danish", "Speakers of English",
        "Speakers of Norwegian", "World",
    ]  # fmt: skip
    assert not np.isnan(truth.std_error).any()
    about = list(csv.DictReader((folder / "mine.populations.csv").open()))
    assert all(0 < float(row["self_consistency"]) < 1 for row in about)
    figures = list(csv.DictReader((folder / "mine.csv").open()))
    assert all(float(row["effective_n"]) < int(row["n"]) for row in figures)
    facts = json.loads((folder / "mine.provenance.json").read_text())
    digest = hashlib.sha256((workplace / "joint.csv").read_bytes()).hexdigest()
    assert facts["file"]["sha256"] == digest
    assert (facts["respondents"], facts["recode"]) == (400, "symmetric")
    plan = culture_ray(
        "plan", "experiment=quickstart", FEW, "language=[da,en]", "populations=mine",
        "design.prompts_per_language=4",
    )  # fmt: skip
    assert plan.code == 0, plan.err
    refused = culture_ray("plan", "experiment=quickstart", FEW, "populations=mine", "language=[pt]")
    assert "sweep would refuse: the speakers of 'pt'" in refused.out


@pytest.mark.slow
def test_a_folder_given_with_config_dir_works_as_well(
    culture_ray: Callable[..., Said], workplace: Path
) -> None:
    word = written(workplace, respondents())
    said = culture_ray("populations", word, FEW, "name=mine", "conf_dir=elsewhere")
    assert "populations=mine --config-dir=elsewhere" in said.out
    plan = culture_ray(
        "plan", "experiment=quickstart", FEW, "language=[da,en]", "populations=mine",
        "design.prompts_per_language=4", "--config-dir=elsewhere",
    )  # fmt: skip
    assert plan.code == 0, plan.err


@pytest.mark.slow
def test_regions_and_groups_within_countries_have_names_that_people_read(
    culture_ray: Callable[..., Said], workplace: Path
) -> None:
    word = written(workplace, respondents())
    said = culture_ray("populations", word, FEW, "by=region,country/X001", "conf_dir=mine")
    assert said.code == 0, said.err
    assert "no population 'US'" in said.out
    assert "no speakers of languages" in said.out
    truth = read_ground_truth(workplace / "mine" / "populations" / "joint_paper.csv", "a test")
    named = {population.name: population.title for population in truth.populations}
    assert named["DK/X001=2"] == "Denmark, women"
    assert truth.populations[truth.row("Northern Europe")].kind == "region"
    frame = respondents()
    mine = frame[(frame["cntry_AN"] == "DK") & (frame["X001"] == 2)]
    share = np.average(mine["F120"] > 5, weights=mine["gwght"])
    cell = truth.row("DK/X001=2"), truth.topics.index("f120")
    assert truth.value_polarity[cell] == pytest.approx(share, abs=1e-12)
    assert truth.n[cell] == len(mine)


def test_only_the_people_of_chosen_countries_are_counted(
    culture_ray: Callable[..., Said], workplace: Path
) -> None:
    word = written(workplace, respondents())
    culture_ray("populations", word, FEW, "countries=DK,NO", "by=world", "conf_dir=mine")
    truth = read_ground_truth(workplace / "mine" / "populations" / "joint_paper.csv", "a test")
    frame = respondents()
    assert truth.n[0].tolist() == [(frame["cntry_AN"] != "US").sum()] * 2
    complaint = culture_ray("populations", word, FEW, "countries=[DK,SE]").complaint
    assert complaint.startswith("unknown country 'SE' in countries")


@pytest.mark.slow
def test_what_is_left_out_is_counted_and_named(
    culture_ray: Callable[..., Said], workplace: Path
) -> None:
    frame = respondents().astype({"lnge_iso": object})
    frame.loc[:2, "gwght"] = np.nan
    frame.loc[frame["cntry_AN"] == "NO", "F120"] = -4
    frame["region_name"] = "Østfold"
    word = written(workplace, frame.iloc[:200])
    with (workplace / "joint.csv").open("ab") as file:
        file.write(frame.iloc[200:].to_csv(index=False, header=False).encode("cp1252"))
    said = culture_ray("populations", word, FEW, "by=[country,region_name]", "conf_dir=mine")
    assert said.code == 0, said.err
    for warning in (
        "warning: respondents without a positive weight gwght x pwght, left out (3)",
        "warning: populations without an answer to f120: NO (1)",
        "warning: values of column region_name that are not UTF-8, read as Windows-1252 (200)",
    ):
        assert warning in said.out
    folder = workplace / "mine" / "populations"
    facts = json.loads((folder / "joint_paper.provenance.json").read_text())
    assert {"text": "populations without an answer to f120: NO", "count": 1} in facts["notices"]


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


@pytest.mark.slow
def test_an_import_is_analysed_with_the_new_populations_and_their_standard_errors(
    culture_ray: Callable[..., Said], workplace: Path, topics: tuple[Topic, ...]
) -> None:
    asked = [topic.id for topic in topics[:8]]
    shares = {
        (country, topic): 0.1 + 0.1 * nth
        for country in ("DK", "US")
        for nth, topic in enumerate(asked)
    }
    word = written(workplace, people_of(shares, SPOKEN, topics))
    only = f"topics.only=[{','.join(asked)}]"
    culture_ray("populations", word, only, "name=rising", "conf_dir=culture_ray_conf")
    random = np.random.default_rng(1)
    pd.DataFrame(
        {
            "model": "gpt_4o",
            "language": language,
            "topic": topic,
            "value_polarity": random.binomial(10, 0.1 + 0.1 * nth) / 10,
        }
        for language in ("da", "en")
        for nth, topic in enumerate(asked)
        for _ in range(20)
    ).to_csv("scored.csv", index=False)
    assert culture_ray("import", "file=scored.csv", "run=theirs", only).code == 0
    analyse = ("analyse", "run=theirs", only, "inference.rounds=60", "inference.permutations=0")
    assert culture_ray(*analyse, "populations=rising").code == 0
    rising = pd.read_csv(workplace / "results" / "theirs" / "cells.csv").set_index("model")
    assert (rising.loc["gpt_4o", "alignment_language"] > 0.8).all()
    noisy = (
        rising.loc["gpt_4o", "alignment_us"] / rising.loc["gpt_4o", "alignment_us_disattenuated"]
    )
    assert (noisy**2 < rising.loc["gpt_4o", "self_consistency"]).all()

    assert culture_ray(*analyse).code == 0
    again = pd.read_csv(workplace / "results" / "theirs" / "cells.csv").set_index("model")
    pd.testing.assert_frame_equal(again, rising)

    assert culture_ray(*analyse, "populations=evs_wvs_joint_v5").code == 0
    shipped_with = pd.read_csv(workplace / "results" / "theirs" / "cells.csv").set_index("model")
    assert (shipped_with.loc["gpt_4o", "alignment_language"] < 0.8).all()
    exact = shipped_with.loc["gpt_4o"]
    # The speakers were asked every topic; people in the US were not.
    ratio = exact["alignment_language"] / exact["alignment_language_disattenuated"]
    np.testing.assert_allclose(ratio**2, exact["self_consistency"], rtol=1e-9)
