"""The table of respondents is read as it was written, and refused where it is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from culture_ray.errors import BadTable
from culture_ray.survey.ground_truth import Population
from culture_ray.survey.profiles import Profile
from culture_ray.survey.respondents import Respondents, read_respondents
from culture_ray.survey.topics import read_topics

TOPICS = read_topics(
    {
        "name": "two",
        "topics": {
            name: {
                "code": name.upper(), "label": "An item", "category": "F", "category_name": "Any",
                "scale": {"points": 3, "low": "no", "high": "yes"}, "pro": [3], "con": [1],
                "middle": [2], "missing": "below_1",
            }
            for name in ("f1", "f2")
        },
    }
)  # fmt: skip
HEADER = "respondent,population,languages,profile,weight,stratum,cluster,f1"
ROWS = (
    '1,DK,da,"DK: age=18-29, gender=man",1.5,1,1,3',
    '2,DK,da,"DK: age=18-29, gender=man",0.5,1,2,-1',
    "3,CH,de fr,CH:,2,2,3,1",
)


def read(folder: Path, *rows: str, header: str = HEADER) -> Respondents:
    path = folder / "people.csv"
    path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    return read_respondents(path, TOPICS)


def test_people_are_read_by_profile_with_places_of_answers_on_the_scale(tmp_path: Path) -> None:
    people = read(tmp_path, *ROWS)
    assert people.profiles == (Profile("DK", {"age": "18-29", "gender": "man"}), Profile("CH"))
    assert people.people.tolist() == [2, 1]
    assert people.weights.tolist() == [2.0, 2.0]
    assert people.characteristics == ("age", "gender")
    assert {name: answers.tolist() for name, answers in people.answers.items()} == {
        "f1": [2, -1, 0]
    }
    assert people.countries == (
        Population("DK", "country", ("da",)),
        Population("CH", "country", ("de", "fr")),
    )


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ("4,DK,da,DK: age,1,1,1,1", "'DK: age' is not a profile"),
        ("4,SE,sv,DK:,1,1,1,1", "population SE has the profile DK: in data row 4"),
        ("4,DK,sv,DK:,1,1,1,1", "population DK has the languages 'da' and 'sv'"),
        ("4,DK,da,DK:,0,1,1,1", "weight is 0.0 in data row 4"),
        ("4,DK,da,DK:,1,1,1,7", "answer 7 to f1 in data row 4 is not on its scale: 1, 2, 3"),
    ],
)
def test_a_row_that_cannot_be_used_is_named(tmp_path: Path, row: str, expected: str) -> None:
    with pytest.raises(BadTable, match=expected):
        read(tmp_path, *ROWS, row)


def test_a_missing_column_and_a_missing_file_are_named(tmp_path: Path) -> None:
    with pytest.raises(BadTable, match="no column weight"):
        read(tmp_path, "1,DK,da,DK:,1,1", header=HEADER.replace("weight,", "").replace(",f1", ""))
    with pytest.raises(BadTable, match="check the key 'respondents'"):
        read_respondents(tmp_path / "none.csv", TOPICS)
