from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from culture_ray.errors import UnknownName, WrongValue
from culture_ray.survey.ground_truth import Population
from culture_ray.survey.microdata.groupings import COUNTRIES, SPEAKERS, WORLD, Grouping, divide
from culture_ray.survey.microdata.respondents import Microdata, read_microdata
from culture_ray.survey.topics import Topic
from tests.survey.microdata.joint_file import joint_mapping

Maker = Callable[..., pd.DataFrame]


def microdata(frame: pd.DataFrame, topics: tuple[Topic, ...], folder: Path) -> Microdata:
    frame.to_csv(folder / "joint.csv", index=False)
    return read_microdata([folder / "joint.csv"], joint_mapping(topics), by=("X001",))


def test_populations_have_the_names_that_sweeps_use(
    respondents: Maker, topics: tuple[Topic, ...], tmp_path: Path
) -> None:
    people = microdata(respondents(), topics, tmp_path)
    assert divide(people, COUNTRIES)[0] == (
        Population("BR", "country", ("pt",)),
        Population("DK", "country", ("da",)),
        Population("NA", "country", ("en",)),
        Population("PT", "country", ("pt",)),
    )
    assert divide(people, SPEAKERS)[0] == (
        Population("speakers:da", "language", ("da",)),
        Population("speakers:en", "language", ("en",)),
        Population("speakers:pt", "language", ("pt",)),
    )
    assert divide(people, WORLD)[0] == (Population("world", "world", ()),)


def test_everybody_is_in_the_population_of_their_labels(
    respondents: Maker, topics: tuple[Topic, ...], tmp_path: Path
) -> None:
    frame = respondents()
    people = microdata(frame, topics, tmp_path)
    populations, member = divide(people, Grouping("group", ("cntry_AN", "X001")))
    names = [populations[row].name for row in member]
    assert names == [f"{c}/X001={x}" for c, x in zip(frame["cntry_AN"], frame["X001"], strict=True)]
    assert populations[2] == Population("DK/X001=1", "group", ("da",))


def test_a_country_speaks_the_language_of_most_of_its_weight(
    respondents: Maker, topics: tuple[Topic, ...], tmp_path: Path
) -> None:
    frame = respondents()
    danes = frame.index[frame["cntry_AN"] == "DK"]
    frame.loc[danes[:10], "lnge_iso"] = "de"
    frame.loc[danes[:10], "gwght"] = 1000.0
    populations, _ = divide(microdata(frame, topics, tmp_path), COUNTRIES)
    assert populations[1].languages == ("de",)


def test_people_without_a_label_are_in_no_population(
    respondents: Maker, topics: tuple[Topic, ...], tmp_path: Path
) -> None:
    frame = respondents()
    frame.loc[:4, "X001"] = -2
    people = microdata(frame, topics, tmp_path)
    for grouping in (Grouping("group", ("X001",)), Grouping("group", ("cntry_AN", "X001"))):
        populations, member = divide(people, grouping)
        assert (member[:5] == -1).all()
        assert (member[5:] >= 0).all()
        assert member.max() == len(populations) - 1


def test_regions_gather_countries_and_leave_the_others_out(
    respondents: Maker, topics: tuple[Topic, ...], tmp_path: Path
) -> None:
    frame = respondents()
    people = microdata(frame, topics, tmp_path)
    regions = {"BR": "Lusophone", "PT": "Lusophone", "DK": "Nordic"}
    populations, member = divide(people, Grouping("region", ("cntry_AN",), regions))
    assert populations == (
        Population("Lusophone", "region", ()),
        Population("Nordic", "region", ()),
    )
    names = [populations[row].name if row >= 0 else None for row in member]
    assert names == [regions.get(country) for country in frame["cntry_AN"]]
    with pytest.raises(UnknownName, match="unknown label of cntry_AN 'SE' in regions"):
        divide(people, Grouping("region", ("cntry_AN",), {"SE": "Nordic"}))


def test_a_grouping_that_makes_no_sense_is_told() -> None:
    with pytest.raises(UnknownName, match="unknown kind of population 'land'"):
        Grouping("land", ("cntry_AN",))
    with pytest.raises(WrongValue, match="exactly one column, because regions"):
        Grouping("region", ("cntry_AN", "X001"), {"DK": "Nordic"})


def test_a_division_that_nobody_is_in_is_told(
    respondents: Maker, topics: tuple[Topic, ...], tmp_path: Path
) -> None:
    people = microdata(respondents().assign(X001=-2), topics, tmp_path)
    for columns in (("X001",), ("country", "X001")):
        with pytest.raises(WrongValue, match=r"X001' cannot be used: .*at least one respondent"):
            divide(people, Grouping("group", columns))
