"""Judges that choose one word per opinion: a request for each, and one answer of them all."""

from __future__ import annotations

import json
from collections.abc import Sequence

from culture_ray.engines.interface import Request, Response
from culture_ray.judging.opinions import Split
from culture_ray.judging.prompt import STANCES, JudgePrompt, statement_prompt
from culture_ray.settings.judging import Judge
from culture_ray.sweep.plan.requests import request_id

NOT_LISTED = (
    "the response counts people instead of listing them: a judge that chooses one word per opinion "
    "cannot read it"
)
"""Failure of a response for which there are no such requests."""


def requests_per_opinion(
    judge: Judge, key: str, prompt: JudgePrompt, split: Split
) -> list[Request]:
    """Return one request per opinion; none if the text does not list them one by one.

    `key` identifies the judge and the response.
    """
    if split.tally is not None:
        return []
    return [
        Request(
            request_id("opinion", key, str(number)),
            statement_prompt(opinion, prompt),
            judge.sampling,
            choices=STANCES,
            stage="judge",
        )
        for number, opinion in enumerate(split.opinions)
    ]


def combined_answer(answers: Sequence[Response]) -> Response:
    """Combine the answers about one response into one, in the JSON form of a single answer."""
    failed = next((answer for answer in answers if answer.text is None), None)
    stances = json.dumps({"stances": [(answer.text or "").strip() for answer in answers]})
    return Response(
        request_id=answers[0].request_id,
        text=None if failed else stances,
        finish_reason="error" if failed else "stop",
        prompt_tokens=sum(answer.prompt_tokens for answer in answers),
        output_tokens=sum(answer.output_tokens for answer in answers),
        seconds=max(answer.seconds for answer in answers),
        thoughts="\n\n".join(answer.thoughts or "" for answer in answers).strip() or None,
        reasoning_tokens=_total([answer.reasoning_tokens for answer in answers]),
        failure=None if failed is None else failed.failure,
    )


def _total(counts: Sequence[int | None]) -> int | None:
    """Return the sum of the counts, None if all are unknown."""
    known = [count for count in counts if count is not None]
    return sum(known) if known else None
