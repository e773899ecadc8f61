"""Responses of the page as compact JSON for its browser."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from culture_ray.redaction.visible import visible_in_page
from culture_ray.report.content import ReportContent

_STANCES = ("pro", "con", "neutral")


def response_data(content: ReportContent) -> str:
    """Return the responses as JSON that is safe inside a script element; empty without any.

    Names and prompts are listed once; a response holds their positions. `rows` has per response:
    model, language, topic, protocol, status, flags, prompt, text, characters left out, stances as
    letters, and the marked opinions as start, end and stance.
    """
    if not content.browsed:
        return ""
    models = {name: index for index, name in enumerate(_distinct(r.model for r in content.browsed))}
    names = {x.code: x.name for x in content.languages}
    labels = {t.id: t.label for t in content.topics}
    languages = _places(content.languages, (r.language for r in content.browsed))
    topics = _places(content.topics, (r.topic for r in content.browsed))
    protocols, statuses, flags, prompts = (
        {name: index for index, name in enumerate(_distinct(found))}
        for found in (
            (r.protocol for r in content.browsed),
            (r.status for r in content.browsed),
            (flag for r in content.browsed for flag in r.flags),
            (r.prompt for r in content.browsed),
        )
    )
    rows: list[list[Any]] = [
        [
            models[r.model], languages[r.language], topics[r.topic], protocols[r.protocol],
            statuses[r.status], [flags[flag] for flag in r.flags], prompts[r.prompt], r.text,
            r.left_out, "".join(stance[0] for stance in r.stances),
            [[start, end, _STANCES.index(stance)] for start, end, stance in r.marked],
        ]
        for r in content.browsed
    ]  # fmt: skip
    whole = json.dumps(
        {
            "models": list(models),
            "languages": [[code, names.get(code, code)] for code in languages],
            "topics": [[name, labels.get(name, name)] for name in topics],
            "protocols": list(protocols),
            "statuses": list(statuses),
            "flags": [flag.replace("_", " ") for flag in flags],
            "prompts": [visible_in_page(prompt) for prompt in prompts],
            "rows": rows,
        },
        ensure_ascii=False,
        separators=(",", ":"),
    )
    # "</script>" and "<!--" inside a string would end the element or hide the rest of it.
    return whole.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def _distinct(names: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(names))


def _places(known: Iterable[Any], found: Iterable[str]) -> dict[str, int]:
    """Return positions of the names that occur, in the run's order."""
    occurring = set(found)
    order = [getattr(one, "code", None) or one.id for one in known]
    listed = [name for name in order if name in occurring]
    return {name: index for index, name in enumerate([*listed, *sorted(occurring - set(listed))])}
