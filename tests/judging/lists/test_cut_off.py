"""Answers that were cut off within the last heading, in many scripts and layouts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.judging.lists.views import split

PEOPLE: dict[str, dict[str, Any]] = yaml.safe_load(
    (Path(__file__).parent / "cut" / "people.yaml").read_text("utf-8")
)

# A heading, and what follows it up to the opinion: (heading, between, around the opinion).
LAYOUTS = {
    "hash and number": ("### {n}. {name}, {age}", "\n", "{view}"),
    "bold with number": ("**{n}. {name} ({age}, {job}):**", " ", "{view}"),
    "bold after number": ("{n}. **{name}, {age}, {job}:**", " ", "{view}"),
    "bold name": ("{n}. **{name}**", " – ", "{view}"),
    "bold name, colon outside": ("{n}. **{name} ({job})**:", " ", "{view}"),
    "plain with colon": ("{n}. {name}, {age}, {job}:", " ", "{view}"),
    "plain with wide colon": ("{n}. {name}（{age}）：", "", "{view}"),
    "dash": ("{n}. {name} ({age})", " – ", "{view}"),
    "bold line": ("**{name} ({age}, {job})**", "\n", "{view}"),
    "bold line and blank line": ("**{name}, {age}**", "\n\n", "{view}"),
    "line below the number": ("{n}. {name}, {job}", "\n   ", "{view}"),
    "quoted": ("{n}. {name}, {age}:", ' "', '{view}"'),
    "bullet": ("- **{name}, {age}:**", " ", "{view}"),
    "bullet with colon": ("* {name} ({job}):", " ", "{view}"),
    "hash without number": ("## {name}, {age}", "\n\n", "{view}"),
    "label": ("{label} {n} ({job}, {age}):", " ", "{view}"),
    "bold label": ("**{label} {n}: {name}, {age}**", "\n", "{view}"),
    "fields": ("#### {label} {n}\n**{f0}:** {name}", "\n**{f1}:** ", "{view}"),
    "fields without marks": ("{n}. {f0}: {name}", "\n   {f1}: ", "{view}"),
    "fields in bullets": ("{n}. **{name}**\n   - {f0}: {job}", "\n   - {f1}: ", "{view}"),
}


def written(language: str, layout: str) -> list[tuple[str, str]]:
    """Return each person's heading, and the whole of what stands below it."""
    one, form = PEOPLE[language], LAYOUTS[layout]
    found = []
    for n, (name, age, job, view) in enumerate(one["people"], 1):
        known = {"n": n, "name": name, "age": age, "job": job, "view": view, "label": one["label"],
                 "f0": one["field"][0], "f1": one["field"][1]}  # fmt: skip
        heading, between, opinion = (part.format(**known) for part in form)
        found.append((heading, between + opinion))
    return found


def cuts(language: str, layout: str) -> list[str]:
    """Return the last heading as it is cut off: after the name or job, further on, and whole."""
    heading = written(language, layout)[-1][0]
    name, _, job, _ = PEOPLE[language]["people"][-1]
    word = name if name in heading else job
    first = heading.index(word) + len(word)
    return [heading[:end] for end in sorted({first, (first + len(heading)) // 2, len(heading)})]


@pytest.mark.parametrize("language", PEOPLE)
def test_a_heading_with_nothing_after_it_is_no_opinion(language: str) -> None:
    for layout in LAYOUTS:
        whole = [heading + rest for heading, rest in written(language, layout)]
        for between in ("\n\n", "\n"):
            assert split(between.join(whole), 10).count == len(whole), layout
            for heading in cuts(language, layout):
                found = split(between.join([*whole[:-1], heading]), 10)
                assert found.count == len(whole) - 1, (layout, heading, found.opinions[-1])
