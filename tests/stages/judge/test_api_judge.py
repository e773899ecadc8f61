"""Judges behind an OpenAI-compatible server on this machine; needs the API engine."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from culture_ray.judging.gold_set import GoldResponse
from tests.in_process import Quiet, in_process  # noqa: F401 - a fixture
from tests.stages.judge.test_check import checking, row

SIDES = {"pro": "in favour of it", "con": "against it"}


def gold(number: int) -> GoldResponse:
    """Return a response in the form from which the local server reads stances, pro before con."""
    stances = ("pro",) * number + ("con",) * (10 - number)
    said = [f"{n}. Citizen {n} is {SIDES[stance]}." for n, stance in enumerate(stances, 1)]
    none = (frozenset[str](),) * 10
    return GoldResponse(f"x-{number}", "en", "f120", "\n".join(said), "numbered", stances, none)


GOLD = [gold(number) for number in range(1, 7)]
KEY_VARIABLE = "CULTURE_RAY_TEST_KEY"


@pytest.fixture(scope="module")
def server() -> Iterator[Any]:
    from tests.api_server.running import api_server

    with api_server() as running:
        yield running


@pytest.mark.slow
@pytest.mark.parametrize("form", ["chat", "responses"])
def test_an_api_judge_reads_the_gold_set_and_is_paid_once(
    server: Any,
    form: str,
    tmp_path: Path,
    in_process: list[Any],  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from culture_ray.engines.api_settings import ApiSettings
    from culture_ray.engines.openai.engine import OpenAiEngine
    from culture_ray.spending.prices import Prices
    from culture_ray.stages.judge.check import check_judges
    from tests.engines.accounts import RecordingAccount

    monkeypatch.setenv(KEY_VARIABLE, server.key)
    server.change(limits={"rpm": None, "tpm": None}, answers={"seconds": 0.0})
    monkeypatch.setattr("culture_ray.stages.judge.check.gold_set", lambda languages: GOLD)
    one = checking(tmp_path, "judge=gpt_4_1", "language=[en]", "spending.cap_dollars=1")
    monkeypatch.setenv("OPENAI_API_KEY", server.key)
    api = ApiSettings(form=form, base_url=server.base_url, key_variable=KEY_VARIABLE, timeout_s=20)
    judge = one.judges["gpt_4_1"]
    model = replace(judge.model, api=api, prices=Prices(input=2.0, output=8.0))
    one = replace(one, judges={"gpt_4_1": replace(judge, model=model)})
    account = RecordingAccount()

    def engine(model: Any) -> Any:
        return OpenAiEngine(model, account, tmp_path / "answers")

    done, broken = check_judges(one, engine, Quiet())  # type: ignore[arg-type]
    assert broken == {}
    found = done["gpt_4_1"]
    assert found.statuses == {"labelled": len(GOLD)}
    whole = row(found, "all", "all")
    assert (whole.error.estimate, whole.missing, whole.statements) == (0, 0, 10 * len(GOLD))
    assert len(account.asks) == len(GOLD)
    assert '"minItems"' not in (in_process[0][1].schema or "")
    check_judges(one, engine, Quiet())  # type: ignore[arg-type]
    assert len(account.asks) == len(GOLD)
