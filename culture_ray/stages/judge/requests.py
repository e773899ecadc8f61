"""Requests of a judge about one response: one about all its opinions, or one about each."""

from __future__ import annotations

import json

from culture_ray.engines.interface import Request
from culture_ray.judging.opinions import Split
from culture_ray.judging.prompt import (
    JudgePrompt,
    answer_schema,
    chat_prompt,
    completion_prompt,
    example_turns,
    most_opinions,
)
from culture_ray.settings.judging import Judge
from culture_ray.stages.judge.per_opinion import requests_per_opinion


def judge_requests(
    judge: Judge, key: str, prompt: JudgePrompt, split: Split, asked: int
) -> list[Request]:
    """Return the requests about one response.

    `key` identifies the judge and the response, `split` holds the response's opinions, and `asked`
    is their number that its protocol asks for.
    """
    if judge.answers == "choice":
        return requests_per_opinion(judge, key, prompt, split)
    most, fewest = most_opinions(asked), 1
    if not judge.model.chat:
        # A base model imitates the worked example instead of counting the opinions.
        most = fewest = max(1, min(split.count, most))
    # APIs with strict schemas differ in the bounds they accept, so bounds are checked when the
    # answer is read.
    strict = judge.model.engine != "vllm"
    schema = json.dumps(answer_schema(most, prompt.languages, min_opinions=fewest, strict=strict))
    form = schema if judge.answers == "json" else None
    if judge.model.chat:
        chat = chat_prompt(prompt)
        turns = example_turns(prompt.languages) if judge.examples else ()
        return [
            Request(
                key,
                chat.user,
                judge.sampling,
                chat.system,
                form,
                stage="judge",
                turns=turns,
            )
        ]
    completion = completion_prompt(prompt)
    return [Request(key, completion, judge.sampling, schema=form, stage="judge")]
