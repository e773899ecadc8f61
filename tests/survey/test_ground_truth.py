from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from culture_ray.errors import UnknownName
from culture_ray.survey.ground_truth import Population
from culture_ray.survey.ground_truth_table import read_ground_truth
from tests.survey.made_up_figures import ROWS, read


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
