"""Ground truth of synthetic survey files equals that of R's survey package, errors included."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from culture_ray.survey.microdata.estimate import Estimates, estimate
from culture_ray.survey.microdata.groupings import COUNTRIES, SPEAKERS, WORLD
from culture_ray.survey.microdata.respondents import Microdata, read_microdata
from tests.survey.microdata.layouts import COUNTRIES as CODES
from tests.survey.microdata.layouts import MAKERS, shipped_mapping, written
from tests.survey.microdata.r_survey import by_r

TOPICS = {
    "wvs7": ["f120", "c001_01", "f028", "e233b"],
    "wvs_trend": ["f120", "c001_01", "f028"],
    "ess11": ["freehms", "imwbcnt", "f028"],
}
MAIN = {code: language for code, (_, _, language, _) in CODES.items()}


def people_of(name: str, frame: pd.DataFrame, folder: Path) -> Microdata:
    return read_microdata(
        [written(name, frame, folder)], shipped_mapping(name), main_languages=MAIN
    )


def for_r(people: Microdata, path: Path, topics: list[str]) -> None:
    """Write respondents as the project reads them: weights, design, divisions and answers."""
    country, spoken = people.columns[people.country], people.columns[str(people.language)]
    scales = {topic.id: topic.scale.answers for topic in people.topics}
    frame = pd.DataFrame(
        {
            "stratum": people.stratum,
            "cluster": people.cluster,
            "weight": people.weight,
            "pooled": people.pooled_weight,
            "country": [country.values[i] for i in country.index],
            "spoken": [f"speakers:{spoken.values[i]}" for i in spoken.index],
            "world": "world",
        }
        | {
            topic: np.where(np.isin(codes := people.answers[topic], scales[topic]), codes, np.nan)
            for topic in topics
        }
    )
    frame.to_csv(path, index=False, na_rep="NaN", float_format="%.17g")


@pytest.mark.slow
@pytest.mark.parametrize("name", list(TOPICS))
def test_distributions_equal_those_of_r_survey(tmp_path: Path, name: str) -> None:
    people = people_of(name, MAKERS[name](), tmp_path)
    found = estimate(people, (COUNTRIES, SPEAKERS, WORLD), recode="symmetric", source="a test")
    for_r(people, tmp_path / "people.csv", TOPICS[name])
    lines = by_r("distribution_reference.R", str(tmp_path / "people.csv"), *TOPICS[name])
    assert len(lines) > 100
    for topic, _, label, what, value, error in lines:
        expected = float(value), float(error)
        assert figures(found, label, topic, what) == pytest.approx(expected, abs=1e-9)


def figures(found: Estimates, population: str, topic: str, what: str) -> tuple[float, float]:
    row = found.ground_truth.row(population)
    distribution = found.distributions[found.ground_truth.topics.index(topic)]
    if what == "mean":
        return distribution.mean[row], distribution.mean_error[row]
    k = distribution.answers.index(int(what))
    return distribution.share[row, k], distribution.std_error[row, k]
