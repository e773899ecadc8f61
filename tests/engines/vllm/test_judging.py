"""The embedded judge on real vLLM: labels come back whole, as JSON and as a word per opinion."""

from __future__ import annotations

from dataclasses import replace

import pytest

from culture_ray.judging.gold_set import gold_set
from culture_ray.stages.judge.check import check_judges
from culture_ray.stages.judge.check_files import write_check
from tests.in_process import Quiet, in_process  # noqa: F401 - a fixture
from tests.stages.judge.test_check import checking, row

pytestmark = [pytest.mark.engine, pytest.mark.slow]


@pytest.mark.parametrize(("answers", "requests"), [("json", 2), ("choice", 20)])
def test_a_real_judge_gives_a_stance_to_every_gold_opinion(
    embedded_model,
    shared_engine,
    in_process,  # noqa: F811
    tmp_path,
    monkeypatch,
    answers,
    requests,
):
    few = [one for one in gold_set(["en"]) if one.form == "numbered"][:2]
    monkeypatch.setattr("culture_ray.stages.judge.check.gold_set", lambda languages: few)
    one = checking(tmp_path, "language=[en]")
    judges = {n: replace(j, model=embedded_model, answers=answers) for n, j in one.judges.items()}
    one = replace(one, judges=judges)
    done, broken = check_judges(one, lambda m: shared_engine, Quiet())
    assert broken == {}
    assert len(in_process) == requests
    found = done["gemma_3_270m"]
    assert found.statuses == {"labelled": 2}
    whole = row(found, "all", "all")
    assert (whole.responses, whole.missing, whole.extra) == (2, 0, 0)
    assert write_check(one, found)["error"].exists()
