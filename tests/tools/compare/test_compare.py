"""Two runs side by side: the same pairs, the same topics, the same draws."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from culture_ray.errors import NoSuchRun, RunMismatch, UnknownName, WrongValue
from culture_ray.measures.resampling.resample import Resampling
from culture_ray.run.ground_truth import ground_truth_of
from culture_ray.settings.run import Settings
from culture_ray.stages.context import RunContext
from culture_ray.stages.measure.measure import measure
from culture_ray.stages.regress.cells import cells
from culture_ray.store.shards import read, replace_table
from culture_ray.survey.capability import read_capability
from culture_ray.tools.compare.compare import Comparison, compare, differences
from culture_ray.tools.compare.paired_cells import paired_cells
from tests.answered import answer
from tests.small import TOPICS, small_settings

FEWER = f"topics.only=[{','.join(TOPICS[2:])}]"
FIGURE = "alignment_language"
JUDGE, OTHER_JUDGE = "gemma_3_270m", "gemma_2_9b"


def run_of(folder: Path, name: str, *words: str, fate: Any = lambda _: "fine") -> Settings:
    settings = small_settings(folder / "results", f"run={name}", *words)
    answer(settings, fate)
    measure(RunContext(settings))
    return settings


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Settings]:
    """Make runs to compare: equal, with other seed, topics and prompts, and with another judge."""
    folder = tmp_path_factory.mktemp("compared")
    return {
        "first": run_of(folder, "first"),
        "again": run_of(folder, "again"),
        "other": run_of(folder, "other", "seed=2", FEWER, "design.prompts_per_language=36"),
        "judged": run_of(folder, "judged", f"judge=[{OTHER_JUDGE}]"),
    }


def compared(runs: Mapping[str, Settings], first: str, second: str, folder: Path) -> Comparison:
    return compare(runs[first], runs[second], {}, 1, folder, "culture-ray compare ...")


def rows(table: pa.Table, **where: Any) -> pd.DataFrame:
    frame = table.to_pandas()
    for name, value in where.items():
        frame = frame[frame[name] == value]
    return frame


@pytest.mark.slow
def test_a_run_and_the_same_again_differ_by_exactly_nothing(
    runs: Mapping[str, Settings], tmp_path: Path
) -> None:
    made = compared(runs, "first", "again", tmp_path)
    assert made.changes.num_rows == 0
    table = rows(made.differences)
    known = table[table["difference"].notna()]
    assert len(known)
    assert (known[["difference", "std_error", "ci_low", "ci_high"]].fillna(0) == 0).all(axis=None)
    assert (known["first"] == known["second"]).all()


@pytest.mark.slow
def test_the_order_of_the_runs_turns_signs_and_nothing_else(
    runs: Mapping[str, Settings], tmp_path: Path
) -> None:
    one = rows(compared(runs, "first", "other", tmp_path / "a").differences)
    two = rows(compared(runs, "other", "first", tmp_path / "b").differences)
    key = ["figure", "scope", "model", "language"]
    both = one.merge(two, on=key, suffixes=("_one", "_two"))
    assert len(both) == len(one) == len(two)
    for mine, theirs, sign in (
        ("difference", "difference", -1), ("std_error", "std_error", 1),
        ("ci_low", "ci_high", -1), ("first", "second", 1), ("topics", "topics", 1),
    ):  # fmt: skip
        values = both[f"{mine}_one"], sign * both[f"{theirs}_two"]
        np.testing.assert_array_equal(*values)


def figures_on(settings: Settings, topics: tuple[str, ...]) -> pd.DataFrame:
    """Return the cells of a run with distributions of these topics alone."""
    whole = read(settings.run.folder / "distributions.arrow")
    some = whole.filter(pc.is_in(whole.column("topic"), value_set=pa.array(topics)))
    found = cells(
        settings, some, ground_truth_of(settings), read_capability(settings.capability_table)
    ).rows
    return found.set_index(["model", "language"])


@pytest.mark.slow
def test_both_sides_rest_on_the_topics_that_both_answered(
    runs: Mapping[str, Settings], tmp_path: Path
) -> None:
    table = rows(compared(runs, "first", "other", tmp_path).differences, figure=FIGURE)
    assert (table["topics"] <= len(TOPICS) - 2).all()
    part = figures_on(runs["first"], TOPICS[2:])
    for row in table[table["scope"] == "cell"].itertuples():
        assert row.first == pytest.approx(part.loc[(row.model, row.language), FIGURE], abs=1e-12)


@pytest.mark.slow
def test_a_topic_that_one_side_left_without_an_opinion_counts_on_neither(
    runs: Mapping[str, Settings], tmp_path: Path
) -> None:
    def fate(row: Mapping[str, Any]) -> str:
        return "undecided" if (row["language"], row["topic"]) == ("da", "f118") else "fine"

    silent = run_of(tmp_path, "silent", fate=fate)
    table = rows(compare(runs["first"], silent, {}, 1, tmp_path / "out", "").differences)
    mine = table[(table["scope"] == "cell") & (table["figure"] == FIGURE)].set_index("language")
    others = tuple(topic for topic in TOPICS if topic != "f118")
    part = figures_on(runs["first"], others).loc[("gemma_3_270m", "da")]
    assert mine.loc["da", "topics"] == part["topics"]
    assert mine.loc["da", "first"] == pytest.approx(part[FIGURE], abs=1e-12)
    assert mine.loc["en", "topics"] == part["topics"] + 1


@pytest.mark.slow
def test_figures_are_those_of_cells_where_the_topics_are_the_same(
    runs: Mapping[str, Settings], tmp_path: Path
) -> None:
    table = rows(compared(runs, "first", "judged", tmp_path).differences, scope="cell")
    for side in ("first", "second"):
        settings = runs["first" if side == "first" else "judged"]
        given = read(settings.run.folder / "distributions.arrow")
        known = cells(
            settings, given, ground_truth_of(settings), read_capability(settings.capability_table)
        ).rows
        known = known.set_index(["model", "language"])
        for row in table.to_dict("records"):
            value = known.loc[(row["model"], row["language"]), row["figure"]]
            assert row[side] == pytest.approx(value, nan_ok=True)


@pytest.mark.slow
def test_means_over_cells_are_means_of_their_differences(
    runs: Mapping[str, Settings], tmp_path: Path
) -> None:
    table = rows(compared(runs, "first", "judged", tmp_path).differences, figure=FIGURE)
    mine = table[table["scope"] == "cell"]
    (whole,) = table[table["scope"] == "all"].to_dict("records")
    assert whole["cells"] == len(mine) == 2
    assert whole["difference"] == pytest.approx(mine["difference"].mean())
    assert whole["difference"] == pytest.approx(whole["second"] - whole["first"])
    # Cells share the draws of topics: errors of a mean are no sum of squares.
    assert whole["std_error"] <= mine["std_error"].max()
    assert list(table["scope"]) == ["all", "language", "language", "model", "cell", "cell"]


@pytest.mark.slow
def test_judges_that_share_no_name_are_paired_and_their_agreement_is_told(
    runs: Mapping[str, Settings], tmp_path: Path
) -> None:
    made = compared(runs, "first", "judged", tmp_path)
    table = rows(made.differences)
    assert set(table["judge_first"]) == {JUDGE}
    assert set(table["judge_second"]) == {OTHER_JUDGE}
    assert made.agreement is not None
    whole = rows(made.agreement, language="all").to_dict("records")[0]
    assert whole["raters"] == f"{JUDGE} in first, {OTHER_JUDGE} in judged"
    assert whole["responses"] == 48
    assert 0.3 < whole["agreement"] < 1


@pytest.mark.slow
def test_only_responses_with_the_same_text_count_as_the_same(
    runs: Mapping[str, Settings], tmp_path: Path
) -> None:
    fate = lambda row: "empty" if row["language"] == "da" else "fine"  # noqa: E731
    mixed = run_of(tmp_path, "mixed", f"judge=[{OTHER_JUDGE}]", fate=fate)
    made = compare(runs["first"], mixed, {}, 1, tmp_path / "out", "")
    assert made.agreement is not None
    assert set(rows(made.agreement)["language"]) == {"all", "en"}
    assert (rows(made.agreement)["responses"] == 24).all()


@pytest.mark.slow
def test_what_is_undefined_says_why(runs: Mapping[str, Settings], tmp_path: Path) -> None:
    fate = lambda row: "undecided" if row["language"] == "da" else "fine"  # noqa: E731
    silent = run_of(tmp_path, "silent", fate=fate)
    table = rows(compare(runs["first"], silent, {}, 1, tmp_path / "out", "").differences)
    assert set(table[table["scope"] == "cell"]["language"]) == {"en"}
    whole = table[(table["figure"] == FIGURE) & (table["scope"] == "all")]
    assert list(whole["cells"]) == [1]


@pytest.mark.slow
def test_models_of_other_names_are_paired_when_told(
    runs: Mapping[str, Settings], tmp_path: Path
) -> None:
    renamed = run_of(tmp_path, "renamed", "model=[gemma_2_2b]")
    with pytest.raises(WrongValue, match="in common; the first has gemma_3_270m in da, en"):
        paired_cells(runs["first"], renamed, {})
    pairs = {"gemma_3_270m": "gemma_2_2b"}
    found, truth = paired_cells(runs["first"], renamed, pairs)
    table = rows(differences(found, truth, Resampling(rounds=20)))
    assert set(table["model_second"].dropna()) == {"gemma_2_2b"}
    with pytest.raises(UnknownName, match="in run renamed"):
        paired_cells(runs["first"], renamed, {"gemma_3_270m": "gemma_2_9b"})


@pytest.mark.slow
def test_a_run_that_is_not_measured_says_what_to_do(
    runs: Mapping[str, Settings], tmp_path: Path
) -> None:
    settings = small_settings(tmp_path / "results", "run=raw")
    answer(settings)
    with pytest.raises(NoSuchRun, match="not measured yet: culture-ray analyse run=raw"):
        paired_cells(runs["first"], settings, {})


@pytest.mark.slow
def test_distributions_of_another_version_say_what_to_do(
    runs: Mapping[str, Settings], tmp_path: Path
) -> None:
    settings = small_settings(tmp_path / "results", "run=old")
    shutil.copytree(runs["first"].run.folder, settings.run.folder)
    path = settings.run.folder / "distributions.arrow"
    replace_table(path, read(path).drop_columns(["persona"]))
    with pytest.raises(RunMismatch, match=r"lacks persona, .*: culture-ray analyse run=old"):
        paired_cells(runs["first"], settings, {})


@pytest.mark.slow
def test_tables_and_what_they_were_made_with_are_written(
    runs: Mapping[str, Settings], tmp_path: Path
) -> None:
    made = compared(runs, "first", "judged", tmp_path / "out")
    names = {path.name for path in (tmp_path / "out").iterdir() if path.is_file()}
    kinds = ("csv", "md", "tex")
    stems = ("changes", "differences", "agreement")
    assert names == {"compare.json", *(f"{stem}.{kind}" for stem in stems for kind in kinds)}
    written = pd.read_csv(tmp_path / "out" / "differences.csv")
    assert written["difference"].to_numpy() == pytest.approx(
        made.differences.to_pandas()["difference"].to_numpy(), nan_ok=True
    )
