"""Labels are reduced to distributions, alignment and self-consistency, as are the baselines."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from culture_ray.labels.read import labels
from culture_ray.plan.requests import request_plan
from culture_ray.run.ground_truth import ground_truth_of
from culture_ray.settings.run import Settings
from culture_ray.stages.context import RunContext
from culture_ray.stages.measure.measure import measure
from culture_ray.stages.report.quality import quality
from culture_ray.store.shards import read
from culture_ray.tables import ALIGNMENT, CONSISTENCY, DISTRIBUTIONS
from tests.answered import answer
from tests.small import TOPICS, small_settings

MODEL = "gemma_3_270m"
BASELINES = {"uniform_random", "fifty_percent", "perfect"}


@pytest.fixture(scope="module")
def tables(own_mixed_run: Settings) -> Mapping[str, pa.Table]:
    return measure(RunContext(own_mixed_run))


def frame(tables: Mapping[str, pa.Table], name: str, **where: str) -> pd.DataFrame:
    rows = tables[name].to_pandas()
    for column, value in where.items():
        rows = rows[rows[column] == value]
    return rows


def test_tables_follow_their_schemas_and_stand_in_the_run(
    own_mixed_run: Settings, tables: Mapping[str, pa.Table]
) -> None:
    schemas = {"distributions": DISTRIBUTIONS, "alignment": ALIGNMENT, "consistency": CONSISTENCY}
    for name, schema in schemas.items():
        assert tables[name].schema.equals(schema)
        assert read(own_mixed_run.run.folder / f"{name}.arrow").equals(tables[name])


def test_baselines_take_part_as_models_in_every_language(tables: Mapping[str, pa.Table]) -> None:
    for name in tables:
        rows = frame(tables, name)
        assert set(zip(rows["model"], rows["language"], strict=True)) == {
            (model, code) for model in {MODEL, *BASELINES} for code in ("da", "en")
        }
        assert set(rows[rows["family"] == "baseline"]["model"]) == BASELINES
        assert rows[rows["family"] == "baseline"]["judge"].isna().all()


def test_distributions_count_every_response_and_every_stance(
    own_mixed_run: Settings, tables: Mapping[str, pa.Table]
) -> None:
    rows = frame(tables, "distributions", model=MODEL)
    assert len(rows) == 2 * len(TOPICS)
    given = labels(own_mixed_run.run, [MODEL], ["da", "en"]).to_pandas()
    for key, mine in given.groupby(["language", "topic"]):
        row = rows[(rows["language"] == key[0]) & (rows["topic"] == key[1])].iloc[0]
        known = mine["value_polarity"].dropna()
        assert (row["responses"], row["used"]) == (len(mine), len(known))
        for stance in ("pro", "con", "neutral"):
            assert row[stance] == mine[stance].fillna(0).sum()
        assert row["value_polarity"] == pytest.approx(known.mean())
        seen, many = np.unique(known, return_counts=True)
        assert np.allclose(row["values"], seen)
        assert list(row["counts"]) == list(many)


def test_quality_and_distributions_count_the_same_responses(
    own_mixed_run: Settings, tables: Mapping[str, pa.Table]
) -> None:
    for row in quality(own_mixed_run, request_plan(own_mixed_run)).to_pylist():
        mine = frame(tables, "distributions", model=MODEL, language=row["language"])
        assert mine["responses"].sum() == row["requests"]
        assert mine["used"].sum() == row["used"]


def test_perfect_answers_align_best_with_the_speakers_of_their_own_language(
    tables: Mapping[str, pa.Table],
) -> None:
    for code in ("da", "en"):
        rows = frame(tables, "alignment", model="perfect", language=code)
        rows = rows.set_index("population")["alignment_topics"]
        assert rows[f"speakers:{code}"] > 0.9
        others = [f"speakers:{other}" for other in ("da", "en", "nl", "pt") if other != code]
        assert rows[f"speakers:{code}"] > rows[others].max()
        own = frame(tables, "alignment", language=code, population=f"speakers:{code}")
        own = own.set_index("model")["alignment"]
        assert own.idxmax() in {"perfect", MODEL}  # which answers like the speakers here
        assert own["perfect"] > 0.7


@pytest.mark.slow
def test_random_answers_align_with_nobody(tmp_path_factory: pytest.TempPathFactory) -> None:
    settings = small_settings(
        tmp_path_factory.mktemp("random"), "design.prompts_per_language=600",
        "cluster.unit_size=300",
    )  # fmt: skip
    answer(settings)
    rows = measure(RunContext(settings))["alignment"].to_pandas()
    own = rows[rows["population"] == "speakers:" + rows["language"]]
    for name in ("uniform_random", "fifty_percent"):
        assert own[own["model"] == name]["alignment"].abs().max() < 0.12
    assert own[own["model"] == "perfect"]["alignment"].min() > 0.7


def test_self_consistency_is_high_for_the_perfect_and_none_for_the_random(
    tables: Mapping[str, pa.Table],
) -> None:
    rows = frame(tables, "consistency").set_index(["model", "language"])["self_consistency"]
    for code in ("da", "en"):
        assert rows["perfect", code] > 0.5
        assert abs(rows["uniform_random", code]) < 0.4


def test_alignment_is_had_for_every_population_or_says_why_not(
    own_mixed_run: Settings, tables: Mapping[str, pa.Table]
) -> None:
    truth = ground_truth_of(own_mixed_run)
    rows = frame(tables, "alignment", model=MODEL, language="en")
    assert list(rows["population"]) == [population.name for population in truth.populations]
    assert (rows["alignment"].isna() == rows["reason"].notna()).all()
    shared = (~np.isnan(truth.value_polarity)).sum(axis=1)
    assert list(rows["topics"]) == list(shared)


def test_measuring_again_gives_the_same(
    own_mixed_run: Settings, tables: Mapping[str, pa.Table]
) -> None:
    again = measure(RunContext(own_mixed_run))
    assert all(again[name].equals(tables[name]) for name in tables)


def test_a_run_in_which_every_answer_failed_is_measured_with_reasons(small: Settings) -> None:
    answer(small, lambda _: "failed")
    measured = measure(RunContext(small))
    rows = frame(measured, "alignment", model=MODEL)
    assert len(rows)
    assert rows["alignment"].isna().all()
    assert set(rows["reason"]) == {"no responses with a value polarity"}
    assert set(frame(measured, "consistency", model=MODEL)["reason"]) == {
        "no topic has two responses"
    }
    assert (frame(measured, "distributions", model=MODEL)["used"] == 0).all()


def test_baselines_are_asked_what_the_models_were_asked(
    tables: Mapping[str, pa.Table],
) -> None:
    rows = frame(tables, "distributions").set_index(["model", "language", "topic"])["responses"]
    for name in BASELINES:
        assert rows[name].equals(rows[MODEL])


def test_a_run_without_labels_has_empty_tables(small: Settings) -> None:
    assert [table.num_rows for table in measure(RunContext(small)).values()] == [0, 0, 0]


@pytest.mark.slow
def test_only_the_populations_chosen_are_compared(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("chosen")
    chosen = "populations.compare=['speakers:en',world,'speakers:da']"
    settings = small_settings(folder, chosen)
    answer(settings)
    rows = measure(RunContext(settings))["alignment"].to_pandas()
    assert list(dict.fromkeys(rows["population"])) == ["speakers:en", "world", "speakers:da"]
