"""Several protocols in one run: the same design in every language, figures that do not mix."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from culture_ray.labels.read import RULE, labels
from culture_ray.plan.engines import engine_names
from culture_ray.plan.requests import request_plan, request_table
from culture_ray.plan.stage_units import elicit_units
from culture_ray.regression.robustness.personas import PERSONA
from culture_ray.report.outcomes import outcome_counts
from culture_ray.run.ground_truth import ground_truth_of
from culture_ray.run.status import stage_statuses
from culture_ray.settings.run import Settings
from culture_ray.stages.context import RunContext
from culture_ray.stages.measure.measure import measure
from culture_ray.stages.regress.cells import cells
from culture_ray.stages.regress.regress import regress
from culture_ray.stages.regress.robustness import read_robustness
from culture_ray.stages.regress.rows import regression_rows
from culture_ray.stages.report.quality import quality
from culture_ray.survey.capability import read_capability
from tests.answered import answer
from tests.small import small_settings

pytestmark = pytest.mark.slow

ALL = "protocol=[hypothetical_interviews_short,direct_item,persona]"
COUNTRIES = "protocol.persona.countries=[DK,GB,US]"
MODEL = "gemma_3_270m"


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Return a run of all protocols, elicited, labelled, measured and regressed."""
    folder: Path = tmp_path_factory.mktemp("protocols")
    words = [ALL, COUNTRIES, "protocol.persona.prompts_per_language=24", "cluster.unit_size=32"]
    made = small_settings(folder / "results", *words)
    answer(made, lambda row: "failed" if row["template"] == "t05" else "fine")
    measure(RunContext(made))
    regress(RunContext(made))
    return made


def the_whole_catalogue(tmp_path: Path, *words: str) -> Settings:
    return small_settings(
        tmp_path,
        ALL,
        "language=[da,en,nl,pt]",
        "topics.only=null",
        "design.prompts_per_language=300",
        *words,
    )


@pytest.mark.slow
def test_every_protocol_is_balanced_over_topics_and_the_same_in_every_language(
    tmp_path: Path,
) -> None:
    settings = the_whole_catalogue(tmp_path)
    plan = request_plan(settings)
    sizes = {"hypothetical_interviews": 300, "direct_item": 300, "persona": 96 * 6}
    tables = {
        language: request_table(plan, MODEL, language).to_pandas()
        for language in settings.languages
    }
    columns = ["protocol", "persona", "template", "topic", "wording", "sample"]
    for table in tables.values():
        pd.testing.assert_frame_equal(table[columns], tables["en"][columns])
    for protocol, size in sizes.items():
        mine = tables["en"][tables["en"]["protocol"] == protocol]
        assert len(mine) == size
        for _, of_persona in mine.groupby("persona", dropna=False):
            counts = of_persona["topic"].value_counts()
            assert len(counts) == 32
            assert counts.max() - counts.min() <= 1


@pytest.mark.slow
def test_both_orders_of_the_options_are_equally_frequent_in_every_topic(tmp_path: Path) -> None:
    design = request_plan(the_whole_catalogue(tmp_path)).designs["direct_item", "da"]
    asks = [design.prompt(row) for row in range(len(design))]
    assert len(set(asks)) == len(asks)
    orders = Counter((ask.topic, ask.wording) for ask in asks)
    assert {wording for _, wording in orders} == {"q1", "q1_reversed"}
    for topic in design.topics:
        assert abs(orders[topic, "q1"] - orders[topic, "q1_reversed"]) <= 1


@pytest.mark.slow
def test_no_question_with_options_is_asked_twice_however_many_prompts_are_wanted(
    tmp_path: Path,
) -> None:
    plan = request_plan(the_whole_catalogue(tmp_path, "design.prompts_per_language=5000"))
    assert len(plan.designs["direct_item", "en"]) == 32 * 5 * 2
    assert len(plan.designs["hypothetical_interviews", "en"]) == 5000


@pytest.mark.slow
def test_the_plan_counts_every_protocol_and_gives_judges_only_what_they_read(
    tmp_path: Path,
) -> None:
    settings = the_whole_catalogue(tmp_path)
    plan = RunContext(settings).checked_plan()
    requests = {row.stage: row.estimate.requests for row in plan.rows}
    assert requests == {"elicit": 4 * (300 + 300 + 576), "judge": 4 * (300 + 576)}
    assert [(asks.protocol, asks.prompts) for asks in plan.protocols] == [
        ("hypothetical_interviews", 300), ("direct_item", 300), ("persona", 96),
    ]  # fmt: skip
    assert plan.protocols[2].countries == ("DK", "GB", "US", "NL", "PT", "BR")


def test_a_unit_holds_one_protocol_so_that_no_judge_loads_for_what_it_does_not_read(
    settings: Settings,
) -> None:
    for unit in elicit_units(settings, request_plan(settings)):
        assert unit.rows is not None
        (protocol,) = set(unit.rows.column("protocol").to_pylist())
        assert unit.judged == (protocol != "direct_item")


def test_rows_are_requests_and_outcomes_add_up_in_every_protocol(settings: Settings) -> None:
    rows = quality(settings, request_plan(settings)).to_pylist()
    assert {(row["protocol"], row["judge"]) for row in rows} == {
        ("hypothetical_interviews", MODEL), ("direct_item", RULE), ("persona", MODEL),
    }  # fmt: skip
    for row in rows:
        assert row["rows"] == row["requests"]
        assert sum(outcome_counts(row).values()) == row["requests"]
    direct = [row for row in rows if row["protocol"] == "direct_item"]
    assert all(row["failed"] > 0 for row in direct)
    assert all(row["option_mass"] == pytest.approx(0.9) for row in direct)


def test_the_stages_of_a_run_count_each_protocol_where_it_belongs(settings: Settings) -> None:
    found = {
        s.stage: (s.requests, s.done) for s in stage_statuses(settings.run, list(settings.judges))
    }
    assert found == {
        "elicit": (2 * (24 + 24 + 72),) * 2,
        f"judge {MODEL}": (2 * (24 + 72),) * 2,
        f"judge {RULE}": (48, 48),
    }


def test_a_direct_items_polarity_is_the_probability_of_pro_among_pro_and_con(
    settings: Settings,
) -> None:
    truth = ground_truth_of(settings)
    table = labels(settings.run, [MODEL], ["da"]).to_pandas()
    direct = table[(table["protocol"] == "direct_item") & (table["status"] == "labelled")]
    speakers = truth.speakers_of("da")
    assert speakers is not None
    people = dict(zip(truth.topics, truth.value_polarity[truth.row(speakers.name)], strict=True))
    expected = direct["topic"].map(people)
    np.testing.assert_allclose(direct["value_polarity"], expected)


def test_protocols_and_personas_do_not_mix_in_a_cell(settings: Settings) -> None:
    rows = pd.read_csv(settings.run.folder / "cells.csv")
    own = rows[rows["model"] == MODEL]
    keys = ["model", "language", "protocol", "persona", "judge"]
    assert not own.duplicated(keys).any()
    ways = set(own[["protocol", "persona"]].fillna("").itertuples(index=False, name=None))
    assert ways == {
        ("hypothetical_interviews", ""), ("direct_item", ""),
        ("persona", "DK"), ("persona", "GB"), ("persona", "US"),
    }  # fmt: skip
    assert (own["responses"] == 24).all()
    direct = own[own["protocol"] == "direct_item"]
    assert (direct["alignment_language"] > 0.95).all()


@pytest.mark.parametrize("main", ["hypothetical_interviews", "direct_item"])
def test_regressions_rest_on_the_first_protocol_of_the_configuration(
    settings: Settings, main: str
) -> None:
    names = sorted(settings.protocols, key=lambda name: name != main)
    ordered = replace(settings, protocols={name: settings.protocols[name] for name in names})
    assert ordered.main_protocol == main
    found = cells(
        ordered,
        measure(RunContext(ordered))["distributions"],
        ground_truth_of(ordered),
        read_capability(ordered.capability_table),
    )
    used = found.rows.iloc[regression_rows(found)["cell"]]
    assert set(used["protocol"]) == {main}
    assert len(used) == len(settings.languages)


def test_a_persona_that_comes_first_is_not_the_main_protocol(settings: Settings) -> None:
    names = ("persona", "direct_item")
    ordered = replace(settings, protocols={name: settings.protocols[name] for name in names})
    assert ordered.main_protocol == "direct_item"


def test_alignment_is_compared_between_protocols_and_a_persona_that_is_followed_gains(
    settings: Settings,
) -> None:
    table = read_robustness(settings.run)
    assert table is not None
    rows: list[dict[str, Any]] = table.to_pylist()
    between = [r for r in rows if "between protocols" in r["what"] and r["language"] == "da"]
    assert any(r["estimate"] is not None for r in between)
    gains = [r["estimate"] for r in rows if r["what"] == PERSONA and r["language"]]
    assert len(gains) == 2
    assert all(gain > 0 for gain in gains)


@pytest.mark.slow
def test_a_run_of_direct_items_alone_needs_no_judge(tmp_path: Path) -> None:
    settings = small_settings(tmp_path, "protocol=[direct_item]", "judge=[]")
    answer(settings)
    measure(RunContext(settings))
    regress(RunContext(settings))
    rows = quality(settings, request_plan(settings)).to_pylist()
    assert [row["used"] for row in rows] == [24, 24]
    assert engine_names(settings.models, settings.judges) == {}
    checks = read_robustness(settings.run)
    assert checks is not None
    assert checks.num_rows
