from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.csv
import pytest

from culture_ray.errors import WrongValue
from culture_ray.survey.ground_truth import GroundTruth, Population
from culture_ray.survey.ground_truth_table import ground_truth_table, read_ground_truth
from culture_ray.survey.microdata.estimate import Estimates, estimate, population_consistency
from culture_ray.survey.microdata.groupings import COUNTRIES, SPEAKERS, WORLD, Grouping
from culture_ray.survey.microdata.notices import Notice
from culture_ray.survey.microdata.recode import stances
from culture_ray.survey.microdata.respondents import read_microdata
from culture_ray.survey.topics import Scale, Topic
from culture_ray.tables import GROUND_TRUTH
from tests.survey.microdata.joint_file import joint_mapping
from tests.survey.microdata.r_survey import by_r

Maker = Callable[..., pd.DataFrame]
Topics = tuple[Topic, ...]
SEX = Grouping("group", ("cntry_AN", "X001"))
EVERY = (COUNTRIES, SPEAKERS, WORLD, SEX)


def estimates(
    frame: pd.DataFrame,
    topics: Topics,
    folder: Path,
    groupings: tuple[Grouping, ...] = EVERY,
    recode: str = "paper",
) -> Estimates:
    path = folder / "joint.csv"
    frame.to_csv(path, index=False)
    by = tuple(column for grouping in groupings for column in grouping.columns)
    microdata = read_microdata([path], joint_mapping(topics), by=by)
    return estimate(microdata, groupings, recode=recode, source="a test")


def test_polarity_is_the_weighted_share_of_pro_among_pro_and_con(
    respondents: Maker, topics: Topics, tmp_path: Path
) -> None:
    frame = respondents(4)
    frame["cntry_AN"] = "DK"
    frame["gwght"], frame["pwght"] = [1.0, 2.0, 3.0, 4.0], 0.5
    frame["C001_01"] = [1, 3, 5, -1]
    truth = estimates(frame, topics, tmp_path, (COUNTRIES,)).ground_truth
    assert truth.value_polarity[0, 1] == pytest.approx(1 / 6)
    assert truth.n[0, 1] == 3
    truth = estimates(frame, topics, tmp_path, (COUNTRIES,), "symmetric").ground_truth
    assert truth.value_polarity[0, 1] == pytest.approx(1 / 4)
    assert truth.n[0, 1] == 2


def test_without_weights_the_standard_error_is_the_textbook_one(
    respondents: Maker, topics: Topics, tmp_path: Path
) -> None:
    frame = respondents().assign(gwght=1.0, pwght=1.0, cntry_AN="DK", study=1)
    frame["F120"] = np.arange(len(frame)) % 10 + 1
    truth = estimates(frame, topics, tmp_path, (COUNTRIES,)).ground_truth
    assert truth.value_polarity[0, 0] == 0.5
    assert truth.std_error[0, 0] == pytest.approx(math.sqrt(0.25 / (len(frame) - 1)), rel=1e-12)


@pytest.mark.slow
@pytest.mark.parametrize("recode", ["paper", "symmetric"])
def test_figures_equal_those_of_r_survey(
    respondents: Maker, topics: Topics, tmp_path: Path, recode: str
) -> None:
    frame = respondents(900)
    found = estimates(frame, topics, tmp_path, recode=recode).ground_truth
    frame["weight"] = frame["gwght"] * frame["pwght"]
    frame["stratum"] = frame["cntry_AN"] + frame["study"].astype(str)
    frame["group"] = frame["cntry_AN"] + "/X001=" + frame["X001"].astype(str)
    for topic in topics:
        stance = stances(topic.scale, frame[topic.code].to_numpy().astype(np.int16), recode)
        frame[f"stance_{topic.id}"] = np.where(stance < 0, np.nan, stance)
    frame.to_csv(tmp_path / "people.csv", index=False, na_rep="NaN", float_format="%.17g")
    lines = by_r("survey_reference.R", str(tmp_path / "people.csv"))
    assert len(lines) == len(topics) * (4 + 3 + 1 + 8)
    for topic_id, division, label, polarity, error, n in lines:
        name = f"speakers:{label}" if division == "lnge_iso" else label
        cell = found.row(name), found.topics.index(topic_id)
        assert found.value_polarity[cell] == pytest.approx(float(polarity), abs=1e-12)
        assert found.std_error[cell] == pytest.approx(float(error), abs=1e-12)
        assert found.n[cell] == int(n)


def test_a_standard_error_that_cannot_be_had_is_nan_not_zero(
    respondents: Maker, topics: Topics, tmp_path: Path
) -> None:
    frame = respondents()
    danes = frame.index[frame["cntry_AN"] == "DK"]
    frame.loc[danes[1:], "F120"] = -1
    frame.loc[danes[0], "F120"] = 7
    alone = frame.index[frame["cntry_AN"] == "BR"]
    frame = frame.drop(alone[1:]).assign(E233B=4)
    truth = estimates(frame, topics, tmp_path, (COUNTRIES, WORLD)).ground_truth
    assert (truth.value_polarity[truth.row("DK"), 0], truth.n[truth.row("DK"), 0]) == (1.0, 1)
    assert math.isnan(truth.std_error[truth.row("DK"), 0])
    assert np.isnan(truth.std_error[[truth.row("BR"), truth.row("world")]]).all()
    assert truth.std_error[truth.row("PT"), 2] == 0


def test_populations_without_an_answer_are_named_and_left_out_of_the_table(
    respondents: Maker, topics: Topics, tmp_path: Path
) -> None:
    frame = respondents()
    frame.loc[frame["cntry_AN"].isin(["BR", "NA"]), "F120"] = -4
    found = estimates(frame, topics, tmp_path, (COUNTRIES,))
    assert found.notices == (Notice("populations without an answer to f120: BR, NA", 2),)
    table = ground_truth_table(found.ground_truth)
    assert table.num_rows == 4 * 3 - 2
    assert not np.isnan(table["value_polarity"].to_numpy()).any()


def test_what_is_written_is_read_back_unchanged(
    respondents: Maker, topics: Topics, tmp_path: Path
) -> None:
    frame = respondents()
    frame.loc[frame["cntry_AN"] == "BR", "F120"] = -4
    truth = estimates(frame, topics, tmp_path).ground_truth
    table = ground_truth_table(truth)
    assert table.schema.equals(GROUND_TRUTH, check_metadata=True)
    pa.csv.write_csv(table, tmp_path / "own.csv")
    again = read_ground_truth(tmp_path / "own.csv", "a test").for_topics(truth.topics)
    assert again.populations == truth.populations
    for name in ("value_polarity", "std_error", "n"):
        np.testing.assert_array_equal(getattr(again, name), getattr(truth, name))


def test_two_groupings_that_name_a_population_alike_are_told(
    respondents: Maker, topics: Topics, tmp_path: Path
) -> None:
    clash = Grouping("region", ("cntry_AN",), {"PT": "BR"})
    with pytest.raises(WrongValue, match="groupings='BR'"):
        estimates(respondents(), topics, tmp_path, (COUNTRIES, clash))


def test_self_consistency_is_the_correlation_of_two_draws_of_ten_people(
    respondents: Maker, tmp_path: Path
) -> None:
    scale = Scale(10, "never", "always", (6, 7, 8, 9, 10), (1, 2, 3, 4, 5), (), "below_1")
    topics = tuple(Topic(f"q{i}", f"Q{i}", "x", "Q", "x", scale, "") for i in range(8))
    frame = respondents(4000).assign(cntry_AN="DK", study=1)
    random = np.random.default_rng(3)
    for i, topic in enumerate(topics):
        frame[topic.code] = np.where(random.random(4000) < (i + 1) / 9, 9, 2)
    found = estimates(frame, topics, tmp_path, (COUNTRIES,))
    closed = population_consistency(found, opinions=10)

    weight = (frame["gwght"] * frame["pwght"]).to_numpy()
    draws = []
    for topic in topics:
        pro = (frame[topic.code] > 5).to_numpy()
        people = random.integers(0, 4000, (2, 20_000, 10))
        draws.append((weight[people] * pro[people]).sum(2) / weight[people].sum(2))
    assert closed == pytest.approx(np.corrcoef(np.hstack(draws))[0, 1], abs=0.01)


def test_self_consistency_does_not_rise_with_the_noise_of_small_samples() -> None:
    random = np.random.default_rng(4)
    topics, people = 4000, 30
    share = random.uniform(0.3, 0.7, (1, topics))
    found = random.binomial(people, share) / people
    variance = found * (1 - found)
    truth = GroundTruth(
        populations=(Population("DK", "country", ("da",)),),
        topics=tuple(f"q{i}" for i in range(topics)),
        value_polarity=found,
        std_error=np.sqrt(variance / (people - 1)),
        n=np.full(share.shape, float(people)),
        source="a test",
    )
    expected = share.var() / (share.var() + (share * (1 - share)).mean() / 10)
    assert population_consistency(
        Estimates(truth, variance, truth.n, np.full(1, people), ())
    ) == pytest.approx(expected, abs=0.02)


def test_self_consistency_needs_two_topics(
    respondents: Maker, topics: Topics, tmp_path: Path
) -> None:
    found = estimates(respondents(), topics[:1], tmp_path, (COUNTRIES,))
    assert np.isnan(population_consistency(found)).all()
