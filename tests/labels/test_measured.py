"""Exclusions and the vote of several judges decide which labels are measured."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from culture_ray.engines.interface import Request
from culture_ray.errors import UnknownName, WrongValue
from culture_ray.labels.counts import RULES
from culture_ray.labels.measured import measured_labels
from culture_ray.plan.requests import request_plan
from culture_ray.settings.run import Settings
from culture_ray.stages.context import RunContext
from culture_ray.stages.generate import generate
from culture_ray.stages.judge.agreement import read_agreement
from culture_ray.stages.measure.exclusions import read_exclusions
from culture_ray.stages.measure.measure import measure
from culture_ray.stages.regress.regress import regress
from culture_ray.stages.report.quality import quality
from culture_ray.stages.report.report import report
from tests.answered import answer
from tests.in_process import Quiet, in_process  # noqa: F401 - a fixture
from tests.mixed_run import fate_of
from tests.small import small_settings
from tests.standin import StandInEngine

pytestmark = pytest.mark.slow

MODEL = "gemma_3_270m"
THREE = "judge=[gemma_3_270m,gemma_2_9b,gemma_2_27b]"


@pytest.fixture(scope="module")
def mixed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("judged")
    answer(small_settings(folder, "design.prompts_per_language=48"), fate_of)
    return folder


@pytest.fixture(scope="module")
def three(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("three")
    answer(small_settings(folder, THREE), fate_of)
    return folder


def excluding(folder: Path, *rules: str) -> Settings:
    words = [f"judging.exclude.{rule}=true" for rule in rules]
    return small_settings(folder, "design.prompts_per_language=48", *words)


def test_nothing_is_excluded_unless_a_rule_says_so(mixed: Path) -> None:
    table = measured_labels(excluding(mixed))
    assert not table["excluded"].any()
    assert table["value_polarity"].equals(table["unexcluded_polarity"])
    assert {rule: bool(table[rule].any()) for rule in RULES} == {
        "truncated": True, "wrong_language": True, "repetitive": True,
        "count_mismatch": False, "not_as_asked": True, "repaired": False,
    }  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("rule", ["truncated", "wrong_language", "repetitive"])
def test_a_rule_leaves_out_its_labels_and_counts_them(mixed: Path, rule: str) -> None:
    settings = excluding(mixed, rule)
    table = measured_labels(settings)
    assert table["excluded"].sum() > 0
    left_out = table[table["excluded"]]
    assert left_out[rule].all()
    assert left_out["value_polarity"].isna().all()
    assert (left_out[["pro", "con", "neutral"]] == 0).all().all()
    rows = quality(settings, request_plan(settings)).to_pandas()
    assert rows["excluded"].sum() == len(left_out)
    parts = ["used", "excluded", "undefined", "refusals", "empty", "unparsable", "judge_errors",
             "failed"]  # fmt: skip
    assert (rows[parts].sum(axis=1) == rows["requests"]).all()


def test_the_table_says_what_each_rule_moves_alignment_by(mixed: Path) -> None:
    def alignment(*rules: str) -> float:
        table = measure(RunContext(excluding(mixed, *rules)))["alignment"].to_pandas()
        mine = table[(table["model"] == MODEL) & (table["language"] == "en")]
        return float(mine[mine["population"] == "speakers:en"]["alignment"].iloc[0])

    plain, without = alignment(), alignment("truncated")
    found = read_exclusions(excluding(mixed).run)
    assert found is not None
    rows = found.to_pandas()
    english = rows[(rows["rule"] == "truncated") & (rows["language"] == "en")].iloc[0]
    assert english["in_force"]
    assert english["alignment_with"] == pytest.approx(plain)
    assert english["alignment_without"] == pytest.approx(without)
    assert english["moves"] == pytest.approx(without - plain) != 0
    over_all = rows[(rows["rule"] == "truncated") & rows["model"].isna()].iloc[0]
    assert over_all["most"] == pytest.approx(english["moves"])
    assert set(rows["rule"]) == set(RULES)


@pytest.mark.slow
def test_the_vote_is_measured_where_it_is_wanted(three: Path) -> None:
    settings = small_settings(three, THREE, "judging.use=majority")
    table = measured_labels(settings)
    assert table["judge"].cat.categories.tolist() == ["majority", *settings.judges]
    wide = table.pivot_table(
        index="response_id", columns="judge", values="pro", observed=True
    ).dropna()
    between = wide["majority"].between(
        wide[list(settings.judges)].min(axis=1), wide[list(settings.judges)].max(axis=1)
    )
    assert len(wide) > 20 and between.mean() > 0.9
    assert not wide["majority"].equals(wide["gemma_3_270m"])
    rows = measure(RunContext(settings))["alignment"].to_pandas()
    first = rows[rows["model"] == MODEL].groupby("language", sort=False)["judge"].first()
    assert set(first) == {"majority"}


@pytest.mark.slow
def test_a_named_judge_comes_first_and_a_wrong_name_is_told(three: Path) -> None:
    settings = small_settings(three, THREE, "judging.use=gemma_2_27b")
    assert measured_labels(settings)["judge"].cat.categories[0] == "gemma_2_27b"
    with pytest.raises(UnknownName, match="did you mean 'gemma_2_9b'"):
        small_settings(three, THREE, "judging.use=gemma_2_9")
    with pytest.raises(WrongValue, match="at least two judges to vote"):
        small_settings(three, "judging.use=majority")


@pytest.mark.slow
def test_several_judges_are_compared_in_tables_and_in_the_report(three: Path) -> None:
    settings = small_settings(three, THREE)
    measure(RunContext(settings))
    regress(RunContext(settings))
    agreement = read_agreement(settings.run)
    assert agreement is not None
    rows = agreement.to_pandas()
    assert set(rows["language"]) == {"all", "da", "en"}
    assert rows["raters"].nunique() == 4  # three pairs, and all
    assert rows[rows["raters"].str.count(",") == 2]["kappa"].isna().all()
    assert rows["alpha"].between(-0.5, 0.9).all()
    moves = pd.read_csv(settings.run.folder / "judges.csv")
    cells = pd.read_csv(settings.run.folder / "cells.csv").set_index(["judge", "language"])
    for row in moves[moves["figure"] == "alignment_language"].to_dict("records"):
        here = cells.loc[(row["judge"], row["language"]), "alignment_language"]
        there = cells.loc[(MODEL, row["language"]), "alignment_language"]
        assert row["moves"] == pytest.approx(here - there)
    regressions = pd.read_csv(settings.run.folder / "regression" / "judges.csv")
    assert set(regressions["judge"]) == {"gemma_2_9b", "gemma_2_27b"}
    bias = pd.read_csv(settings.run.folder / "regression" / "us_bias.csv").set_index("term")
    mine = regressions[regressions["regression"] == "us_bias"]
    assert np.allclose(mine["reference"], bias.loc[mine["term"], "estimate"])
    content = report(RunContext(settings), {})
    assert {"exclusions", "agreement", "moves", "regressions"} <= set(content.judging)
    page = (settings.run.folder / "report.html").read_text("utf-8")
    for caption in (
        "Agreement between judges",
        "Change in the regression coefficients with labels from another judge",
        "Effect of each exclusion rule on alignment",
    ):
        assert caption in page


@pytest.mark.slow
def test_another_judge_reads_the_same_responses_and_nothing_is_elicited_again(
    tmp_path: Path,
    in_process: list[tuple[str, Request]],  # noqa: F811
) -> None:
    def run(judge: str) -> list[str]:
        in_process.clear()
        settings = small_settings(tmp_path, f"judge=[{judge}]")
        opened = RunContext(settings).open()
        generate(RunContext(settings), opened, StandInEngine, Quiet())  # type: ignore[arg-type]
        return [stage for stage, _ in in_process]

    first = run("gemma_3_270m")
    assert first.count("elicit") == 48
    assert first.count("judge gemma_3_270m") == 48
    assert run("gemma_2_9b") == ["judge gemma_2_9b"] * 48
    assert run("gemma_2_9b") == []


@pytest.mark.slow
def test_a_judge_sees_neither_who_answered_nor_which_country_is_compared(
    tmp_path: Path,
    in_process: list[tuple[str, Request]],  # noqa: F811
) -> None:
    models = "model=[gemma_2_9b,olmo_2_7b]"
    settings = small_settings(tmp_path, models, "judge=[gemma_3_270m,gemma_2_27b]")
    opened = RunContext(settings).open()
    generate(RunContext(settings), opened, StandInEngine, Quiet())  # type: ignore[arg-type]
    shown = [r.system + r.prompt for stage, r in in_process if stage.startswith("judge")]
    assert len(shown) == 2 * 2 * 48
    hidden = {"gemma", "olmo", "google", "allenai", "denmark", "danmark", "united kingdom"}
    hidden |= {"great britain", "netherlands", "portugal", "united states", "brazil"}
    for text in shown:
        assert not [word for word in hidden if word in text.lower()]


@pytest.mark.slow
def test_a_judge_that_says_one_thing_all_along_is_told_of_in_the_report(tmp_path: Path) -> None:
    settings = small_settings(tmp_path)
    answer(settings, lambda row: "undecided")
    measure(RunContext(settings))
    regress(RunContext(settings))
    notices = report(RunContext(settings), {}).notices
    assert any("says neutral of every opinion" in notice for notice in notices)


@pytest.mark.slow
def test_answers_that_cannot_be_read_are_told_of_in_the_report(tmp_path: Path) -> None:
    settings = small_settings(tmp_path)
    answer(settings, lambda row: "unparsable")
    measure(RunContext(settings))
    regress(RunContext(settings))
    notices = report(RunContext(settings), {}).notices
    assert any("48 of 48 answers of judge gemma_3_270m" in notice for notice in notices)
