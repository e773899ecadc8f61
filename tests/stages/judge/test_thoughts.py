"""A judge sees no thoughts of the model that it judges, and its own are not read as its answer."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from culture_ray.engines.interface import Response
from culture_ray.engines.model import Model
from culture_ray.errors import WrongValue
from culture_ray.prompts.language import Language, read_language
from culture_ray.settings.judging import Judge
from culture_ray.stages.judge.answer_form import check_answers
from culture_ray.stages.judge.check_folders import fingerprint
from culture_ray.stages.judge.task import JudgeTask
from culture_ray.store.shards import commit, unit_id
from culture_ray.sweep.plan.units import Loaded, Unit
from culture_ray.tables import RESPONSES
from tests.scripted import ENGLISH

CHAT = Judge(Model("vllm", "f", "org/judge"))
TEXT = "1. A nurse: it can be justified.\n2. A farmer: never."
DRAFT = "3. A draft"


@pytest.fixture
def languages() -> dict[str, Language]:
    return {"en": read_language("en", ENGLISH)}


def loaded(
    folder: Path, languages: dict[str, Language], judge: Judge, *texts: str, **fields: Any
) -> tuple[JudgeTask, Loaded]:
    """Return a task and its prompts for responses with these texts."""
    row = {
        "model": "m", "language": "en", "protocol": "hypothetical_interviews", "template": "t01",
        "topic": "f118", "wording": "w1", "sample": 0, "finish_reason": "stop", **fields,
    }  # fmt: skip
    rows = [row | {"request_id": str(n), "text": text} for n, text in enumerate(texts)]
    path = folder / f"{unit_id(0, [str(r['request_id']) for r in rows])}.arrow"
    assert commit(path, pa.Table.from_pylist(rows, schema=RESPONSES))
    unit = Unit(path, "judge", "m", "en", len(rows), 1.0, source=path)
    task = JudgeTask("judge", judge, languages, frozenset(), ())
    return task, task.load(unit)


def test_thoughts_of_the_response_are_not_in_the_judges_prompt(
    tmp_path: Path, languages: dict[str, Language]
) -> None:
    # A run of an earlier version has thoughts in its texts.
    old = f"<think>{DRAFT}</think>{TEXT}"
    _, found = loaded(tmp_path, languages, CHAT, TEXT, old, thoughts=DRAFT)
    prompts = [request.prompt for request in found.requests if request is not None]
    assert len(prompts) == 2
    assert not any(DRAFT in prompt for prompt in prompts)
    assert prompts[0] == prompts[1]


@pytest.mark.slow
def test_a_response_of_nothing_but_thoughts_needs_no_judge_and_says_why(
    tmp_path: Path, languages: dict[str, Language]
) -> None:
    task, found = loaded(tmp_path, languages, CHAT, f"<think>{DRAFT}", finish_reason="length")
    assert found.requests == [None]
    (row,) = task.table(found, [None], "r", 1).to_pylist()
    assert (row["status"], row["truncated"], row["opinions"]) == ("failed", True, None)
    assert row["failure"].startswith("cut off while thinking")


@pytest.mark.parametrize(
    "raw",
    [
        '<think> First: {"language":"en","stances":["con"]} no. </think> ANSWER',
        "<think> It has {two} opinions. </think> ANSWER",
        "ANSWER",
    ],
)
def test_a_judges_draft_is_not_its_answer(
    raw: str, tmp_path: Path, languages: dict[str, Language]
) -> None:
    task, found = loaded(tmp_path, languages, CHAT, TEXT)
    said = raw.replace("ANSWER", json.dumps({"language": "en", "stances": ["pro", "con"]}))
    request = found.requests[0]
    assert request is not None
    answer = Response(request.request_id, said, "stop", thoughts="hm", reasoning_tokens=7)
    (row,) = task.table(found, [answer], "r", 1).to_pylist()
    assert (row["status"], row["stances"], row["repaired"]) == ("labelled", ["pro", "con"], False)
    assert (row["thoughts"], row["reasoning_tokens"]) == ("hm", 7)


def test_worked_examples_are_earlier_exchanges_and_make_another_judge(
    tmp_path: Path, languages: dict[str, Language]
) -> None:
    shown = replace(CHAT, examples=True)
    _, without = loaded(tmp_path / "a", languages, CHAT, TEXT)
    _, found = loaded(tmp_path / "b", languages, shown, TEXT)
    (request,), (plain,) = found.requests, without.requests
    assert request is not None and plain is not None
    assert len(request.turns) == 2 and not plain.turns
    assert request.prompt == plain.prompt
    assert all(json.loads(turn.assistant)["stances"] for turn in request.turns)
    assert fingerprint(shown) != fingerprint(CHAT)


def test_settings_without_a_use_are_refused() -> None:
    base = replace(CHAT, model=replace(CHAT.model, chat=False), examples=True)
    thinking = replace(CHAT, answers="choice", model=replace(CHAT.model, thinking_tokens=100))
    for judge in (base, replace(CHAT, answers="choice", examples=True), thinking):
        with pytest.raises(WrongValue):
            check_answers("mine", judge)
    check_answers(
        "mine", replace(thinking, model=replace(thinking.model, reasoning_parser="qwen3"))
    )


def test_a_setting_for_thoughts_makes_another_judge_and_the_default_the_same() -> None:
    thinking = replace(CHAT, model=replace(CHAT.model, thinking_tokens=100))
    assert fingerprint(thinking) != fingerprint(CHAT)
