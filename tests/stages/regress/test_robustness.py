"""The robustness checks, on labels stored in a run directory."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from culture_ray.run.ground_truth import ground_truth_of
from culture_ray.stages.regress.robustness import prompt_factors, read_robustness, robustness
from culture_ray.store.shards import commit
from culture_ray.tables import LABELS, ROBUSTNESS
from tests.small import TOPICS, small_settings

MODEL = "gemma_3_270m"
MORE_TOPICS = (*TOPICS, "e116", "e117", "e235", "e236", "f028", "d060", "e069_04", "e069_13")


@pytest.fixture
def settings(tmp_path):
    return small_settings(tmp_path / "results", f"topics.only=[{','.join(MORE_TOPICS)}]")


def label(settings, unit="unit", *, judge=MODEL, each=6, templates=3, **where):
    """Commit labels of a model that describes the speakers of the prompt's language."""
    rng = np.random.default_rng(1)
    truth = ground_truth_of(settings)
    for language in where.get("languages", ("da", "en")):
        people = truth.value_polarity[truth.row(f"speakers:{language}")]
        shares = dict(zip(truth.topics, people, strict=True))
        asked = [
            (topic, index) for topic in where.get("topics", MORE_TOPICS) for index in range(each)
        ]
        rows = [
            {
                "request_id": f"{judge}-{language}-{topic}-{index}",
                "judge": judge,
                "model": MODEL,
                "language": language,
                "protocol": "hypothetical_interviews",
                "template": f"t{index % templates}" if templates else None,
                "topic": topic,
                "wording": f"w{index % 2}",
                "status": "labelled",
                "value_polarity": rng.binomial(10, shares.get(topic, 0.5)) / 10 if index else None,
            }
            for topic, index in asked
        ]
        path = settings.run.labels(judge, MODEL, language, unit)
        assert commit(path, pa.Table.from_pylist(rows, schema=LABELS))


def rows(table, check, what, **where):
    return [
        row
        for row in table.to_pylist()
        if row["check"] == check
        and row["what"].startswith(what)
        and all(row[name] == value for name, value in where.items())
    ]


@pytest.mark.slow
def test_labels_become_a_table_in_the_run_that_reads_back_as_it_was(settings):
    label(settings)
    table = robustness(settings, ground_truth_of(settings))
    assert table.schema.equals(ROBUSTNESS)
    assert Path(settings.run.folder / "robustness.csv").read_text().startswith('"check","model"')
    assert read_robustness(settings.run).equals(table)


def test_before_the_stage_there_is_nothing_to_show(settings):
    assert read_robustness(settings.run) is None


def test_templates_and_wordings_are_read_from_the_labels(settings):
    label(settings)
    table = robustness(settings, ground_truth_of(settings))
    for factor in ("template", "wording"):
        what = f"spread of alignment between {factor}s, beyond chance"
        (found,) = rows(table, "stability", what, model=MODEL, language="da")
        assert found["estimate"] is not None
        assert found["ci_low"] <= found["estimate"] <= found["ci_high"]


def test_templates_that_the_labels_do_not_tell_are_a_reason(settings):
    label(settings, templates=0)
    (unknown,) = rows(
        robustness(settings, ground_truth_of(settings)),
        "stability",
        "spread of alignment between templates, b",
    )
    assert unknown["estimate"] is None
    assert unknown["reason"] == "The responses do not say which template."


def test_a_model_that_speaks_for_the_speakers_is_steered_by_the_language(settings):
    label(settings, each=30)
    table = robustness(settings, ground_truth_of(settings))
    (spread,) = rows(table, "steerability", "spread of value polarity", model=MODEL)
    assert spread["estimate"] == pytest.approx(1, abs=0.15)
    (gain,) = rows(table, "steerability", "gain in alignment from prompts", language=None)
    assert gain["estimate"] > 0
    (ranking,) = rows(table, "extrapolability", "ranking of models, random halves")
    assert "fewer than two models" in ranking["reason"]
    (people,) = rows(table, "extrapolability", "best-matching country of countries, random")
    assert people["estimate"] > 0


@pytest.mark.slow
def test_topics_and_judges_outside_the_run_do_not_enter(settings):
    label(settings)
    expected = robustness(settings, ground_truth_of(settings))
    label(settings, judge="another")
    label(settings, "more", topics=("a001", "a002"))
    assert robustness(settings, ground_truth_of(settings)).equals(expected)


def test_nulls_have_reasons_and_reasons_are_null_where_nothing_is_missing(settings):
    label(settings, languages=("da",))
    for row in robustness(settings, ground_truth_of(settings)).to_pylist():
        complete = None not in (row["estimate"], row["std_error"], row["ci_low"], row["ci_high"])
        assert (row["reason"] is None) == complete, row


def test_a_run_without_labels_has_only_reasons(settings):
    table = robustness(settings, ground_truth_of(settings))
    assert table.num_rows > 0
    assert table.column("estimate").null_count == table.num_rows
    assert table.column("reason").null_count == 0


@pytest.mark.slow
def test_each_judge_is_checked_apart(settings):
    label(settings)
    alone = robustness(settings, ground_truth_of(settings))
    label(settings, judge="another", each=5)
    judges = settings.judges | {"another": settings.judges[MODEL]}
    table = robustness(replace(settings, judges=judges), ground_truth_of(settings))
    assert table.num_rows == 2 * alone.num_rows
    first = table.slice(0, alone.num_rows)
    assert first.drop_columns("what").equals(alone.drop_columns("what"))
    assert all(name.endswith(f" (judge {MODEL})") for name in first.column("what").to_pylist())


def test_a_run_without_judges_has_an_empty_table(settings):
    assert robustness(replace(settings, judges={}), ground_truth_of(settings)).num_rows == 0
    assert read_robustness(settings.run).num_rows == 0


def test_levels_come_from_variants_and_the_order_of_options_from_wordings():
    labels = pd.DataFrame(
        {
            "protocol": ["direct_item", "direct_item", "hypothetical_interviews", "free_sampling"],
            "wording": ["q1", "q1_reversed", "w1", "q1"],
            "variant": [None, "typos=0.05", None, "labels=words, typos=0.05"],
        }
    )
    found = {each.factor: (each.names, each.level.tolist()) for each in prompt_factors(labels)}
    assert found == {
        "order": (("as_is", "reversed"), [0, 1, -1, 0]),
        "labels": (("letters", "words"), [0, 0, 0, 1]),
        "typos": (("0", "0.05"), [0, 1, 0, 1]),
    }


def test_a_run_of_an_earlier_version_and_one_without_options_vary_nothing():
    labels = pd.DataFrame(
        {
            "protocol": ["hypothetical_interviews"] * 2,
            "wording": ["w1", None],
            "variant": [None] * 2,
        }
    )
    assert prompt_factors(labels) == ()
    assert prompt_factors(labels[:0]) == ()
