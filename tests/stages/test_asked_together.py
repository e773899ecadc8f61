"""Topics asked together, in a battery or a conversation: planned, asked, resumed and counted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest

from culture_ray.engines.interface import Request, Response
from culture_ray.errors import WrongValue
from culture_ray.plan.requests import request_plan, request_table
from culture_ray.prompts.factors import Factors
from culture_ray.report.outcomes import faults, outcome_counts
from culture_ray.run.status import stage_statuses
from culture_ray.settings.run import Settings
from culture_ray.stages.context import RunContext
from culture_ray.stages.report.quality import quality
from culture_ray.stages.sweep import SweepResult, sweep
from culture_ray.store.shards import read
from tests.in_process import Quiet, in_process  # noqa: F401 - a fixture
from tests.small import small_settings

pytestmark = pytest.mark.slow

Asked = list[tuple[str, Request]]
TOPICS = ("d026_03", "d054", "d059", "e069_02", "e069_04", "e069_05")
"""One that stands alone, two of one battery of the survey, and three of another."""
WORDS = (
    "protocol=[battery,sequence]", "language=[en]", f"topics.only=[{','.join(TOPICS)}]",
    "design.kind=full_factorial", "cluster.unit_size=4", "judge=[]",
)  # fmt: skip
CONVERSATIONS = 3 * 2
"""Groups in both orders of the options."""
Say = Callable[[Request], str | None]


class Saying:
    """Engine whose responses a function of the request makes; none for None."""

    in_flight = 8

    def __init__(self, say: Say) -> None:
        self._say = say

    async def start(self) -> None:
        """Be ready."""

    async def generate(self, request: Request) -> Response:
        """Return the words of the function."""
        text = self._say(request)
        if text is None:
            return Response(request.request_id, None, "error", failure="the engine said no")
        return Response(request.request_id, text, "stop", 50, 5)

    async def close(self) -> None:
        """Hold nothing."""


def is_battery(request: Request) -> bool:
    return request.prompt.startswith("1. ")


def in_letters(request: Request) -> str:
    """Answer A to every question of a battery, and A with the number of the turn in a sequence."""
    if is_battery(request):
        numbers = [line.split(". ")[0] for line in request.prompt.splitlines()]
        return "\n".join(f"{number}. A" for number in numbers if number.isdecimal())
    return f"A. That is answer {len(request.turns)}"


def settings_of(folder: Path, *words: str) -> Settings:
    return small_settings(folder, *WORDS, *words)


def run(settings: Settings, say: Say = in_letters) -> SweepResult:
    stages = tuple(s for s in settings.stages if s in ("elicit", "judge"))
    context = RunContext(replace(settings, stages=stages))
    return sweep(context, lambda _: Saying(say), Quiet())  # type: ignore[arg-type,return-value]


def table(settings: Settings, kind: str) -> pd.DataFrame:
    return pa.concat_tables([read(path) for path in settings.run.shards(kind)]).to_pandas()


def sequences(asked: Asked) -> list[Request]:
    return [request for _, request in asked if not is_battery(request)]


def test_every_question_is_put_once_with_all_earlier_answers_and_read_by_itself(
    tmp_path: Path,
    in_process: Asked,  # noqa: F811
) -> None:
    settings = settings_of(tmp_path)
    assert run(settings).complete
    responses, labels = table(settings, "responses"), table(settings, "labels")
    requests = request_table(request_plan(settings), "gemma_3_270m", "en").to_pandas()
    assert len(in_process) == CONVERSATIONS + 2 * len(TOPICS)
    assert sorted(responses["request_id"]) == sorted(requests["request_id"])
    assert responses["request_id"].is_unique

    for request in sequences(in_process):
        assert [turn.assistant for turn in request.turns] == [
            f"A. That is answer {place}" for place in range(len(request.turns))
        ]
    third = [request for request in sequences(in_process) if len(request.turns) == 2]
    assert len(third) == 2
    for request in third:
        asked = [
            text.splitlines()[0] for text in (*(t.user for t in request.turns), request.prompt)
        ]
        about = ("armed forces", "press", "labour unions")
        assert all(word in text for word, text in zip(about, asked, strict=True))

    of_battery = responses[responses["protocol"] == "battery"]
    assert set(of_battery["topic"]) == {"parents_and_gender", "confidence", "d026_03"}
    assert {tuple(items) for items in of_battery["items"]} == {
        ("d026_03",), ("d054", "d059"), ("e069_02", "e069_04", "e069_05"),
    }  # fmt: skip
    assert labels.groupby(["protocol", "topic"]).size().to_dict() == {
        (protocol, topic): 2 for protocol in ("battery", "sequence") for topic in TOPICS
    }
    assert labels["request_id"].is_unique
    assert set(labels["status"]) == {"labelled"}


def test_outcomes_add_up_to_the_questions_and_rows_to_the_requests(
    tmp_path: Path,
    in_process: Asked,  # noqa: F811
) -> None:
    settings = settings_of(tmp_path)

    def say(request: Request) -> str | None:
        if "armed forces" in request.prompt:
            return "1. A\n3. A" if is_battery(request) else None
        return in_letters(request)

    run(settings, say)
    found = quality(settings, request_plan(settings))
    for row in found.to_pylist():
        assert row["rows"] == row["requests"]
        assert sum(outcome_counts(row).values()) == row["questions"] == 2 * len(TOPICS)
    battery, sequence = found.to_pylist()
    assert (battery["requests"], battery["unparsable"], battery["failed"]) == (6, 2, 0)
    assert (sequence["requests"], sequence["failed"]) == (12, 6)  # the first fails all three
    assert faults(found) == []
    elicit, rule = stage_statuses(settings.run, [])
    assert (elicit.requests, elicit.done, elicit.failed) == (18, 18, 6)
    assert (rule.requests, rule.left) == (24, 0)


def test_an_answer_that_failed_is_asked_again_with_all_that_follows_from_it(
    tmp_path: Path,
    in_process: Asked,  # noqa: F811
) -> None:
    settings = settings_of(tmp_path)
    run(settings, lambda r: None if "press" in r.prompt and len(r.turns) == 1 else in_letters(r))
    first = table(settings, "responses").set_index("request_id")
    assert first["text"].isna().sum() == 4  # the second and the third question, in both orders
    in_process.clear()
    assert run(replace(settings, retry="failed")).complete
    asked = {request.request_id for _, request in in_process}
    assert set(first.index[first["text"].isna()]) <= asked
    assert {len(request.turns) for _, request in in_process} == {1, 2}
    again = table(settings, "responses").set_index("request_id")
    assert sorted(again.index) == sorted(first.index)
    assert again["text"].notna().all()


def test_answers_that_follow_from_lost_ones_are_made_again_and_no_others(
    tmp_path: Path,
    in_process: Asked,  # noqa: F811
) -> None:
    settings = settings_of(tmp_path, "protocol=[sequence]")
    run(settings)
    before = table(settings, "responses").set_index("request_id")
    lost = next(
        path
        for path in settings.run.shards("responses")
        if "e069_04" in read(path)["topic"].to_pylist()
    )
    gone = set(read(lost)["request_id"].to_pylist())
    lost.write_bytes(b"")
    in_process.clear()
    assert run(settings).complete
    after = table(settings, "responses").set_index("request_id")
    assert sorted(after.index) == sorted(before.index)
    asked = {request.request_id for _, request in in_process}
    assert gone < asked
    assert {len(request.turns) for _, request in in_process} == {1, 2}
    labels = table(settings, "labels")
    assert sorted(labels["response_id"]) == sorted(before.index)


def test_groups_are_those_of_the_survey_a_category_or_all(tmp_path: Path) -> None:
    def groups(by: str) -> dict[str, Any]:
        words = [f"protocol.{name}.groups={by}" for name in ("battery", "sequence")]
        return dict(request_plan(settings_of(tmp_path, *words)).groups["battery"])

    assert groups("category") == {
        "D": ("d026_03", "d054", "d059"), "E": ("e069_02", "e069_04", "e069_05"),
    }  # fmt: skip
    assert groups("all") == {"all": TOPICS}
    with pytest.raises(WrongValue, match="free_sampling asks each topic alone"):
        settings_of(tmp_path, "protocol=[free_sampling]", "++protocol.free_sampling.groups=all")


@pytest.mark.parametrize(
    ("protocol", "what"), [("battery", "battery"), ("sequence", "conversation")]
)
def test_a_group_that_is_longer_than_the_context_with_its_answers_is_refused(
    protocol: str, what: str, tmp_path: Path
) -> None:
    words = (f"protocol=[{protocol}]", f"protocol.{protocol}.groups=all")
    fits = settings_of(tmp_path, *words, "model.gemma_3_270m.max_model_len=2048")
    RunContext(fits).checked_plan()
    short = settings_of(tmp_path, *words, "model.gemma_3_270m.max_model_len=300")
    with pytest.raises(WrongValue, match=rf"protocol.{protocol}.groups='all'.* {what} all in en"):
        RunContext(short).checked_plan()


def test_a_plan_counts_the_growing_prompts_of_a_conversation(tmp_path: Path) -> None:
    alone, together = (
        RunContext(settings_of(tmp_path, f"protocol=[{name}]", "design.kind=full_factorial"))
        .checked_plan()
        .rows[0]
        .estimate
        for name in ("free_sampling", "sequence")
    )
    assert alone.requests == together.requests == 2 * len(TOPICS)
    assert together.prompt_tokens > 1.3 * alone.prompt_tokens


def test_questions_of_a_battery_take_no_numbers_as_labels(tmp_path: Path) -> None:
    settings = settings_of(tmp_path)
    own = replace(settings.protocols["battery"], factors=Factors(labels=("numbers",)))
    varied = replace(settings, protocols={**settings.protocols, "battery": own})
    with pytest.raises(WrongValue, match="the questions of a battery have the numbers"):
        request_plan(varied)
