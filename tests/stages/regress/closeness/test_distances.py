"""Answers that a model chose are compared with populations' answers, with intervals over topics."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.csv
import pytest

from culture_ray.labels.read import responses
from culture_ray.measures.answer_distances import DISTANCES, SIMILARITIES, wasserstein
from culture_ray.run.ground_truth import ground_truth_of
from culture_ray.settings.run import Settings
from culture_ray.stages.context import RunContext
from culture_ray.stages.measure.answers import write_answers
from culture_ray.stages.measure.measure import measure
from culture_ray.stages.regress.closeness.distances import write_distances
from culture_ray.stages.regress.regress import regress
from culture_ray.store import catalogue
from culture_ray.survey.answer_distributions import answer_shares_table
from culture_ray.survey.answer_shares import read_answer_shares
from culture_ray.survey.microdata.option_shares import of_shares
from tests.answered import answer
from tests.small import TOPICS, small_settings

DIRECT = "protocol=[direct_item]"


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A run whose model was asked directly, and shares of answers of its populations."""
    folder = tmp_path_factory.mktemp("asked")
    settings = small_settings(folder, DIRECT)
    answer(settings)
    truth = ground_truth_of(settings)
    random = np.random.default_rng(1)
    distributions = [
        of_shares(
            topic.id,
            topic.scale.answers,
            random.dirichlet(np.ones(len(topic.scale.answers)), len(truth.populations)),
        )
        for topic in settings.topics
    ]
    rows = answer_shares_table(truth.populations, distributions)
    halves = [rows["share"].to_pylist()] * 2
    for name, half in zip(("half_a", "half_b"), halves, strict=True):
        rows = rows.set_column(rows.schema.get_field_index(name), rows.schema.field(name), [half])
    pa.csv.write_csv(rows, folder / "people.csv")
    return replace(settings, answers_table=folder / "people.csv")


@pytest.fixture(scope="module")
def answers(asked: Settings) -> pd.DataFrame:
    table = write_answers(asked)
    assert table is not None
    return table.to_pandas()


@pytest.fixture(scope="module")
def distances(asked: Settings, answers: pd.DataFrame) -> pd.DataFrame:
    table = write_distances(asked, ground_truth_of(asked), RunContext(asked).answer_shares)
    assert table is not None
    return table.to_pandas()


def test_shares_of_answers_are_means_over_responses_in_both_orders(
    asked: Settings, answers: pd.DataFrame
) -> None:
    columns = ["request_id", "topic", "options", "probabilities"]
    rows = responses(asked.run, asked.models, ["da"], columns).to_pandas()
    of_topic = rows[(rows["topic"] == "f118") & rows["probabilities"].notna()]
    expected = np.zeros(11)
    for codes, probabilities in zip(of_topic["options"], of_topic["probabilities"], strict=True):
        expected[codes] += np.array(probabilities) / np.sum(probabilities)
    found = answers[(answers["language"] == "da") & (answers["topic"] == "f118")]
    assert found["answer"].tolist() == list(range(1, 11))
    np.testing.assert_allclose(found["share"], expected[1:] / len(of_topic))
    assert set(found["responses"]) == {len(of_topic)}
    sums = answers.groupby(["model", "language", "protocol", "topic"])["share"].sum()
    np.testing.assert_allclose(sums, 1.0)


def test_distances_are_means_over_topics(
    asked: Settings, answers: pd.DataFrame, distances: pd.DataFrame
) -> None:
    people = pd.read_csv(str(asked.answers_table), keep_default_na=False)
    values = []
    for topic in TOPICS:
        model = answers[(answers["language"] == "da") & (answers["topic"] == topic)]["share"]
        danes = people[(people["population"] == "DK") & (people["topic"] == topic)]["share"]
        values.append(wasserstein(model.to_numpy(), danes.to_numpy()))
    row = one(distances, "da", "DK", "wasserstein")
    assert row["value"] == pytest.approx(np.mean(values))
    assert row["topics"] == len(TOPICS)
    assert row["ci_low"] < row["value"] < row["ci_high"]
    assert row["std_error"] == pytest.approx(np.std(values, ddof=1) / np.sqrt(8), rel=0.3)


def one(distances: pd.DataFrame, language: str, population: str, measure: str) -> pd.Series:
    chosen = (
        (distances["language"] == language)
        & (distances["population"] == population)
        & (distances["measure"] == measure)
    )
    (position,) = np.flatnonzero(chosen)
    return distances.iloc[position]


def test_references_put_a_distance_in_proportion(distances: pd.DataFrame) -> None:
    for name in DISTANCES:
        rows = distances[distances["measure"] == name]
        sign = -1 if name in SIMILARITIES else 1
        best = 1.0 if name in SIMILARITIES else 0.0
        # Both halves of the made-up populations answer alike.
        np.testing.assert_allclose(rows["floor"], best, atol=1e-12)
        assert (sign * (rows["ceiling"] - rows["value"]) >= 0).all()
        assert (sign * (rows["ceiling"] - rows["uniform"]) > 0).all()


def test_tables_stand_in_the_run(asked: Settings, distances: pd.DataFrame) -> None:
    again = catalogue.read(asked.run, "distances")
    assert again is not None and again.num_rows == len(distances)
    assert catalogue.read(asked.run, "answers") is not None


def test_a_population_without_shares_has_a_reason(asked: Settings, tmp_path: Path) -> None:
    rows = pd.read_csv(str(asked.answers_table), keep_default_na=False)
    few = rows[(rows["population"] == "DK") & rows["topic"].isin(TOPICS[:3])]
    few.to_csv(tmp_path / "few.csv", index=False)
    shares = read_answer_shares(tmp_path / "few.csv", asked.topics)
    table = write_distances(asked, ground_truth_of(asked), shares)
    assert table is not None
    found = table.to_pandas()
    danes, others = one(found, "da", "DK", "wasserstein"), one(found, "da", "US", "wasserstein")
    assert danes["topics"] == 3 and danes["value"] > 0
    assert danes["reason"] == "no interval: fewer than 5 topics"
    assert others["reason"] == "no topic with answers of both" and np.isnan(others["value"])


def test_nothing_is_written_without_answers_of_both(asked: Settings, tmp_path: Path) -> None:
    assert write_distances(asked, ground_truth_of(asked), None) is None
    assert write_answers(small_settings(tmp_path)) is None


@pytest.mark.slow
def test_the_stages_write_the_distances(asked: Settings, distances: pd.DataFrame) -> None:
    for name in ("answers", "distances"):
        catalogue.table_paths(asked.run, name)[0].unlink()
    measure(RunContext(asked))
    regress(RunContext(asked))
    again = catalogue.read(asked.run, "distances")
    assert again is not None
    pd.testing.assert_frame_equal(again.to_pandas(), distances)
