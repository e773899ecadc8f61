"""Ground truth of synthetic survey files equals that of R's survey package, errors included."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from culture_ray.survey.microdata.estimate import Estimates, estimate
from culture_ray.survey.microdata.groupings import (
    COUNTRIES,
    SPEAKERS,
    WORLD,
    divide,
    grouping_of,
)
from culture_ray.survey.microdata.respondents import Microdata, read_microdata
from tests.survey.microdata.layouts import COUNTRIES as CODES
from tests.survey.microdata.layouts import MAKERS, ess11, shipped_mapping, written
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


def for_r(
    people: Microdata, path: Path, topics: list[str], group: Sequence[str] | None = None
) -> None:
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
            "group": group or "none",
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
    path = str(tmp_path / "people.csv")
    lines = by_r("distribution_reference.R", path, "fail", *TOPICS[name])
    lines = [line for line in lines if line[1] != "group"]
    assert len(lines) > 100
    compare(found, lines)


@pytest.mark.slow
@pytest.mark.parametrize("single_unit", ["fail", "adjust"])
def test_groups_in_strata_of_one_cluster_have_the_errors_that_r_gives_them(
    tmp_path: Path, single_unit: str
) -> None:
    """A sample of another design: clusters of all sizes, a lone one, blanks, weights of zero."""
    frame = ess11(400, seed=11).astype({"psu": object})
    random = np.random.default_rng(18)
    frame["sex"] = random.choice(["f", "m"], len(frame))
    frame["stratum"] = np.where(frame["cntry"] == "PT", frame["stratum"] % 2, frame["stratum"])
    lone = (frame["cntry"] == "DK") & (frame["stratum"] == 3)
    frame.loc[lone, "psu"] = 99
    frame.loc[lone & (frame["sex"] == "f"), "imwbcnt"] = 77
    frame.loc[(frame["cntry"] == "NO") & (frame["stratum"] == 1), "psu"] = ""
    frame.loc[frame.index % 29 == 0, ["pspwght", "anweight"]] = 0
    path = written("ess11", frame, tmp_path)
    people = read_microdata(
        [path], shipped_mapping("ess11"), by=["sex"], main_languages=MAIN
    )  # fmt: skip
    sexes = grouping_of("country/sex", {})
    found = estimate(
        people, (COUNTRIES, SPEAKERS, sexes, WORLD), recode="symmetric", source="a test",
        centered=single_unit == "adjust",
    )  # fmt: skip
    populations, member = divide(people, sexes)
    names = [populations[at].name for at in member]
    for_r(people, tmp_path / "people.csv", ["freehms", "imwbcnt"], names)
    lines = by_r(
        "distribution_reference.R", str(tmp_path / "people.csv"), single_unit, "freehms", "imwbcnt"
    )
    compare(found, lines)
    unknown = {label for topic, _, label, *_, error in lines if error == "NaN" and topic != "f028"}
    expected = {"DK", "DK/sex=f", "DK/sex=m", "speakers:da", "world"}
    assert unknown == (expected if single_unit == "fail" else set())
    women = [line for line in lines if line[:4] == ["imwbcnt", "group", "DK/sex=f", "mean"]]
    assert float(women[0][-1]) > 0, "none of them answered in the stratum of one cluster"
    notices = [notice.text for notice in found.notices if "as a stratum has one" in notice.text]
    assert len(notices) == (single_unit == "fail")


def compare(found: Estimates, lines: Sequence[Sequence[str]]) -> None:
    """Compare estimates with the lines that R printed."""
    for topic, _, label, what, value, error in lines:
        expected = float(value), float(error)
        got = figures(found, label, topic, what)
        assert got == pytest.approx(expected, abs=1e-9, nan_ok=True)


def figures(found: Estimates, population: str, topic: str, what: str) -> tuple[float, float]:
    row = found.ground_truth.row(population)
    distribution = found.distributions[found.ground_truth.topics.index(topic)]
    if what == "mean":
        return distribution.mean[row], distribution.mean_error[row]
    k = distribution.answers.index(int(what))
    return distribution.share[row, k], distribution.std_error[row, k]
