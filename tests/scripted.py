"""A small language file, its German, and a model that answers for it well or badly on demand."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from culture_ray.engines.interface import Request, Response
from culture_ray.engines.model import Model

ENGLISH: dict[str, Any] = {
    "code": "en",
    "name": "English",
    "native_name": "English",
    "made_by": "a test",
    "reviewed": True,
    "protocols": {
        "hypothetical_interviews": {
            "templates": {
                "t01": "A researcher asks ten people from the whole country: {topic}\n"
                "Write a numbered list from 1. to 10.",
                "t02": "{topic} Tell us what 10 ordinary citizens would answer to this question.",
            },
            "completion_lead": "This is what they said:",
        }
    },
    "topics": {
        "f118": {
            "pro": "Homosexuality can be justified in most cases.",
            "con": "Homosexuality can hardly ever be justified.",
            "wordings": {
                "w1": "Do you think that homosexuality can be justified?",
                "w2": "Is homosexuality something that people should accept?",
            },
        },
        "f120": {
            "pro": "Abortion can be justified in most cases.",
            "con": "Abortion can hardly ever be justified.",
            "wordings": {"w1": "Do you think that an abortion can be justified?"},
        },
    },
}
GERMAN = {
    "A researcher asks ten people from the whole country: {topic}\n"
    "Write a numbered list from 1. to 10.":
        "Eine Forscherin fragt zehn Menschen aus dem ganzen Land: {topic}\n"
        "Schreiben Sie eine nummerierte Liste von 1. bis 10.",
    "{topic} Tell us what 10 ordinary citizens would answer to this question.":
        "{topic} Was würden 10 gewöhnliche Bürger auf diese Frage antworten?",
    "This is what they said:": "Das haben sie gesagt:",
    "Homosexuality can be justified in most cases.":
        "Homosexualität ist in den meisten Fällen zu rechtfertigen.",
    "Homosexuality can hardly ever be justified.":
        "Homosexualität ist fast nie zu rechtfertigen.",
    "Do you think that homosexuality can be justified?":
        "Glauben Sie, dass Homosexualität gerechtfertigt werden kann?",
    "Is homosexuality something that people should accept?":
        "Sollten die Menschen Homosexualität als etwas Normales hinnehmen?",
    "Abortion can be justified in most cases.":
        "Ein Schwangerschaftsabbruch ist in den meisten Fällen zu rechtfertigen.",
    "Abortion can hardly ever be justified.":
        "Ein Schwangerschaftsabbruch ist fast nie zu rechtfertigen.",
    "Do you think that an abortion can be justified?":
        "Glauben Sie, dass ein Schwangerschaftsabbruch gerechtfertigt werden kann?",
}  # fmt: skip
CON = {"Homosexuality can hardly ever be justified.", "Abortion can hardly ever be justified."}
NEW = "Would you say that one can defend it when somebody decides in this way?"

Answers = Callable[[Request], str | None]


class ScriptedEngine:
    """Answers every request from the German above, except where `instead` has another answer."""

    def __init__(self, model: Model, instead: Mapping[str, str | None] | None = None) -> None:
        self.in_flight = model.in_flight
        self._instead = instead or {}

    async def start(self) -> None:
        """Be ready at once."""

    async def generate(self, request: Request) -> Response:
        """Return the response that `scripted` makes of the request."""
        return scripted(request, self._instead)

    async def close(self) -> None:
        """Hold nothing."""


def scripted(request: Request, instead: Mapping[str, str | None]) -> Response:
    """Return the answer: `instead` is by the text asked about, None for a failure."""
    text = re.findall(r"<text>(.*?)</text>", request.prompt, re.DOTALL)
    asked = text[-1] if text else ""
    if asked in instead:
        said = instead[asked]
        if said is None:
            return Response(request.request_id, None, "error", failure="the engine said no")
        return Response(request.request_id, said, "stop", 10, 10)
    english = {german: source for source, german in GERMAN.items()}
    if "Position A" in request.prompt:
        source = english.get(asked, asked)
        first = re.search(r"Position A: (.*)", request.prompt)
        assert first is not None
        pro_first = first[1] not in CON
        answer = {"position": "A" if (source not in CON) == pro_first else "B"}
    elif "into German" in request.prompt:
        answer = {"text": GERMAN[asked]}
    elif "into English" in request.prompt:
        answer = {"text": english.get(asked, "Something else.")}
    else:
        answer = {"text": NEW}
    return Response(request.request_id, json.dumps(answer), "stop", 10, 10)
