"""Sentences on groups of respondents: flattening is claimed only where every interval shows it."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

import pyarrow as pa

from culture_ray.report.content import ReportContent
from culture_ray.report.findings.groups import group_sentences
from culture_ray.report.formatting import plain
from culture_ray.tables import GROUPS
from tests.report.synthetic.content import make_content
from tests.report.synthetic.study import MODELS


@cache
def run_of(models: int) -> ReportContent:
    """Return a run of so many models."""
    return make_content(models=MODELS[:models], topics=3, responses=2)


def told(*rows: dict[str, Any], models: int = 4) -> list[str]:
    """Return the sentences of a run with these figures over whole profiles."""
    common = {"protocol": "direct_item", "characteristic": "profile", "model": "gpt_4o"}
    table = pa.Table.from_pylist([common | row for row in rows], schema=GROUPS)
    return [plain(one) for one in group_sentences(replace(run_of(models), groups=table))]


KEPT = {"measure": "variance_kept", "value": 0.25, "ci_low": 0.2, "ci_high": 0.31}
MOVED = {"measure": "steerability", "value": 0.5, "ci_low": 0.4, "ci_high": 0.6}


def test_a_run_that_did_not_ask_as_respondents_has_no_sentence() -> None:
    assert group_sentences(run_of(4)) == []


def test_one_model_is_told_with_its_interval() -> None:
    assert told(KEPT, MOVED, models=1) == [
        "When answering as the survey’s respondents, the model makes groups of people more alike "
        "than they are: it reproduces 0.25 (95 % interval 0.20 to 0.31) of the variance between "
        "groups (1 would be all of it).",
        "From group to group, its answers vary 0.50 (95 % interval 0.40 to 0.60) times as much as "
        "people’s.",
    ]


def test_several_are_told_from_least_to_most_and_claimed_only_together() -> None:
    more = KEPT | {"value": 0.9, "ci_high": 1.1}
    (sentence,) = told(KEPT, more)
    assert sentence == (
        "When answering as the survey’s respondents, models reproduce 0.25 to 0.90 of the variance "
        "between groups (1 would be all of it)."
    )
    assert "make groups of people more alike" in told(KEPT, KEPT)[0]
    assert told(KEPT | {"ci_low": None, "ci_high": None}, models=1) == [
        "When answering as the survey’s respondents, the model reproduces 0.25 of the variance "
        "between groups (1 would be all of it)."
    ]


def test_other_characteristics_categories_and_protocols_are_left_to_the_table() -> None:
    other = [KEPT | {"characteristic": "age"}, KEPT | {"category": "18-29"},
             KEPT | {"protocol": "second"}, KEPT | {"value": None}]  # fmt: skip
    assert told(KEPT, *other, models=1) == told(KEPT, models=1)
    assert told(*(other[:2])) == []
