"""A survey file in the published layout that is built to contain known distributions."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import yaml

from culture_ray.config.files import conf_folder
from culture_ray.survey.microdata.mapping import SurveyMapping
from culture_ray.survey.microdata.read_mapping import read_mapping
from culture_ray.survey.topics import Scale, Topic

BITS = 44


def joint_mapping(topics: Sequence[Topic]) -> SurveyMapping:
    """Return the shipped mapping of the joint file, with a column of its code for each topic."""
    text = (conf_folder() / "survey" / "evs_wvs_joint.yaml").read_text(encoding="utf-8")
    columns = {topic.id: topic.code for topic in topics}
    return read_mapping({**yaml.safe_load(text), "topics": columns}, topics)


def spelt(share: float, scale: Scale) -> list[int]:
    """Return answers of people weighing 1/2, 1/4, ... whose pro answers weigh `share` together.

    Who answers con takes the middle answer where there is one, as the paper counts that as con.
    """
    digits = round(share * 2**BITS)
    con = [*scale.middle, *(code for code in scale.con if code > 0)]
    answers = []
    for bit in range(1, BITS + 1):
        pro = digits >> (BITS - bit) & 1
        answers.append(scale.pro[bit % len(scale.pro)] if pro else con[bit % len(con)])
    return [*answers, con[0]]


def people_of(
    shares: Mapping[tuple[str, str], float], spoken: Mapping[str, str], topics: Sequence[Topic]
) -> pd.DataFrame:
    """Return respondents whose countries answer exactly `shares`, by (country, topic)."""
    rows: list[dict[str, Any]] = []
    for country in sorted({country for country, _ in shares}):
        answers = {
            topic.code: None if (share := shares.get((country, topic.id))) is None
            else spelt(share, topic.scale)
            for topic in topics
        }  # fmt: skip
        rows += [
            {
                "studyno": 4800,
                "cntry_AN": country,
                "lnge_iso": spoken[country],
                "gwght": 2.0 ** -(bit + 1) if bit < BITS else 2.0**-BITS,
                "pwght": 3.0,
                "X001": 1 + bit % 2,
                **{code: -4 if known is None else known[bit] for code, known in answers.items()},
            }
            for bit in range(BITS + 1)
        ]
    return pd.DataFrame(rows)


def published(path: Path, key: str) -> dict[tuple[str, str], float]:
    """Return figures of a published table, by (label, topic)."""
    with path.open(encoding="utf-8") as lines:
        return {
            (line[key], line["question_key"].lower()): float(line["pro_score"])
            for line in csv.DictReader(lines)
        }


def shipped(path: Path, kinds: Iterable[str] = ("country",)) -> dict[tuple[str, str], float]:
    """Return the project's own figures, by (population, topic)."""
    with path.open(encoding="utf-8") as lines:
        return {
            (line["population"], line["topic"]): float(line["value_polarity"])
            for line in csv.DictReader(lines)
            if line["kind"] in kinds
        }
