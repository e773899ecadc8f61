"""`culture-ray populations`: from the joint file to figures that a sweep compares with."""

from __future__ import annotations

import csv
import hashlib
import json
import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from culture_ray.config.files import conf_folder
from culture_ray.survey.ground_truth_table import read_ground_truth
from culture_ray.survey.topics import Topic
from tests.cli.commands.populations.joint_respondents import FEW, SPOKEN, respondents, written
from tests.conftest import ROOT, Said
from tests.survey.microdata.joint_file import people_of, published, shipped


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
